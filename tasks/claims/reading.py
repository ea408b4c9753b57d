"""A text as it is compared with claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tasks.claims.claim import plain_words
from tasks.claims.opposites import negations
from tasks.claims.rarity import Rarity
from tasks.claims.terms import Sentence, place_names
from tasks.claims.vocabulary import Near, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text as a close look reads it; the same for every claim."""

    sentences: Sequence[Sentence]
    near: list[dict[str, Near]]
    """For each sentence its distinct terms, with the terms of the library that each may be."""
    masses: list[float]
    terms: frozenset[str]
    names: frozenset[str]
    denials: int

    @classmethod
    def of(
        cls, text: str, sentences: Sequence[Sentence], vocabulary: Vocabulary, rarity: Rarity
    ) -> Self:
        """The reading of a text that was cut into these sentences."""
        near = [{t: vocabulary.near(t) for t in one.terms} for one in sentences]
        terms = frozenset(term for of in near for term in of)
        return cls(
            sentences,
            near,
            [sum(rarity[term] for term in of) for of in near],
            terms,
            terms & place_names(),
            sum(word in negations() for word in plain_words(text)),
        )
