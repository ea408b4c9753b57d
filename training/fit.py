"""Fits one linear head: NB-weighted logistic regression, calibrated on folds, pruned to int8.

Source of the method: Wang and Manning, "Baselines and Bigrams" (ACL 2012): each feature is
scaled by the log-ratio of its mass inside and outside the label before the regression. Both
fold into one weight per feature and label, so a head stays one matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tasks.features import VERSION, WIDTH, features
from training.calibrate import best_thresholds, platt, temperature
from training.data import Examples

Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]
Arrays = dict[str, NDArray[np.generic]]

FOLDS: Final = 3
_SMOOTHING: Final = 0.02
_SEEN_IN: Final = 2  # texts: a feature of one text alone teaches its accident
_STEPS: Final = 127  # of int8 on either side of zero


@dataclass(frozen=True, slots=True)
class Recipe:
    """What differs between heads.

    `exclusive`: one label holds of a row, or any number. `strength`: C of the regression.
    `kept`: how many features survive pruning.
    """

    exclusive: bool
    strength: float
    kept: int


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
    when a label holds of all rows or of none in some fold.
    """
    x = matrix(examples.texts)
    held_out = _held_out_logits(x, examples, recipe.strength, advance)
    if recipe.exclusive:
        slope, shift = temperature(held_out, examples.truth, examples.weights)
        thresholds = np.zeros(0)
    else:
        slope, shift = platt(held_out, examples.truth)
        thresholds = best_thresholds(held_out * slope + shift, examples.truth)
    model = _fit_linear(x, examples, recipe.strength, advance)
    columns = _strongest(model.weights, x, recipe.kept)
    weights, scale = _quantised(model.weights[columns])
    return {
        "features_version": np.array(VERSION),
        "labels": np.array(examples.labels),
        "exclusive": np.array(recipe.exclusive),
        "gaps": np.diff(columns, prepend=0).astype(np.uint32),
        "weights": weights,
        "scale": (scale * slope).astype(np.float32),
        "bias": (model.bias * slope + shift).astype(np.float32),
        "thresholds": thresholds.astype(np.float32),
    }


def matrix(texts: list[str]) -> sp.csr_matrix:
    """The hashed features of `texts` as a sparse matrix (texts, WIDTH)."""
    hashed = features(texts)
    parts = (hashed.values.astype(np.float64), hashed.indices.astype(np.int32), hashed.offsets)
    return sp.csr_matrix(parts, shape=(len(texts), WIDTH))


def _held_out_logits(
    x: sp.csr_matrix, examples: Examples, strength: float, advance: Callable[[], None]
) -> Matrix:
    """Logits of each row by a model that saw no row of its fold."""
    folds = np.array([crc32(group.encode()) % FOLDS for group in examples.groups])
    logits = np.zeros(examples.truth.shape)
    for fold in range(FOLDS):
        seen = folds != fold
        model = _fit_linear(x[seen], examples.where(seen), strength, advance)
        logits[~seen] = model.logits(x[~seen])
    return logits


def _fit_linear(
    x: sp.csr_matrix, examples: Examples, strength: float, advance: Callable[[], None]
) -> Linear:
    """One regression per label, each label against the rest with equal mass on both sides."""
    truth, weights = examples.truth, examples.weights
    columns = np.flatnonzero(np.bincount(x.indices, minlength=WIDTH) >= _SEEN_IN)
    seen = x[:, columns]
    found = np.zeros((WIDTH, truth.shape[1]))
    bias = np.zeros(truth.shape[1])
    for label, target in enumerate(truth.T):
        ratio = _log_ratio(seen, target, weights)
        # liblinear's primal Newton method draws no random numbers: same rows, same weights.
        model = LogisticRegression(C=strength, solver="liblinear", tol=0.01)
        model.fit(seen @ sp.diags(ratio), target, sample_weight=_balanced(target, weights))
        found[columns, label] = model.coef_[0] * ratio
        bias[label] = model.intercept_[0]
        advance()
    return Linear(found, bias)


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
