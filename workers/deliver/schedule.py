"""When a delivery that failed is tried again: a pure decision, tested as a table."""

from typing import Final

_MINUTE, _HOUR = 60, 3600
STEPS: Final = (5, 30, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR)
"""Seconds after the first failure, the second, ...; then every LONGEST."""
LONGEST: Final = 6 * _HOUR
LIFE: Final = 72 * _HOUR
"""A delivery this old is tried a last time, and then waits for a person."""
_JITTER = 0.2


def next_attempt(
    failures: int, created_at: int, now: int, retry_after: float | None, random: float
) -> int | None:
    """When to try again, or None: no more. Times are milliseconds since 1970.

    `failures` counts this one too, so it is 1 or more; `random` is from [0, 1) and spreads each
    step by a fifth either way. `retry_after`, the seconds that the receiver asked for, can make
    a step longer, to LONGEST at most, and never shorter.
    """
    end = created_at + LIFE * 1000
    if now >= end:
        return None
    step = STEPS[failures - 1] if failures <= len(STEPS) else LONGEST
    delay = step * (1 - _JITTER + 2 * _JITTER * random)
    if retry_after is not None:
        delay = max(delay, min(retry_after, LONGEST))
    return min(now + int(delay * 1000), end)
