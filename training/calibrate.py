"""Turns held-out logits into probabilities that mean what they say."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]

_GRID: Final = np.arange(0.05, 0.951, 0.01)


def temperature(logits: Matrix, truth: Truth, weights: Matrix) -> tuple[Matrix, Matrix]:
    """The slope (one for all labels) and a zero shift that fit a softmax to `truth` best.

    Source of the method: Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017).
    """

    def loss(log_slope: float) -> float:
        scaled = logits * np.exp(log_slope)
        return float(weights @ (logsumexp(scaled, axis=1) - scaled[truth]))

    best = minimize_scalar(loss, bounds=(-4.0, 4.0), method="bounded")
    labels = truth.shape[1]
    return np.full(labels, np.exp(best.x)), np.zeros(labels)


def platt(logits: Matrix, truth: Truth) -> tuple[Matrix, Matrix]:
    """A slope and a shift for each label that fit a sigmoid to `truth` best (Platt 1999)."""
    fitted = [
        LogisticRegression(C=1e6).fit(column[:, np.newaxis], target)
        for column, target in zip(logits.T, truth.T, strict=True)
    ]
    slope = np.array([model.coef_[0, 0] for model in fitted])
    shift = np.array([model.intercept_[0] for model in fitted])
    return slope, shift


def best_thresholds(logits: Matrix, truth: Truth) -> Matrix:
    """For each label the probability from which its F1 is highest, in steps of .01."""
    chosen = expit(logits)[np.newaxis] >= _GRID[:, np.newaxis, np.newaxis]
    hits = (chosen & truth).sum(axis=1)
    f1 = 2 * hits / (chosen.sum(axis=1) + truth.sum(axis=0))
    return np.asarray(_GRID[f1.argmax(axis=0)])
