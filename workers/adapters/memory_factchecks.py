"""The FactChecks port without a ledger: for `saring try`, the demo and tests."""

from collections.abc import Iterable

from tasks.factcheck import FactCheck, Library


class MemoryFactChecks:
    """A library that lives and dies with this process."""

    def __init__(self, checks: Iterable[FactCheck] = ()) -> None:
        self._library = Library.of(checks)

    def library(self) -> Library:
        """See tasks.ports.FactChecks."""
        return self._library

    def put(self, checks: Iterable[FactCheck]) -> None:
        """Let these be the library from now on."""
        self._library = Library.of(checks)
