"""What stages need from outside, as small Protocols; workers/wiring.py has the real things.

Every implementation, real or fake, passes tests/contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tasks.models import Item, Publication
from tasks.words import ReaderLanguage


class Fingerprints(Protocol):
    """Who first showed a fingerprint: the index of duplicates."""

    def claim(self, claims: Sequence[tuple[str, str]]) -> Sequence[str]:
        """Claim each (fingerprint, ref) in order; return the owner of each, same order.

        The first ref to claim a fingerprint owns it until the index forgets it, so claiming
        again for the same ref returns that ref: a redelivered item is never its own
        duplicate. Raises Unavailable when the index cannot be reached.
        """
        ...


class Publisher(Protocol):
    """The record of what was published."""

    def publish(self, released: Sequence[tuple[Item, Publication]]) -> None:
        """Record and announce each publication; doing it twice has one effect.

        All are recorded or none. Raises Unavailable when the record cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a stage may ask of the outside."""

    fingerprints: Fingerprints
    publisher: Publisher
    language: ReaderLanguage = "id"
