"""What becomes of an item that failed: a pure decision, tested as a table."""

import traceback
from dataclasses import dataclass
from typing import Final

from tasks.stage import ItemError, Unavailable

MAX_ATTEMPTS: Final = 5
MAX_DELAY_SECONDS: Final = 300.0


class Lost(Exception):
    """A batch began and never ended: its worker died, or ran past its time."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """It waits for a person."""

    error: str


@dataclass(frozen=True, slots=True)
class Again:
    """It is dispatched again after `delay` seconds; `counted` when it cost an attempt."""

    delay: float
    counted: bool
    error: str


def decide(reason: Exception, attempts: int, deferrals: int) -> Quarantine | Again:
    """The fate of an item that failed `attempts` times before and was deferred `deferrals` times.

    ItemError: never again. Unavailable: again, without counting (the item is innocent), with
    growing delay. Anything else may be the item's fault: again, alone, five times in all.
    """
    error = describe(reason)
    if isinstance(reason, ItemError):
        return Quarantine(error)
    if isinstance(reason, Unavailable):
        return Again(_delay(deferrals), counted=False, error=error)
    if attempts + 1 >= MAX_ATTEMPTS:
        return Quarantine(f"{error}; given up after {MAX_ATTEMPTS} attempts")
    return Again(_delay(attempts) if attempts else 0.0, counted=True, error=error)


def describe(reason: Exception) -> str:
    """A line for people. The text of an unexpected error is left out: it may quote the item."""
    if isinstance(reason, ItemError | Unavailable | Lost):
        return str(reason)
    frames = traceback.extract_tb(reason.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(reason).__name__}{where}"


def _delay(times: int) -> float:
    return min(MAX_DELAY_SECONDS, float(2 ** min(times, 16)))
