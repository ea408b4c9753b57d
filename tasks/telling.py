"""What the index of stories keeps of a text, so that later ones can be compared with it."""

from dataclasses import dataclass
from typing import Literal

Relation = Literal["text", "copy", "story"]
"""How an earlier telling was found: its skeleton is the same, some of its shingles are, or some
of its rare words are."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One text as the index remembers it; nothing of it says who wrote it."""

    ref: str
    digest: bytes
    """8 bytes of the skeleton; its narrative's id, if this is the narrative's first telling."""
    exact: bytes
    """8 bytes of the text, of every character."""
    sketch: bytes
    """One byte a permutation: the share of equal ones estimates the Jaccard similarity."""
    lead: str
    """The first words of the skeleton."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Hashes below 2^50, by which a later telling finds this one."""

    text: int
    """Of the whole skeleton."""
    bands: tuple[int, ...]
    """Of its shingles (tasks.group.shingles); none for a text too short."""
    terms: tuple[int, ...]
    """Of its rarest words; none for a text too short."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier telling, as the index returns it."""

    number: int
    """By which the index knows it; earlier tellings have lower ones."""
    telling: Telling
    relation: Relation


@dataclass(frozen=True, slots=True)
class Told:
    """What the index says of a telling: its number, and the earlier ones like it.

    A telling with the skeleton of an earlier one has no number of its own but that one's.
    """

    number: int
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """`later` tells the story of `earlier` (numbers); if `copy`, in nearly the same words."""

    later: int
    earlier: int
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a telling stands: the digests that lead from it to its narrative's first telling.

    `digests[-1]` names the narrative. `first` is the ref of the telling that it is a copy of.
    """

    digests: tuple[bytes, ...]
    first: str | None = None
