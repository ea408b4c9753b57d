"""The terms of a library, and which of them a word may be, misspelled or with other affixes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from tasks.claims.numbers import MARK
from tasks.claims.rarity import Rarity

NEAR: Final = 0.6
"""Likeness of two words (Dice over letter pairs and triples) from which they may be one word."""
_SHORTEST: Final = 4
"""Letters from which a word may be misspelled."""
_LEAST_WEIGHT: Final = 1.0
_REMEMBERED: Final = 200_000

Near = tuple[tuple[int, float], ...]
"""Numbers of terms of the library, each with its likeness, up to 1."""


class Vocabulary:
    """The terms of a library, numbered in the order in which they were given."""

    def __init__(self, terms: Iterable[str], rarity: Rarity) -> None:
        self.terms = tuple(dict.fromkeys(terms))
        self.number = {term: number for number, term in enumerate(self.terms)}
        self._rarity = rarity
        self._grams = {
            number: _grams(term) for number, term in enumerate(self.terms) if _spelled(term)
        }
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for number, grams in self._grams.items():
            for gram in grams:
                if len(gram) == 3:
                    self._with[gram].append(number)
        self._near: dict[str, Near] = {}

    def near(self, term: str) -> Near:
        """The library's terms that `term` may be; remembered, since most words come again."""
        found = self._near.get(term)
        if found is None:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            found = self._near[term] = tuple(self._looked_up(term))
        return found

    def _looked_up(self, term: str) -> Iterator[tuple[int, float]]:
        exact = self.number.get(term)
        if exact is not None:
            yield exact, 1.0
        if not _spelled(term) or self._rarity[term] < _LEAST_WEIGHT:
            return
        grams = _grams(term)
        shared = Counter(n for gram in grams if len(gram) == 3 for n in self._with.get(gram, ()))
        for number, triples in shared.items():
            if triples >= 2 and number != exact:
                other = self._grams[number]
                alike = 2 * len(grams & other) / (len(grams) + len(other))
                if alike >= NEAR:
                    yield number, alike


def _spelled(term: str) -> bool:
    """Whether a term is a word that is long enough to be misspelled."""
    return len(term) >= _SHORTEST and term[0] != MARK


def _grams(term: str) -> frozenset[str]:
    around = f"<{term}>"
    return frozenset(around[at : at + n] for n in (2, 3) for at in range(len(around) - n + 1))
