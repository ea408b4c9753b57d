"""Fits the weights by which claims are matched (tasks.claims.model), and writes claims.npz.

Few numbers, since one language model wrote the examples: two small logistics, and a linear model
of how people deny in which the words of the claim itself are masked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tasks.claims.close import Close, Features
from tasks.claims.index import Shelf
from tasks.claims.leaning import BITS, columns
from tasks.claims.model import MATCHING, Model, Said, inputs, made_with
from tasks.claims.rarity import Rarity
from tasks.heads import Heads
from training.claim_rarity import SETS as RARITY_SETS
from training.claim_rarity import rarity_table
from training.claim_samples import CHOOSING, Sample, real_texts, sample_library, samples
from training.pack import write_npz

NAME: Final = "claims"
REAL: Final = ("smsa_sentiment", "news_topic_clickid", "hoax_tweets_umpo")
"""Sets of texts that are about none of the claims."""
SETS: Final = tuple(RARITY_SETS)
LICENCE: Final = "CC-BY-SA-4.0"
SUGGESTED: Final = 0.002
"""Share of real texts that may be suggested."""
CONFIRM_FROM: Final = 2.5
"""Chosen by striking out 30 to 50% of the patterns at random: docs/claims.md."""
_FOLDS: Final = 6
_BATCH: Final = 64
_WORDING_WEIGHT: Final = 3.0
_MATCHING_STRENGTH: Final = 1.0
_ASSERTING_STRENGTH: Final = 0.1
_STANCE_STRENGTH: Final = 5.0
_STEPS: Final = 127  # of int8 on either side of zero

Floats = NDArray[np.float64]
Looks = list[list[Close]]


@dataclass(frozen=True, slots=True)
class _Stanced:
    """A sample with the close look at the claim that it is most about."""

    sample: Sample
    close: Close
    acts: dict[str, float]
    asserts: bool


def train_claims(data: Path, out: Path) -> None:
    """Write claims.npz to `out`, where the heads lie. Raises FileNotFoundError: a set is missing.

    The same data and heads give the same bytes.
    """
    table = rarity_table(data)
    shelf = Shelf.of(sample_library().checks, Rarity(table))
    texts = list(samples(CHOOSING))
    looks = _looks(shelf, [sample.text for sample in texts])
    of_real = _looks(shelf, real_texts(data, REAL, "train"))
    acts = Heads.load(out).hear([sample.text for sample in texts])
    with threadpool_limits(limits=1):
        model = _matching(shelf, texts, looks, of_real)
        stanced = list(_stanced(shelf, model, texts, looks, acts))
        model, stance, scale = _asserting(model, stanced)
    arrays = {
        "made_for": np.array(made_with()),
        "idf": table,
        "matching": np.array(model.matching),
        "asserting": np.array(model.asserting),
        "stance": stance,
        "scale": np.array(scale),
        "bias": np.array(model.bias),
        "suggest_from": np.array(model.suggest_from),
        "confirm_from": np.array(model.confirm_from),
    }
    write_npz(out / f"{NAME}.npz", arrays)


def _looks(shelf: Shelf, texts: Sequence[str]) -> Looks:
    starts = range(0, len(texts), _BATCH)
    return [found for at in starts for _, found in shelf.look(texts[at : at + _BATCH])]


def _matching(shelf: Shelf, texts: Sequence[Sample], looks: Looks, of_real: Looks) -> Model:
    """A model that only tells which claim a text is about, and from when on it is shown.

    A wording is about its claim; nothing else is, and a near miss is not about its own either.
    """
    rows: list[Features] = []
    right: list[bool] = []
    for sample, found in zip(texts, looks, strict=True):
        for close in found:
            own = shelf.checks[close.place].id == sample.claim
            if not own or sample.kind in ("wording", "near_miss"):
                rows.append(close.features)
                right.append(own and sample.kind == "wording")
    rows += [close.features for found in of_real for close in found]
    truth = np.array(right + [False] * (len(rows) - len(right)))
    values = np.array([[getattr(row, name) for name in MATCHING] for row in rows])
    weights = _logistic(values, truth, _MATCHING_STRENGTH, np.where(truth, _WORDING_WEIGHT, 1.0))
    model = Model(
        version="",
        rarity=shelf.rarity,
        matching=weights,
        asserting=(),
        stance=np.zeros(1 << BITS),
        bias=0.0,
        suggest_from=0.0,
        confirm_from=CONFIRM_FROM,
    )
    return replace(model, suggest_from=_suggest_from(model, of_real))


def _suggest_from(model: Model, of_real: Looks) -> float:
    """The log odds that SUGGESTED of the real texts reach."""
    best = sorted(max(map(model.about, found), default=-np.inf) for found in of_real)
    return _rounded(best[-1 - int(SUGGESTED * len(best))])


def _stanced(
    shelf: Shelf,
    model: Model,
    texts: Sequence[Sample],
    looks: Looks,
    acts: Sequence[dict[str, float]],
) -> Iterator[_Stanced]:
    for sample, found, heard in zip(texts, looks, acts or [{}] * len(texts), strict=True):
        if found:
            close = max(found, key=model.about)
            own = shelf.checks[close.place].id == sample.claim
            yield _Stanced(sample, close, heard, own and sample.kind == "wording")


def _asserting(model: Model, rows: Sequence[_Stanced]) -> tuple[Model, NDArray[np.int8], float]:
    """The model with its second half; the weights of stance in int8 steps, and their size.

    The second logistic reads what the linear model says of texts around claims that it did not
    learn from.
    """
    hashed = _matrix([columns(row.sample.text, row.close.shared) for row in rows])
    truth = np.array([row.asserts for row in rows])
    # A near miss asserts, but another claim: it teaches nothing of how people deny.
    teaching = np.array([row.sample.kind != "near_miss" for row in rows])
    claims = sorted({row.sample.claim for row in rows})
    folds = np.array([claims.index(row.sample.claim) % _FOLDS for row in rows])
    held_out = np.zeros(len(rows))
    for fold in range(_FOLDS):
        seen = teaching & (folds != fold)
        if (folds == fold).any():
            weights, bias = _stance(hashed[seen], truth[seen])
            held_out[folds == fold] = hashed[folds == fold] @ weights + bias
    values = np.array(
        [
            inputs(row.close, Said.of(row.sample.text, row.acts), leaning)
            for row, leaning in zip(rows, held_out.tolist(), strict=True)
        ]
    )
    weights, bias = _stance(hashed[teaching], truth[teaching])
    scale = _rounded(float(np.abs(weights).max()) / _STEPS)
    steps = np.rint(weights / scale).astype(np.int8)
    asserting = _logistic(values, truth, _ASSERTING_STRENGTH)
    return replace(model, asserting=asserting, bias=_rounded(bias)), steps, scale


def _matrix(rows: Sequence[tuple[NDArray[np.int64], Floats]]) -> Any:
    offsets = np.cumsum([0, *(len(at) for at, _ in rows)])
    values, places = np.concatenate([v for _, v in rows]), np.concatenate([a for a, _ in rows])
    return sparse.csr_matrix((values, places, offsets), shape=(len(rows), 1 << BITS))


def _stance(hashed: Any, truth: NDArray[np.bool_]) -> tuple[Floats, float]:
    model = LogisticRegression(C=_STANCE_STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(hashed, truth)
    return model.coef_[0], float(model.intercept_[0])


def _logistic(
    values: Floats, truth: NDArray[np.bool_], strength: float, weights: Floats | None = None
) -> tuple[float, ...]:
    """Weights of the plain values, the constant last; fitted on them in units of their spread."""
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=strength, max_iter=3000)
    model.fit(scaler.transform(values), truth, sample_weight=weights)
    found = model.coef_[0] / scaler.scale_
    constant = float(model.intercept_[0] - (found * scaler.mean_).sum())
    return tuple(map(_rounded, (*found.tolist(), constant)))


def _rounded(value: float) -> float:
    """To five digits: the rest is noise of a search, and of the machine."""
    return float(f"{value:.5g}")
