"""How often `tasks.growth` alarms of narratives that do not grow, and how soon of those that do.

Everything is simulated, seeded, and goes through the public API: what is measured is the code that
runs. A stream is a day's rhythm of `_REST` other items an hour; narratives are a share of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from tasks.growth import FEWEST, PAST_HOURS, growth
from training.figures import Figure

HEAD: Final = "growth"
NARRATIVES: Final = 3_000
"""Narratives of each kind; each is looked at in all hours of DAYS after a week of past."""
DAYS: Final = 2
_LOOKED: Final = 24 * DAYS
_HOURS: Final = PAST_HOURS + _LOOKED
_REST: Final = 500.0
_SLOWEST, _FASTEST = 0.1, 100.0
"""Items an hour of a narrative, drawn between these on a scale of logarithms."""
_FACTORS: Final = (3.0, 5.0, 10.0)
_RATES: Final = (2.0, 10.0, 40.0)
_PLANTED: Final = 400
_WATCHED: Final = 12
"""Hours within which a planted growth must be seen."""

Counts = NDArray[np.int64]
Truth = NDArray[np.bool_]
Rates = NDArray[np.float64]
Maker = Callable[[np.random.Generator, Rates], Counts]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of narrative that does not grow: what it is called, and how its hours are drawn."""

    name: str
    make: Maker
    rhythm: float
    """How far the day of the stream swings about its mean, 0 to 1."""
    fails: bool = False
    """Whether on the last day nothing else comes in."""


def measure_growth(narratives: int = NARRATIVES, planted: int = _PLANTED) -> Iterator[Figure]:
    """For each kind, days with a false alarm in 1,000; then what is seen of planted growth.

    That is the share seen within 1, 2 and 12 hours, and the mean of the hours until it is.
    """
    for number, kind in enumerate(KINDS):
        chance = np.random.default_rng([9, number])
        means = np.exp(chance.uniform(np.log(_SLOWEST), np.log(_FASTEST), narratives))
        days = _false_alarms(kind, chance, means)
        yield _share(kind.name, "in 1,000 days, false alarms", days, 1000.0)
    for rate in _RATES:
        for factor in _FACTORS:
            yield from _planted(rate, factor, planted)


def _false_alarms(kind: Kind, chance: np.random.Generator, means: Rates) -> Truth:
    """Whether each narrative and day has one."""
    rest = chance.poisson(_REST * _day(kind.rhythm))
    if kind.fails:
        rest[-24:] = 0
    came = kind.make(chance, means[:, np.newaxis] * _day(kind.rhythm))
    alarms = np.array([_alarms(one, rest) for one in came])
    return np.asarray(alarms.reshape(-1, 24).any(axis=1))


def _alarms(came: Counts, rest: Counts) -> list[bool]:
    """Whether each hour after the week of past alarms."""
    counts, others = came.tolist(), rest.tolist()
    return [
        counts[at] >= FEWEST
        and growth(
            counts[at - PAST_HOURS : at], counts[at], others[at - PAST_HOURS : at], others[at]
        ).alarms
        for at in range(PAST_HOURS, len(counts))
    ]


def _planted(rate: float, factor: float, narratives: int) -> Iterator[Figure]:
    """A steady clustered narrative that at some hour of the day begins to grow, and stays grown."""
    chance = np.random.default_rng([10, int(rate), int(factor)])
    delays = []
    for _ in range(narratives):
        begins = PAST_HOURS - int(chance.integers(24))
        day = np.roll(_day(0.8), begins)
        rest = chance.poisson(_REST * day)
        means = rate * day * np.where(np.arange(_HOURS) >= PAST_HOURS, factor, 1.0)
        seen = _alarms(_reposted(chance, means[np.newaxis])[0], rest)[:_WATCHED]
        delays.append(seen.index(True) + 1 if any(seen) else _WATCHED + 1)
    hours = np.array(delays)
    source = f"{rate:g}/h x{factor:g}"
    for limit in (1, 2, _WATCHED):
        yield _share(source, f"seen within {limit} h", hours <= limit)
    if (hours <= _WATCHED).any():
        yield _mean(source, "hours until seen", hours[hours <= _WATCHED])


def _share(source: str, name: str, hit: Truth, of: float = 1.0) -> Figure:
    """How many hit, with the interval of Clopper and Pearson: it holds for rare ones too."""
    hits, rows = int(hit.sum()), len(hit)
    low = beta.ppf(0.025, hits, rows - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, rows - hits) if hits < rows else 1.0
    return Figure(HEAD, source, name, hits / rows * of, float(low) * of, float(high) * of, rows)


def _mean(source: str, name: str, values: Counts) -> Figure:
    value, error = float(values.mean()), 1.96 * float(values.std()) / len(values) ** 0.5
    return Figure(HEAD, source, name, value, value - error, value + error, len(values))


def _day(rhythm: float) -> Rates:
    """The rhythm of a day over all hours, with mean 1: quiet at night, busy in the evening."""
    hours = np.arange(_HOURS) % 24
    return 1.0 + rhythm * np.sin(2 * np.pi * (hours - 13) / 24)


def _poisson(chance: np.random.Generator, means: Rates) -> Counts:
    return chance.poisson(means)


def _overdispersed(chance: np.random.Generator, means: Rates) -> Counts:
    """Variance three times the mean."""
    return chance.poisson(chance.gamma(means / 2, 2.0))


def _reposted(chance: np.random.Generator, means: Rates) -> Counts:
    """Originals, each with a geometric number of reposts (two on average) in the hours after."""
    came = np.zeros_like(means, dtype=np.int64)
    originals = chance.poisson(means / 3)
    rows, hours = (where.repeat(originals[originals > 0]) for where in np.nonzero(originals))
    reposts = chance.geometric(1 / 3, len(rows)) - 1
    np.add.at(came, (rows, hours), 1)
    rows, hours = rows.repeat(reposts), hours.repeat(reposts)
    late = hours + chance.exponential(1.0, len(hours)).astype(np.int64)
    inside = late < came.shape[1]
    np.add.at(came, (rows[inside], late[inside]), 1)
    return came


def _drifting(chance: np.random.Generator, means: Rates) -> Counts:
    """Overdispersed, on good and bad days: the rate of a day varies by a third."""
    days = chance.gamma(9.0, 1 / 9.0, (len(means), means.shape[1] // 24))
    return _overdispersed(chance, means * days.repeat(24, axis=1))


def _later(chance: np.random.Generator, means: Rates) -> Counts:
    """Clustered, and three hours later in the day than the stream."""
    return _reposted(chance, np.roll(means, 3, axis=1))


KINDS: Final = (
    Kind("Poisson", _poisson, 0.0),
    Kind("Poisson, day and night", _poisson, 0.8),
    Kind("overdispersed", _overdispersed, 0.0),
    Kind("overdispersed, day and night", _overdispersed, 0.8),
    Kind("reposts in bursts", _reposted, 0.0),
    Kind("reposts, day and night", _reposted, 0.8),
    Kind("reposts, three hours late", _later, 0.8),
    Kind("good and bad days", _drifting, 0.8),
    Kind("reposts, other sources fail", _reposted, 0.8, fails=True),
)
