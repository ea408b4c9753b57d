"""What stages need from outside, as small Protocols; workers/wiring.py has the real things.

Every implementation, real or fake, passes tests/contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.factcheck import Library
from tasks.models import Item, Publication
from tasks.opinion import OpinionHead
from tasks.telling import Join, Keys, Place, Telling, Told
from tasks.words import ReaderLanguage

BAND_OWNERS: Final = 4
"""Tellings by which one band is remembered, the first ones;"""
TERM_OWNERS: Final = 16
"""and one term."""
STORIES: Final = 8
"""Most tellings that are returned for their terms."""


class Stories(Protocol):
    """What was told before, by whatever words: the index of copies and narratives."""

    def tell(self, tellings: Sequence[tuple[Telling, Keys]]) -> Sequence[Told]:
        """Remember each telling, in order; say which earlier ones are like it.

        Of each: the earlier telling of the same text if another ref told it, and nothing else;
        or else those that share a band with it, by number, and at most STORIES that share two
        terms or more, most shared terms first, then by number. Told again by the same
        ref, a telling keeps its number and never meets itself. What was told is forgotten 30 to
        45 days later. Raises Unavailable when the index cannot be reached.
        """
        ...

    def settle(self, joins: Sequence[Join], numbers: Sequence[int]) -> Sequence[Place]:
        """Join narratives, each into the one with the older first telling; then say of each
        number where it stands, in order. A number that is no longer known stands nowhere: no
        digests. Joining again changes nothing. Raises Unavailable; and Forgotten when the
        numbers are of an index that was lost and filled again since.
        """
        ...


class Publisher(Protocol):
    """The record of what was published."""

    def publish(self, released: Sequence[tuple[Item, Publication]]) -> None:
        """Record and announce each publication; doing it twice has one effect.

        All are recorded or none. Raises Unavailable when the record cannot be reached.
        """
        ...


class FactChecks(Protocol):
    """The published fact-checks that a claim may be held against."""

    def library(self) -> Library:
        """The library in force; cheap to ask for every batch.

        The same object while nothing changes; a change is in it a second later at most. Raises
        Unavailable when the record cannot be reached.
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

    stories: Stories
    publisher: Publisher
    language: ReaderLanguage = "id"
    opinion: Opinion | None = None
    """Without one the linear heads decide alone."""
    factchecks: FactChecks | None = None
    """Without them no claim is known."""
