"""Turns held-out logits into probabilities that mean what they say."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from tasks.head import chained, share_out
from training.data import Examples

Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]

_GRID: Final = np.arange(0.05, 0.951, 0.01)


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides how a head is calibrated.

    `exclusive`: one label holds of a row. `given`: for each label the place of the label that it
    needs, or -1. `abroad`: which rows get a slope of their own.
    """

    exclusive: bool
    given: NDArray[np.int8]
    abroad: Truth


class Calibration(NamedTuple):
    """A slope and a shift for each label, by which logits become true ones.

    `abroad` multiplies the true logits of rows in other languages. `thresholds` are the
    probabilities from which a label is best taken to hold; empty where labels are exclusive.
    """

    slope: Matrix
    shift: Matrix
    thresholds: Matrix
    abroad: float


def calibrate(logits: Matrix, examples: Examples, kind: Kind) -> Calibration:
    """Fit the calibration to `logits` of models that did not see the row they judge."""
    truth, weights = examples.truth, examples.weights
    if not kind.exclusive:
        slope, shift = platt(logits, truth, kind.given)
        probabilities = chained(expit(logits * slope + shift), kind.given)
        return Calibration(slope, shift, best_thresholds(probabilities, truth), 1.0)
    home, abroad = ~kind.abroad, kind.abroad
    one_slope, one_shift = shares(logits[home], truth[home], weights[home])
    labels = truth.shape[1]
    factor = 1.0
    if abroad.any():
        scaled = logits[abroad] * one_slope + one_shift
        factor = temperature(scaled, truth[abroad], weights[abroad])
    return Calibration(np.full(labels, one_slope), np.full(labels, one_shift), np.zeros(0), factor)


def shares(logits: Matrix, truth: Truth, weights: Matrix) -> tuple[float, float]:
    """The slope and the shift, one for all labels, that fit `share_out` to `truth` best.

    A softmax of one-against-rest logits is too sure at the top and too unsure below.
    """

    def loss(sought: Matrix) -> float:
        return _loss(logits * np.exp(sought[0]) + sought[1], truth, weights)

    log_slope, shift = minimize(loss, np.zeros(2), method="Nelder-Mead").x
    return float(np.exp(log_slope)), float(shift)


def temperature(logits: Matrix, truth: Truth, weights: Matrix) -> float:
    """The factor of true logits by which `share_out` fits `truth` best."""

    def loss(log_factor: float) -> float:
        return _loss(logits * np.exp(log_factor), truth, weights)

    return float(np.exp(minimize_scalar(loss, bounds=(-4.0, 4.0), method="bounded").x))


def _loss(logits: Matrix, truth: Truth, weights: Matrix) -> float:
    """Weighed negative log-likelihood."""
    return float(-weights @ np.log(np.maximum(share_out(logits)[truth], 1e-12)))


def platt(logits: Matrix, truth: Truth, given: NDArray[np.int8]) -> tuple[Matrix, Matrix]:
    """A slope and a shift for each label that fit a sigmoid to `truth` best (Platt 1999).

    A label that needs another is fitted to the rows where that other holds.
    """
    fitted = []
    for label, needed in enumerate(given):
        rows = truth[:, needed] if needed >= 0 else np.ones(len(truth), dtype=np.bool_)
        column = logits[rows, label][:, np.newaxis]
        fitted.append(LogisticRegression(C=1e6).fit(column, truth[rows, label]))
    slope = np.array([model.coef_[0, 0] for model in fitted])
    shift = np.array([model.intercept_[0] for model in fitted])
    return slope, shift


def best_thresholds(probabilities: Matrix, truth: Truth) -> Matrix:
    """For each label the probability from which its F1 is highest, in steps of .01."""
    chosen = probabilities[np.newaxis] >= _GRID[:, np.newaxis, np.newaxis]
    hits = (chosen & truth).sum(axis=1)
    f1 = 2 * hits / (chosen.sum(axis=1) + truth.sum(axis=0))
    return np.asarray(_GRID[f1.argmax(axis=0)])
