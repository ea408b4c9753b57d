"""What stages need from outside, as small Protocols; workers/wiring.py has the real things.

Every implementation, real or fake, passes tests/contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.models import Item, Publication
from tasks.opinion import OpinionHead
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


class SecondOpinion(Protocol):
    """A sentence embedder: slower than the linear heads, and asked only where they are unsure."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the embeddings of some text may."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings (n, d) of unit length, in order; d is the same for every call.

        A row depends on its text alone, to the bit; any text has one, the empty one too. Reads
        a bounded part of a long text.
        """
        ...


@dataclass(frozen=True, slots=True)
class Opinion:
    """An embedder with the head that was fitted to it."""

    embedder: SecondOpinion
    head: OpinionHead

    @property
    def version(self) -> str:
        """What a publication names: embedder, its version, and that of the head."""
        return f"{self.embedder.name}@{self.embedder.version}+{self.head.version}"


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a stage may ask of the outside."""

    fingerprints: Fingerprints
    publisher: Publisher
    language: ReaderLanguage = "id"
    opinion: Opinion | None = None
    """Without one the linear heads decide alone."""
