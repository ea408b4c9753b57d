"""A library made ready for matching, and the close looks that it takes at texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from tasks.claims.candidates import Candidates
from tasks.claims.claim import Claim, Wordings
from tasks.claims.close import Close, look
from tasks.claims.crowding import crowding
from tasks.claims.model import Model, model
from tasks.claims.rarity import Rarity
from tasks.claims.reading import Reading
from tasks.claims.terms import Sentence, sentences
from tasks.claims.vocabulary import Vocabulary
from tasks.factcheck import FactCheck, Library


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The claims of some fact-checks, and how to find them. It only ever remembers more words."""

    checks: tuple[FactCheck, ...]
    claims: tuple[Claim, ...]
    rarity: Rarity
    vocabulary: Vocabulary
    candidates: Candidates

    @classmethod
    def of(cls, checks: Sequence[FactCheck], rarity: Rarity) -> Self:
        """Those of these fact-checks; their order does not matter."""
        ordered = tuple(sorted(checks, key=lambda check: check.id))
        wordings = [Wordings.of(check) for check in ordered]
        vocabulary = Vocabulary(chain.from_iterable(one.terms for one in wordings), rarity)
        claims = tuple(Claim.of(one, vocabulary, rarity) for one in wordings)
        candidates = Candidates(claims, vocabulary, rarity)
        return cls(ordered, claims, rarity, vocabulary, candidates)

    def look(self, texts: Sequence[str]) -> list[tuple[list[Sentence], list[Close]]]:
        """For each text its sentences, and a close look at each of its candidates."""
        cut = [sentences(text) for text in texts]
        said = [dict.fromkeys(chain.from_iterable(one.terms for one in of)) for of in cut]
        found = self.candidates.find(said)
        return [
            (of, self._close(text, of, places) if places else [])
            for text, of, places in zip(texts, cut, found, strict=True)
        ]

    def _close(self, text: str, cut: Sequence[Sentence], places: Sequence[int]) -> list[Close]:
        reading = Reading.of(text, cut, self.vocabulary, self.rarity)
        return [look(place, self.claims[place], reading, self.rarity) for place in places]


@dataclass(frozen=True, slots=True, eq=False)
class ClaimIndex:
    """A library made ready for matching. Make it once for a library; it does not change."""

    version: str
    """Changes whenever a match may: with the library, the weights or the word lists."""
    shelf: Shelf
    model: Model
    suggest_from: float
    """Log odds that a text is about a claim from which it is shown."""

    @classmethod
    def of(cls, library: Library) -> Self:
        """The index of a library."""
        weights = model()
        version = f"{weights.version}+{library.version}"
        suggest_from = weights.suggest_from + crowding(len(library.checks))
        return cls(version, Shelf.of(library.checks, weights.rarity), weights, suggest_from)
