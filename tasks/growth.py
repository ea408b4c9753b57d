"""Whether a narrative grows faster than its own past, hour by hour.

Harvey and Fernandes, "Time Series Models for Count or Qualitative Observations" (Journal of
Business and Economic Statistics 7, 1989): the rate of a count is gamma distributed, its past is
discounted exponentially, and the next count is then negative binomial. Three things are added.
Items come in clusters, an original and its reposts, so the variance of the narrative's own past,
over its mean, widens that distribution (as Noufaily and others do for outbreaks, "An improved
algorithm for outbreak detection", Statistics in Medicine 32, 2013). What is expected follows the
whole stream through the day, so that a morning is no alarm. And an hour in which few items came
never is one.

A narrative without a past is judged as if it had one hour of one item.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PAST_HOURS: Final = 168
"""Hours of the past that count."""
HALF_LIFE: Final = 24.0
"""Hours after which an hour counts half."""
FEWEST: Final = 10
"""Items of an hour below which nothing is an alarm."""
FALSE_ALARMS: Final = 1e-3
"""Of a narrative that does not grow: false alarms that may come in a day of 24 looks."""
_QUIETEST: Final = 0.5
"""Part of its usual self under which a quiet stream makes nothing expected less."""
_DISCOUNT: Final = 0.5 ** (1 / HALF_LIFE)
_PRIOR_ITEMS: Final = 1.0
_PRIOR_HOURS: Final = 1.0
_DISPERSION: Final = 3.0
"""Variance over mean of hourly counts, as long as a narrative has not shown its own."""
_DISPERSION_ITEMS: Final = 20.0
"""Items after which a narrative's own dispersion counts as much as that."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What came in an hour, and what the past let expect."""

    came: int
    expected: float
    chance: float
    """Probability that as many or more come while the narrative goes on as before."""

    @property
    def alarms(self) -> bool:
        """Whether it grows faster than its own past, at FALSE_ALARMS for a narrative and a day."""
        return self.came >= FEWEST and self.chance < FALSE_ALARMS / 24

    @property
    def excess(self) -> float:
        """Items more than expected."""
        return self.came - self.expected


def growth(past: Sequence[int], came: int, past_rest: Sequence[int], rest: int) -> Growth:
    """Judge the hour in which `came` items came.

    `past` are the counts of the hours before, the latest last, from the narrative's first hour on.
    `rest` and `past_rest` are the items of all other narratives in the same hours. An hour that is
    not over, or that lost its sources, is taken to hold as much of them as the hour before or the
    same hour of the day before. Raises ValueError if the two pasts differ in length.
    """
    if len(past) != len(past_rest):
        raise ValueError("past and past_rest: give the same hours")
    own, others = past[-PAST_HOURS:], past_rest[-PAST_HOURS:]
    weights = [_DISCOUNT**age for age in range(len(own), 0, -1)]
    items = _PRIOR_ITEMS + _dot(weights, own)
    rate = items / (_PRIOR_HOURS + sum(weights))
    usual = _dot(weights, others) / sum(weights) if weights else 0.0
    will_hold = max((rest, *others[-1:], *others[-24:-23]))
    expected = rate * max(_QUIETEST, _against(will_hold, usual))
    spread = _dispersion(weights, own, [rate * _against(one, usual) for one in others])
    size = 1 / (spread / items + (spread - 1) / expected)
    return Growth(came, expected, _at_least(came, size, expected))


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(weight * value for weight, value in zip(weights, values, strict=True))


def _against(rest: float, usual: float) -> float:
    """How busy the stream is against its usual self."""
    return rest / usual if usual > 0 else 1.0


def _dispersion(
    weights: Sequence[float], counts: Sequence[int], expected: Sequence[float]
) -> float:
    """Variance over mean of the past, drawn towards what is usual; never under 1, Poisson's."""
    squares = _dot(weights, [(n - mean) ** 2 for n, mean in zip(counts, expected, strict=True)])
    means = _dot(weights, expected)
    prior = _DISPERSION_ITEMS
    return max(1.0, (prior * _DISPERSION + squares) / (prior + means))


def _at_least(count: int, size: float, mean: float) -> float:
    """P(X >= count) of a negative binomial X of this size and mean."""
    return 1.0 if count == 0 else _beta(mean / (mean + size), count, size)


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta(1.0 - x, b, a)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # Lentz's way from the front; the terms fall fast on this side of the mean.
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1.0 / (1.0 + term * d), 1.0 + term / c
            fraction *= c * d
        if abs(c * d - 1.0) < 1e-12:
            break
    return math.exp(log_front) * fraction / a
