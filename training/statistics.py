"""Statistics with bootstrap intervals.

A `Statistic` takes row weights (resamples, rows) and gives one value a resample. With whole
resamples as weights it is a matrix product, so a thousand resamples cost as much as one loop.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]
Statistic = Callable[[Matrix], Matrix]

_RESAMPLES: Final = 1000
_BINS: Final = 15


class Interval(NamedTuple):
    """A value between 0 and 1, and the ends of its 95% interval."""

    value: float
    low: float
    high: float


def interval(statistic: Statistic, rows: int) -> Interval:
    """The statistic on all `rows`, and its percentile interval over resamples (fixed seed)."""
    draws = np.random.default_rng(0).multinomial(rows, np.full(rows, 1 / rows), size=_RESAMPLES)
    resampled = statistic(draws.astype(np.float64))
    value = statistic(np.ones((1, rows)))[0]
    # Resampling adds noise, which a calibration error counts as error: the mean shift is undone.
    ends = np.quantile(resampled, (0.025, 0.975)) - resampled.mean() + value
    low, high = np.clip(ends, 0.0, 1.0)
    return Interval(round(float(value), 4), round(float(low), 4), round(float(high), 4))


def share(hit: Truth) -> Statistic:
    """Share of rows that hit: accuracy, or recall of one label."""
    return lambda weights: weights @ hit / weights.sum(axis=1)


def macro_f1(chosen: Truth, truth: Truth) -> Statistic:
    """Mean over labels (columns) of F1; a label neither chosen nor true counts as 0."""

    def statistic(weights: Matrix) -> Matrix:
        hits = weights @ (chosen & truth)
        either = weights @ chosen + weights @ truth
        return np.asarray((2 * hits / np.maximum(either, 1)).mean(axis=1))

    return statistic


def calibration_error(probability: Matrix, hit: Truth) -> Statistic:
    """Expected calibration error in 15 equal bins: mean gap of confidence and frequency."""
    bins = np.minimum((probability * _BINS).astype(np.int64), _BINS - 1)
    gaps = (probability - hit)[:, np.newaxis] * (bins[:, np.newaxis] == np.arange(_BINS))
    return lambda weights: np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1))


def mean_of(statistics: list[Statistic]) -> Statistic:
    """The mean of several statistics over the same rows."""
    return lambda weights: np.mean([one(weights) for one in statistics], axis=0)
