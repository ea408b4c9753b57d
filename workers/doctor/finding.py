"""One thing that was looked at, and what was found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "doubtful", "bad"]
"""bad: something is lost, leaks or stands still. doubtful: it may, later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `remedy` is empty where nothing is to be done."""

    check: str
    level: Level
    says: str
    remedy: str = ""


def good(check: str, says: str) -> Finding:
    """All is as it should be."""
    return Finding(check, "good", says)


def graded(value: float, doubtful: float, bad: float) -> Level:
    """The level of a value that is the worse the higher it is."""
    return "bad" if value >= bad else "doubtful" if value >= doubtful else "good"
