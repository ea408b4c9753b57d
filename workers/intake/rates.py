"""How fast each source may send: a bucket of tokens, one for each item."""

import math
from dataclasses import dataclass, field
from typing import Final

from workers.sources import Source

_LONGEST_WAIT: Final = 24 * 3600.0
"""Seconds of Retry-After at most, however slow a source may be."""


@dataclass(slots=True)
class _Bucket:
    level: float
    """Items that may still come; below zero: items to be paid for first."""
    at: float
    source: Source


@dataclass(slots=True)
class Rates:
    """The buckets of all sources, for one event loop. `now` is time.monotonic().

    A request is let in while its bucket holds an item, and what it takes too much is paid for
    afterwards, to the last item: in any time a source gets its burst, its rate and at most the
    requests that were let in together. A debt that were forgiven would make those free.
    """

    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def check(self, source: Source, now: float) -> int | None:
        """None if it may send, else the seconds after which it may (at least 1)."""
        level = self._level(source, now)
        if level >= 1:
            return None
        # Rounded up: then the bucket holds one item again.
        return math.ceil(min((1 - level) / source.items_per_second, _LONGEST_WAIT))

    def charge(self, source: Source, items: int, now: float) -> None:
        """Take `items` out of its bucket, into debt if need be."""
        level = self._level(source, now) - items
        if source.name not in self._buckets:
            self._forget_full(now)
        self._buckets[source.name] = _Bucket(level, now, source)

    def _level(self, source: Source, now: float) -> float:
        bucket = self._buckets.get(source.name)
        return source.burst if bucket is None else _filled(bucket, source, now)

    def _forget_full(self, now: float) -> None:
        """Drop the buckets that are as good as new, among them those of sources that are gone."""
        self._buckets = {
            name: bucket
            for name, bucket in self._buckets.items()
            if _filled(bucket, bucket.source, now) < bucket.source.burst
        }


def _filled(bucket: _Bucket, source: Source, now: float) -> float:
    return min(source.burst, bucket.level + (now - bucket.at) * source.items_per_second)
