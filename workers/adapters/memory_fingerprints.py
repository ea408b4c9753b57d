"""Fingerprints that live and die with the process: for `saring try` and for tests."""

from collections.abc import Sequence


class MemoryFingerprints:
    """See `tasks.ports.Fingerprints`; forgets nothing and is always reachable."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def claim(self, claims: Sequence[tuple[str, str]]) -> list[str]:
        """See `tasks.ports.Fingerprints`."""
        return [self._owners.setdefault(fingerprint, ref) for fingerprint, ref in claims]
