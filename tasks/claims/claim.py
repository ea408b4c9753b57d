"""One fact-check made ready: the terms of its wordings, what they weigh, and what would deny it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from tasks.claims.numbers import MARK
from tasks.claims.opposites import negations, opposites
from tasks.claims.rarity import Rarity
from tasks.claims.terms import place_names, split
from tasks.claims.vocabulary import Vocabulary
from tasks.factcheck import FactCheck

Floats = NDArray[np.float64]

_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Wordings:
    """The terms of the claim, its variants and its clarification, as they were split."""

    said: tuple[tuple[str, ...], ...]
    clarification: tuple[str, ...]
    negated: bool
    """Whether a wording has a word of denial itself, as "tidak ada bantuan" has."""

    @classmethod
    def of(cls, check: FactCheck) -> Self:
        """Those of a fact-check."""
        texts = (check.claim, *check.variants)
        return cls(
            tuple(tuple(split(text)) for text in texts),
            tuple(split(check.clarification)),
            any(not negations().isdisjoint(plain_words(text)) for text in texts),
        )

    @property
    def terms(self) -> chain[str]:
        """All of them, in order."""
        return chain(*self.said, self.clarification)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A claim as texts are compared with it. Columns: its distinct terms that weigh something."""

    terms: tuple[str, ...]
    """The term of each column."""
    columns: Mapping[int, int]
    """The column of each number of the vocabulary."""
    shares: Floats
    """(columns, wordings): the share of each term in the weight of each wording."""
    weights: Floats
    """Weight of each term, by the mean weight of a wording."""
    heaviest: NDArray[np.int64]
    """Columns, those of the heaviest terms first."""
    masses: tuple[float, ...]
    """Weight of each wording: how much there is to be recognised by."""
    numbers: NDArray[np.bool_]
    """Which columns are numbers."""
    own_numbers: frozenset[str]
    names: Mapping[str, int]
    """The names of places, with their columns."""
    negated: bool
    opposites: frozenset[str]
    """Opposites of its terms that it does not have itself."""
    clarification: frozenset[str]
    """Terms that weigh something and that the clarification alone has."""

    @classmethod
    def of(cls, wordings: Wordings, vocabulary: Vocabulary, rarity: Rarity) -> Self:
        """The claim of these wordings, whose terms are all in the vocabulary."""
        own = frozenset(chain(*wordings.said))
        terms = tuple(dict.fromkeys(term for term in chain(*wordings.said) if rarity[term] > 0))
        weights = np.array([rarity[term] for term in terms])
        has = np.array([[term in said for said in map(set, wordings.said)] for term in terms])
        matrix = weights[:, np.newaxis] * has.reshape(len(terms), len(wordings.said))
        masses = matrix.sum(axis=0)
        return cls(
            terms=terms,
            columns={vocabulary.number[term]: column for column, term in enumerate(terms)},
            shares=matrix / np.maximum(masses, 1e-9),
            weights=weights / max(float(masses.mean()), 1e-9),
            heaviest=np.argsort(-weights, kind="stable"),
            masses=tuple(masses.tolist()),
            numbers=np.array([term[0] == MARK for term in terms], dtype=np.bool_),
            own_numbers=frozenset(term for term in terms if term[0] == MARK),
            names={term: at for at, term in enumerate(terms) if term in place_names()},
            negated=wordings.negated,
            opposites=frozenset(o for t in own for o in opposites().get(t, ())) - own,
            clarification=frozenset(t for t in wordings.clarification if rarity[t] > 0) - own,
        )


def plain_words(text: str) -> Sequence[str]:
    """The words of `text` in lower case, as they are typed."""
    return _WORD.findall(text.casefold())
