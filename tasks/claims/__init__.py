"""Which published fact-check a text is about, and whether it asserts what that refutes.

docs/claims.md says how a match is made, how sure it is, and where it is weak.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tasks.claims.close import Close
from tasks.claims.index import ClaimIndex
from tasks.claims.model import Said
from tasks.factcheck import FactCheck, Library

__all__ = ["ClaimIndex", "ClaimMatch", "claim_index", "match"]

_KEPT: Final = 2
_indexes: Final[dict[str, ClaimIndex]] = {}


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """The fact-check that a text is most about."""

    check: FactCheck
    decision: Literal["confirm", "suggest"]
    """`confirm`: the text asserts the claim, which is refuted. `suggest`: a person must look."""
    score: float
    """Probability that the text is about the claim."""
    asserted: float
    """Probability that it asserts it."""
    sentence: tuple[int, int]
    """Code points of the text: the window that matched."""
    shared: tuple[str, ...]
    """Terms that the window and the claim have both, heaviest first."""


def claim_index(library: Library) -> ClaimIndex:
    """The index of a library; those of the last two versions are remembered."""
    found = _indexes.pop(library.version, None)
    if found is None:
        found = ClaimIndex.of(library)
    _indexes[library.version] = found
    while len(_indexes) > _KEPT:
        del _indexes[next(iter(_indexes))]
    return found


def match(
    index: ClaimIndex, texts: Sequence[str], acts: Sequence[Mapping[str, float]]
) -> list[ClaimMatch | None]:
    """For each text the fact-check that it is most about; None if it is about none.

    `acts`: what the head of acts says of each text, label to probability; an empty mapping
    where it is not known. A match depends on its text alone, not on the batch.
    """
    if not index.shelf.checks:
        return [None] * len(texts)
    return [
        _matched(index, text, said, [(one.start, one.end) for one in cut], found)
        for text, said, (cut, found) in zip(texts, acts, index.shelf.look(texts), strict=True)
    ]


def _matched(
    index: ClaimIndex,
    text: str,
    acts: Mapping[str, float],
    sentences: Sequence[tuple[int, int]],
    found: Sequence[Close],
) -> ClaimMatch | None:
    model = index.model
    close = max(found, key=model.about, default=None)
    if close is None or (about := model.about(close)) < index.suggest_from:
        return None
    said = Said.of(text, acts)
    asserts = model.asserts(close, said)
    check = index.shelf.checks[close.place]
    sure = check.outcome == "refuted" and model.confirms(close, said, asserts)
    first, last = close.window
    return ClaimMatch(
        check=check,
        decision="confirm" if sure else "suggest",
        score=_probability(about),
        asserted=_probability(asserts),
        sentence=(sentences[first][0], sentences[last - 1][1]),
        shared=close.shared,
    )


def _probability(log_odds: float) -> float:
    return 0.5 * (1.0 + math.tanh(log_odds / 2.0))
