"""Statistics with bootstrap intervals.

A `Statistic` takes row weights (resamples, rows) and gives one value a resample. With whole
resamples as weights it is a matrix product, so a thousand resamples cost as much as one loop.
"""

from collections.abc import Callable
from functools import lru_cache
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
    resampled = statistic(_draws(rows))
    value = statistic(np.ones((1, rows)))[0]
    # Resampling adds noise, which a calibration error counts as error: the mean shift is undone.
    ends = np.quantile(resampled, (0.025, 0.975)) - resampled.mean() + value
    low, high = np.clip(ends, 0.0, 1.0)
    return Interval(round(float(value), 4), round(float(low), 4), round(float(high), 4))


def share(hit: Truth) -> Statistic:
    """Share of rows that hit: accuracy, or recall of one label; 0 where a resample has no row."""
    return lambda weights: weights @ hit / np.maximum(weights.sum(axis=1), 1)


def macro_f1(chosen: Truth, truth: Truth) -> Statistic:
    """Mean over labels (columns) of F1; a label neither chosen nor true counts as 0."""

    def statistic(weights: Matrix) -> Matrix:
        hits = weights @ (chosen & truth)
        either = weights @ chosen + weights @ truth
        return np.asarray((2 * hits / np.maximum(either, 1)).mean(axis=1))

    return statistic


def calibration_error(probability: Matrix, hit: Truth) -> Statistic:
    """Expected calibration error in 15 equal bins: mean gap of confidence and frequency."""
    gaps = (probability - hit)[:, np.newaxis] * _in_bins(probability)
    return lambda weights: np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1))


def error_by_chance(probability: Matrix) -> Interval:
    """The calibration error that true probabilities would show on as many rows, by luck alone.

    Source of the method: Bröcker and Smith, "Increasing the Reliability of Reliability Diagrams"
    (Weather and Forecasting 2007).
    """
    rows = len(probability)
    drawn = np.random.default_rng(0).random((_RESAMPLES, rows)) < probability
    errors = np.abs((probability - drawn) @ _in_bins(probability)).sum(axis=1) / rows
    low, high = np.quantile(errors, (0.025, 0.975))
    return Interval(round(float(errors.mean()), 4), round(float(low), 4), round(float(high), 4))


def mean_of(statistics: list[Statistic]) -> Statistic:
    """The mean of several statistics over the same rows."""
    return lambda weights: np.mean([one(weights) for one in statistics], axis=0)


def within(statistic: Statistic, rows: Truth) -> Statistic:
    """`statistic`, which was made from the chosen rows alone, over weights of all rows."""
    return lambda weights: statistic(weights[:, rows])


@lru_cache(maxsize=2)  # most figures of a head share their number of rows
def _draws(rows: int) -> Matrix:
    """Row weights (resamples, rows) of the bootstrap."""
    draws = np.random.default_rng(0).multinomial(rows, np.full(rows, 1 / rows), size=_RESAMPLES)
    return draws.astype(np.float64)


def _in_bins(probability: Matrix) -> Truth:
    """Which of the equal bins (columns) each probability lies in."""
    bins = np.minimum((probability * _BINS).astype(np.int64), _BINS - 1)
    return np.asarray(bins[:, np.newaxis] == np.arange(_BINS))
