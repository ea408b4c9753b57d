"""Fits one linear head: NB-weighted logistic regression, calibrated on folds, pruned to int8.

Source of the method: Wang and Manning, "Baselines and Bigrams" (ACL 2012): each feature is
scaled by the log-ratio of its mass inside and outside the label before the regression. Both
fold into one weight per feature and label, so a head stays one matrix.

A label that holds only where another does (`Recipe.given`) is learnt on those rows alone, and
its probability is multiplied by the other's: what tells religion from race among hateful posts
is not what tells hateful posts from all others.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from os import cpu_count
from typing import Final
from zlib import crc32

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tasks import concepts
from tasks.features import CONCEPTS_FROM, VERSION, WIDTH, features
from tasks.head import share_out
from training.calibrate import Kind, calibrate
from training.data import Examples

Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]
Arrays = dict[str, NDArray[np.generic]]

FOLDS: Final = 3
_HOME: Final = "ind"
_SMOOTHING: Final = 0.02
_SEEN_IN: Final = 2  # texts: a feature of one text alone teaches its accident
_STEPS: Final = 127  # of int8 on either side of zero
FALSE_ALARMS: Final = 0.001
"""Share of the held-out rows without danger that may raise the alarm of a head."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What differs between heads.

    `exclusive`: one label holds of a row, or any number. `strength`: C of the regression.
    `kept`: how many features survive pruning. `damping`: exponent of the log-ratio; under one,
    common words keep more of a say. `given`: a label to the label without which it cannot hold
    (and which needs none itself). `by_language`: Indonesian is calibrated apart from all other
    languages. `dangers`: labels whose probabilities together raise an alarm, from a threshold
    fitted to FALSE_ALARMS. The last two only where labels are exclusive. `meanings`: the head
    reads the block of concepts too; those that have thousands of real rows do worse with it.
    """

    exclusive: bool
    strength: float
    kept: int
    damping: float = 1.0
    given: Mapping[str, str] = field(default_factory=dict)
    by_language: bool = False
    dangers: tuple[str, ...] = ()
    meanings: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights (WIDTH, labels) and bias (labels) of raw logits."""

    weights: Matrix
    bias: Matrix

    def logits(self, x: sp.csr_matrix) -> Matrix:
        """Raw logits (texts, labels)."""
        return np.asarray(x @ self.weights + self.bias)


def fit(examples: Examples, recipe: Recipe, advance: Callable[[], None]) -> Arrays:
    """The arrays of a head, as `tasks.heads.Head.load` reads them; same examples, same arrays.

    Calls `advance` after each of the len(labels) * (FOLDS + 1) regressions. Raises ValueError
    when, in some fold, a label holds of none or of all of the rows of which it may hold.
    """
    x = matrix(examples.texts)
    if not recipe.meanings:
        x.data[x.indices >= CONCEPTS_FROM] = 0.0
        x.eliminate_zeros()
    given = _given(examples.labels, recipe)
    held_out = _held_out_logits(x, examples, recipe, advance)
    abroad = _abroad(examples, recipe)
    fitted = calibrate(held_out, examples, Kind(recipe.exclusive, given, abroad))
    thresholds = fitted.thresholds
    if recipe.dangers:
        found = share_out(held_out * fitted.slope + fitted.shift)
        thresholds = np.array([alarm(found, examples, recipe.dangers)])
    model = _fit_linear(x, examples, recipe, advance)
    columns = _strongest(model.weights, x, recipe.kept)
    weights, scale = _quantised(model.weights[columns])
    languages = np.unique(examples.languages[abroad])
    return {
        "features_version": np.array(VERSION),
        "concepts": np.array(concepts.version()),
        "labels": np.array(examples.labels),
        "exclusive": np.array(recipe.exclusive),
        "given": given,
        "gaps": np.diff(columns, prepend=0).astype(np.uint32),
        "weights": weights,
        "scale": _rounded(scale * fitted.slope),
        "bias": _rounded(model.bias * fitted.slope + fitted.shift),
        "thresholds": _rounded(thresholds),
        "slope_languages": languages,
        "slopes": _rounded(np.full(len(languages), fitted.abroad)),
    }


def alarm(found: Matrix, examples: Examples, dangers: Sequence[str]) -> float:
    """The summed probability of `dangers` that FALSE_ALARMS of the other rows of `found` reach."""
    dangerous = np.isin(examples.labels, dangers)
    harmless = ~examples.truth[:, dangerous].any(axis=1)
    return float(np.quantile(found[harmless][:, dangerous].sum(axis=1), 1 - FALSE_ALARMS))


def matrix(texts: list[str]) -> sp.csr_matrix:
    """The hashed features of `texts` as a sparse matrix (texts, WIDTH)."""
    hashed = features(texts)
    parts = (hashed.values.astype(np.float64), hashed.indices.astype(np.int32), hashed.offsets)
    return sp.csr_matrix(parts, shape=(len(texts), WIDTH))


def _given(labels: tuple[str, ...], recipe: Recipe) -> NDArray[np.int8]:
    """For each label the place of the label that it needs, or -1."""
    needed = [recipe.given.get(label) for label in labels]
    return np.array([-1 if name is None else labels.index(name) for name in needed], dtype=np.int8)


def _abroad(examples: Examples, recipe: Recipe) -> Truth:
    """Which rows are calibrated apart from the Indonesian ones."""
    return np.asarray((examples.languages != _HOME) & recipe.by_language)


def _held_out_logits(
    x: sp.csr_matrix, examples: Examples, recipe: Recipe, advance: Callable[[], None]
) -> Matrix:
    """Logits of each row by a model that saw no row of its fold."""
    folds = np.array([crc32(group.encode()) % FOLDS for group in examples.groups])
    logits = np.zeros(examples.truth.shape)
    for fold in range(FOLDS):
        seen = folds != fold
        model = _fit_linear(x[seen], examples.where(seen), recipe, advance)
        logits[~seen] = model.logits(x[~seen])
    return logits


def _fit_linear(
    x: sp.csr_matrix, examples: Examples, recipe: Recipe, advance: Callable[[], None]
) -> Linear:
    """One regression per label, over the rows of which the label may hold."""
    truth, weights = examples.truth, examples.weights
    found = np.zeros((WIDTH, truth.shape[1]))
    bias = np.zeros(truth.shape[1])

    def fit_label(label: int, needed: int) -> None:
        rows = truth[:, needed] if needed >= 0 else np.ones(len(truth), dtype=np.bool_)
        target = truth[rows, label]
        found[:, label], bias[label] = _fit_label(x[rows], target, weights[rows], recipe)

    # Threads: liblinear lets others run, and no regression depends on another.
    with ThreadPoolExecutor(cpu_count()) as pool:
        fitted = [
            pool.submit(fit_label, *one) for one in enumerate(_given(examples.labels, recipe))
        ]
        for done in as_completed(fitted):
            done.result()
            advance()
    return Linear(found, bias)


def _fit_label(
    x: sp.csr_matrix, target: Truth, weights: Matrix, recipe: Recipe
) -> tuple[Matrix, float]:
    """Weights (WIDTH) and bias of a label against the rest, with equal mass on both sides."""
    columns = np.flatnonzero(np.bincount(x.indices, minlength=WIDTH) >= _SEEN_IN)
    seen = x[:, columns]
    ratio = _log_ratio(seen, target, weights) ** recipe.damping
    # liblinear's primal Newton method draws no random numbers: same rows, same weights.
    model = LogisticRegression(C=recipe.strength, solver="liblinear", tol=0.01)
    model.fit(seen @ sp.diags(ratio), target, sample_weight=_balanced(target, weights))
    found = np.zeros(WIDTH)
    found[columns] = model.coef_[0] * ratio
    return found, float(model.intercept_[0])


def _log_ratio(x: sp.csr_matrix, target: Truth, weights: Matrix) -> Matrix:
    inside = x.T @ (weights * target) + _SMOOTHING
    outside = x.T @ (weights * ~target) + _SMOOTHING
    return np.asarray(np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum())))


def _balanced(target: Truth, weights: Matrix) -> Matrix:
    """`weights`, rescaled so that both sides of `target` weigh half of the rows."""
    half = len(target) / 2
    inside, outside = weights[target].sum(), weights[~target].sum()
    return np.asarray(weights * np.where(target, half / inside, half / outside))


def _strongest(weights: Matrix, x: sp.csr_matrix, kept: int) -> NDArray[np.int64]:
    """The `kept` features that move the logits most over the rows of `x`, ascending."""
    energy = np.bincount(x.indices, weights=x.data**2, minlength=WIDTH)
    effect = np.abs(weights).sum(axis=1) * np.sqrt(energy)
    order = np.argsort(-effect, kind="stable")[:kept]
    return np.sort(order[effect[order] > 0])


def _quantised(weights: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """`weights` in int8 steps, and the size of a step for each label."""
    step = np.abs(weights).max(axis=0) / _STEPS
    return np.rint(weights / step).astype(np.int8), step


def _rounded(values: Matrix) -> NDArray[np.float32]:
    """`values` to five digits: the rest is noise of a search, and of the machine."""
    return np.array([float(f"{value:.5g}") for value in values], dtype=np.float32)
