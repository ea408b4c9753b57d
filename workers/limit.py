"""When most items fail, the fault is not theirs: a pure decision, tested as a table.

After arroyo's DlqLimit: https://github.com/getsentry/arroyo, arroyo/dlq.py.
"""

from dataclasses import dataclass
from typing import Final

from tasks.stage import Unavailable
from workers.retry import Again, Lost, describe

FEW: Final = 20
"""Items that must fail before anything is stopped for it, at first."""
SPAN: Final = 5
"""How many times as many failures back one looks at most: a broken asset must not hide behind all
that was published in the minutes before it broke."""
WINDOW_MS: Final = 5 * 60_000
"""And how far back in time at most."""
CALM_MS: Final = 60 * 60_000
"""After so long without a stop, the next is judged as the first."""
IN_A_ROW: Final = 3
"""Probes that must pass, one after the other, for the pipeline to go on."""
HELD_SECONDS: Final = 5.0
"""How long an item that failed while the pipeline stands lets others go first."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of items lately: how many failed, and how many passed or are on their way."""

    failing: int
    passed: int


def least(rounds: int) -> int:
    """Failing items before it stops, once it has stopped and gone on `rounds` times of late.

    It doubles: where items pass beside items that fail, the fault is with the items, and those
    must come to their end in a few rounds.
    """
    return FEW << rounds


def allowed(lately: Outcomes, rounds: int) -> int:
    """How many more items may fail before the pipeline stops: when enough did, and most of all."""
    return max(0, max(least(rounds) - 1, lately.passed) - lately.failing)


def since(now: int, resumed_at: int) -> int:
    """From when on outcomes count: not from before it last went on."""
    return max(now - WINDOW_MS, resumed_at if resumed_at <= now else 0)  # the clock may be set back


def blames(reason: Exception, together: int) -> bool:
    """Whether a failure may be the item's, when so many of its batch failed of the same reason.

    If a worker died in a batch of many, nobody knows in which item: that is no sign yet. Each
    travels alone from then on, and will tell.
    """
    if isinstance(reason, Lost):
        return together == 1
    return not isinstance(reason, Unavailable)


def hold(reason: Exception) -> Again:
    """The fate of an item that fails while the pipeline stands: again, without counting."""
    return Again(HELD_SECONDS, counted=False, error=describe(reason))
