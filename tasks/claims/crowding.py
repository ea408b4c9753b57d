"""How much more a text must say the more fact-checks there are: by chance one of many is like it.

Chosen with headlines as fact-checks: with 5,000, at most 2% of posts are shown (docs/claims.md).
"""

import math
from typing import Final

CHOSEN_WITH: Final = 60
"""Fact-checks of the library with which the thresholds were chosen."""
_RISES: Final = 1.25
"""What is added to the log odds for each unit (natural logarithm) by which a library is larger."""
_FLOOR: Final = 0.24
"""Share of a wording's weight that a text must hold for a close look, in such a library;"""
_FLOOR_RISES: Final = 0.015
"""and what is added to it for each unit: hardly a text that would be shown is lost by it."""


def crowding(checks: int) -> float:
    """1.25 log(checks / 60), 0 in a smaller library: added to the log odds of a suggestion."""
    return _RISES * _larger(checks)


def floor(checks: int) -> float:
    """Share of a wording's weight that a text must hold for a close look."""
    return _FLOOR + _FLOOR_RISES * _larger(checks)


def _larger(checks: int) -> float:
    return math.log(max(1.0, checks / CHOSEN_WITH))
