"""Which fact-checks are worth a close look: those whose rare terms a text has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.claims.claim import Claim
from tasks.claims.crowding import floor
from tasks.claims.rarity import Rarity
from tasks.claims.vocabulary import Vocabulary

CANDIDATES: Final = 4
"""Fact-checks looked at closely for a text, at most."""
BEHIND: Final = 0.6
"""Share of the best candidate's score that the others must have."""
RARE: Final = 3.0
"""Weight from which a shared term makes a fact-check a candidate."""
MOST_SHARING: Final = 30
"""Fact-checks that may share a term, at most (or a fiftieth of them), if it is to find any."""
_REMEMBERED: Final = 200_000

Found = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Places of claims, and what a term speaks for each."""


class Candidates:
    """Finds the claims of a library that share rare terms with a text."""

    def __init__(self, claims: Sequence[Claim], vocabulary: Vocabulary, rarity: Rarity) -> None:
        self._size = len(claims)
        self._vocabulary = vocabulary
        self._floor = floor(len(claims))
        holding: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for place, claim in enumerate(claims):
            best = claim.shares.max(axis=1, initial=0.0).tolist()
            for number, column in claim.columns.items():
                if rarity[claim.terms[column]] >= RARE:
                    holding[number].append((place, best[column]))
        most = max(MOST_SHARING, len(claims) // 50)
        self._holding = {number: of for number, of in holding.items() if len(of) <= most}
        self._found: dict[str, Found | None] = {}

    def find(self, texts: Sequence[Iterable[str]]) -> list[list[int]]:
        """For each text (its distinct terms, in order) the places of its candidates, best first.

        A candidate's score is the sum over the text's terms of the share of a wording that each
        may be. One sum for the whole batch; what is found for a text depends on it alone.
        """
        chosen: list[list[int]] = [[] for _ in texts]
        found = [
            (row, of)
            for row, terms in enumerate(texts)
            for term in terms
            if (of := self._found_by(term)) is not None
        ]
        if not found:
            return chosen
        starts = np.repeat([row * self._size for row, _ in found], [len(of[0]) for _, of in found])
        places = starts + np.concatenate([of[0] for _, of in found])
        score = np.bincount(places, np.concatenate([of[1] for _, of in found]))
        good = np.flatnonzero(score >= self._floor)
        for at in good[np.argsort(-score[good], kind="stable")].tolist():
            row, place = divmod(at, self._size)
            best = chosen[row]
            enough = not best or score[at] >= BEHIND * score[row * self._size + best[0]]
            if len(best) < CANDIDATES and enough:
                best.append(place)
        return chosen

    def _found_by(self, term: str) -> Found | None:
        """The claims that a term speaks for, and how much; None if none. Remembered."""
        if term in self._found:
            return self._found[term]
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        score: dict[int, float] = {}
        for number, alike in self._vocabulary.near(term):
            for place, share in self._holding.get(number, ()):
                score[place] = max(score.get(place, 0.0), share * alike)
        found = (np.array(list(score)), np.array(list(score.values()))) if score else None
        self._found[term] = found
        return found
