"""Spots: names of the gazetteer in a text, with all that the words around them say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tasks.enrich.cues import Cue, Kind, cues
from tasks.gazetteer import Named, Place, index
from tasks.names import Words

_INSIDE_A_SENTENCE: Final = frozenset(("", ",", "(", "/", "-", "&"))


@dataclass(frozen=True)
class Spot:
    """A name of the gazetteer: words `first` up to `last`, and the places it may mean.

    `covered`: the words of all names of the gazetteer in the text.
    """

    words: Words
    first: int
    last: int
    named: tuple[Named, ...]
    covered: frozenset[int]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The name as it stands, in lower case."""
        return self.words.lower[self.first : self.last]

    @cached_property
    def cue(self) -> Cue | None:
        """The cue before it, if any."""
        return cues().get(self.words.before(self.first))

    def cued(self, *kinds: Kind) -> bool:
        """Whether a cue of one of `kinds` stands before it."""
        return self.cue is not None and self.cue.kind in kinds

    def fits(self, place: Place) -> bool:
        """Whether the cue before it speaks of places of that level."""
        return self.cue is not None and place.level in self.cue.levels

    def capital(self, one: Named) -> bool:
        """Whether it is written as a name is inside a sentence, a short form in capitals."""
        written = self.words.written(self.first)
        if one.capitals:
            return written.isupper() and not self.words.shouted
        inside = self.first > 0 and self.words.gap(self.first).strip() in _INSIDE_A_SENTENCE
        return self.words.cased and inside and written[0].isupper() and not self.in_a_name

    @cached_property
    def in_a_name(self) -> bool:
        """Whether a word in capitals is joined to it, as in the name of a person."""
        before = self.first > 0 and self.words.joined(self.first)
        after = self.last < len(self.words.lower) and self.words.joined(self.last)
        return (before and self._may_name(self.first - 1)) or (after and self._may_name(self.last))

    def _may_name(self, at: int) -> bool:
        """Whether word `at` may be a name, and is neither a cue nor of a place."""
        if at in self.covered or self.words.lower[at] in cues():
            return False
        return self.words.written(at)[0].isupper()


def spots(words: Words) -> Iterator[Spot]:
    """The names of the gazetteer in the text, in order, without overlap."""
    found = tuple(index().find(words))
    covered = frozenset(at for first, last, _ in found for at in range(first, last))
    return (Spot(words, *name, covered) for name in found)
