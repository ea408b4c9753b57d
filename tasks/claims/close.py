"""A close look at a text and a claim: what of it the best window of the text has, and what else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from tasks.claims.claim import Claim, Floats
from tasks.claims.numbers import MARK
from tasks.claims.rarity import Rarity
from tasks.claims.reading import Reading
from tasks.claims.vocabulary import NEAR

WINDOW: Final = 3
"""Sentences of the longest window."""
_LONGER: Final = 0.03
"""What each further sentence of a window must add to its coverage."""
_NAMED: Final = 0.8
"""Likeness from which a name of a place is taken for the claim's."""
_LEAST_SHARED: Final = 0.03
"""Share of a wording from which a term is named as shared."""


class Features(NamedTuple):
    """What a close look measures."""

    covered: float
    """Share of the weight of the best wording that the best window has."""
    bag: float
    """Weight of all wordings' terms in the window, by the mean weight of a wording; up to 1.5."""
    precise: float
    """Share of the window's weight that the wordings have too."""
    rarest: float
    """Mean likeness of the three heaviest terms of the best wording."""
    numbers: float
    """Share of the wording's numbers in the window; 1 if no wording has any, 0.5 if others do."""
    other_numbers: float
    """Share of the window's numbers that no wording has."""
    names: float
    """Share of the wordings' names of places in the text; 1 without names."""
    other_names: float
    """1 if the text has names of places, the claim too, and none in common."""
    clarifies: float
    """Share of the text's weight in terms that the clarification alone has."""
    clarified_numbers: float
    """1 if the text has a number that the clarification alone has."""
    negations: float
    """Words of denial in the text, up to 2; 0 where a wording has one itself."""
    opposite: float
    """1 if the text has the opposite of a term of the claim."""


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """What was found of a claim (its place in the library) in a text."""

    place: int
    claim: Claim
    features: Features
    mass: float
    """Weight of the wording that the window covers best."""
    window: tuple[int, int]
    """First sentence of the best window, and the one after its last."""
    reach: Floats
    """How like each term of the claim is to one of the window."""

    @property
    def shared(self) -> tuple[str, ...]:
        """Terms of the claim that the window has, heaviest first."""
        held = (self.reach >= NEAR) & (self.claim.weights > _LEAST_SHARED)
        heaviest = self.claim.heaviest
        return tuple(self.claim.terms[at] for at in heaviest[held[heaviest]].tolist())


def look(place: int, claim: Claim, text: Reading, rarity: Rarity) -> Close:
    """A close look at a claim and a text with at least one sentence."""
    credit, used = _credit(claim, text, rarity)
    (first, last), reach = _best_window(credit, claim.shares)
    per_wording = reach @ claim.shares
    wording = int(per_wording.argmax())
    best = claim.shares[:, wording]
    window = {term for of in text.near[first:last] for term in of}
    said_numbers = {term for term in window if term[0] == MARK and rarity[term] > 0}
    whole = credit.max(axis=0)
    clarified = _clarified(claim, text)
    features = Features(
        covered=float(per_wording.max()),
        bag=min(1.5, float(reach @ claim.weights)),
        precise=sum(used[first:last]) / max(sum(text.masses[first:last]), 1e-9),
        rarest=float(reach[np.argsort(-best, kind="stable")[:3]].mean()),
        numbers=_numbers(claim, reach, best),
        other_numbers=len(said_numbers - claim.own_numbers) / max(1, len(said_numbers)),
        names=_share([whole[column] >= _NAMED for column in claim.names.values()]),
        other_names=float(bool(claim.names and text.names) and text.names.isdisjoint(claim.names)),
        clarifies=sum(rarity[term] for term in clarified) / max(sum(text.masses), 1e-9),
        clarified_numbers=float(any(term[0] == MARK for term in clarified)),
        negations=0.0 if claim.negated else float(min(2, text.denials)),
        opposite=float(not text.terms.isdisjoint(claim.opposites)),
    )
    return Close(place, claim, features, claim.masses[wording], (first, last), reach)


def _credit(claim: Claim, text: Reading, rarity: Rarity) -> tuple[Floats, list[float]]:
    """(sentences, columns): how like a term of the sentence is to the claim's; and the weight of
    the terms of each sentence, each by how like it is to one of the claim's."""
    credit = np.zeros((len(text.near), len(claim.terms)))
    used = [0.0] * len(text.near)
    for row, of in enumerate(text.near):
        for term, near in of.items():
            best = 0.0
            for number, alike in near:
                column = claim.columns.get(number)
                if column is not None:
                    best = max(best, alike)
                    credit[row, column] = max(credit[row, column], alike)
            used[row] += rarity[term] * best
    return credit, used


def _best_window(credit: Floats, shares: Floats) -> tuple[tuple[int, int], Floats]:
    """The first and shortest window that covers most of a wording, and its likenesses."""
    count = len(credit)
    reach, reaches = credit, [credit]
    for length in range(2, min(WINDOW, count) + 1):
        reach = np.maximum(reach[:-1], credit[length - 1 :])
        reaches.append(reach)
    values = np.full((count, len(reaches)), -np.inf)
    for further, of in enumerate(reaches):
        values[: len(of), further] = (of @ shares).max(axis=1) - _LONGER * further
    first, further = divmod(int(values.argmax()), len(reaches))
    return (first, first + further + 1), reaches[further][first]


def _numbers(claim: Claim, reach: Floats, wording: Floats) -> float:
    asked = claim.numbers & (wording > 0)
    if asked.any():
        return float(reach[asked].mean())
    return 0.5 if claim.own_numbers else 1.0


def _clarified(claim: Claim, text: Reading) -> list[str]:
    """The terms of the text that the clarification alone has, in order."""
    if text.terms.isdisjoint(claim.clarification):
        return []
    said = dict.fromkeys(term for of in text.near for term in of)
    return [term for term in said if term in claim.clarification]


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held) if held else 1.0
