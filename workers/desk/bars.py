"""Bars of counts over time: where each stands in a picture that is 1 high and as wide as it may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workers.ledger.reach import HOUR_MS
from workers.ledger.wordings import Came

_MOST: Final = 120
"""Bars of a picture of the whole time."""
_STEPS: Final = (1, 2, 3, 6, 12, 24, 48, 168)


@dataclass(frozen=True, slots=True)
class Bar:
    """A count of a stretch of time; `left`, `top`, `height` are parts of 100 of the picture."""

    begins_ms: int
    count: int
    left: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture: its bars, `width` of each, hours that a bar stands for, and its ends."""

    bars: tuple[Bar, ...]
    width: float
    step: int
    most: int
    begins_ms: int
    ends_ms: int

    @property
    def total(self) -> int:
        """Items in all of them."""
        return sum(one.count for one in self.bars)


def bars(counts: Mapping[int, int], first: int, last: int, step: int = 1) -> Bars:
    """The picture of the hours `first` to `last` (since 1970), `step` hours to a bar."""
    number = (last - first) // step + 1
    heaps = [0] * number
    for hour, count in counts.items():
        if first <= hour <= last:
            heaps[(hour - first) // step] += count
    most, width = max(*heaps, 1), 100 / number
    return Bars(
        tuple(
            Bar(
                (first + at * step) * HOUR_MS,
                count,
                round(at * width, 3),
                round(100 - 100 * count / most, 2),
                round(100 * count / most, 2),
            )
            for at, count in enumerate(heaps)
        ),
        round(width, 3),
        step,
        most,
        first * HOUR_MS,
        (first + number * step) * HOUR_MS,
    )


def step_for(hours: int) -> int:
    """Hours to a bar, so that a picture of so many hours has no more than can be told apart."""
    wanted = -(-hours // _MOST)
    return next((one for one in _STEPS if one >= wanted), wanted)


def by_platform(came: Iterable[Came]) -> dict[str, dict[int, int]]:
    """Items by the hour, for each platform; that of most items first."""
    found: dict[str, dict[int, int]] = {}
    for one in came:
        found.setdefault(one.platform, {})[one.hour] = one.items
    return dict(sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])))


def all_platforms(came: Iterable[Came]) -> dict[int, int]:
    """Items by the hour."""
    found: dict[int, int] = {}
    for one in came:
        found[one.hour] = found.get(one.hour, 0) + one.items
    return found
