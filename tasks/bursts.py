"""How the times of a narrative lie: by the hour, and whether they are pressed together.

Many items within minutes are what a breaking story looks like, and what a campaign looks like:
the figure says that something is unusual, and nothing of why, or of who.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

WINDOW_MS: Final = 600_000
HOUR_MS: Final = 3_600_000
_FEWEST: Final = 5
"""Items below which nothing is said."""
_DRAWS: Final = 200
_DRAWN: Final = 200_000
"""Times drawn for them in all: of many items fewer draws say as much."""
_FEWEST_DRAWS: Final = 5


@dataclass(frozen=True, slots=True)
class Burst:
    """Time compression: the share of items in the densest ten minutes, and that by chance."""

    share: float
    by_chance: float
    """Mean of the same when as many items fall anywhere in the same span (seeded draws)."""

    @property
    def compression(self) -> float:
        """How many times as dense as chance; 1 is what chance does."""
        return self.share / self.by_chance


def burst(times_ms: Sequence[int]) -> Burst | None:
    """The densest ten minutes of these times; None for few, or when they span no more."""
    times = np.sort(np.asarray(times_ms, dtype=np.int64))
    if len(times) < _FEWEST or times[-1] - times[0] <= WINDOW_MS:
        return None
    count = min(_DRAWS, max(_FEWEST_DRAWS, _DRAWN // len(times)))
    draws = np.random.default_rng(0).integers(times[0], times[-1] + 1, (count, len(times)))
    chance = [_densest(np.sort(draw)) for draw in draws]
    return Burst(_densest(times) / len(times), float(np.mean(chance)) / len(times))


def hourly(times_ms: Sequence[int], now_ms: int, hours: int) -> tuple[int, ...]:
    """How many times lie in each of the last `hours` hours before now, the latest last."""
    ages = (now_ms - np.asarray(times_ms, dtype=np.int64)) // HOUR_MS
    inside = ages[(ages >= 0) & (ages < hours)]
    return tuple(np.bincount(inside, minlength=hours)[::-1].tolist())


def _densest(times: NDArray[np.int64]) -> int:
    """Most of the sorted times that lie within one window."""
    ends = np.searchsorted(times, times + WINDOW_MS, side="right")
    return int((ends - np.arange(len(times))).max())
