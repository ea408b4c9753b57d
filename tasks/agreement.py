"""How far two reviewers agree beyond chance: Cohen's kappa, with an interval.

Kappa: Cohen, "A Coefficient of Agreement for Nominal Scales", 1960. Its standard error where
kappa is not nought: Fleiss, Cohen & Everitt, "Large Sample Standard Errors of Kappa and Weighted
Kappa", Psychological Bulletin 72, 1969. That error is nought where no pair disagrees, however few
there are; so where a cell of the table is empty, half a pair is added to each cell for the interval
(Haldane 1956, Anscombe 1956, for the odds ratio). Its coverage is simulated in the tests.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959963984540054
"""Of the normal distribution, for 95%."""
FEWEST: Final = 5
"""Pairs under which an interval would say nothing, and none is given."""

_Table = tuple[float, float, float, float]
"""Pairs of (no, no), (no, yes), (yes, no) and (yes, yes)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far pairs of judgements agree."""

    pairs: int
    agreed: float
    """Share of the pairs that agree; 0 where there is none."""
    kappa: float | None
    """Agreement beyond chance, 1 at most; None where chance alone would always agree."""
    low: float | None
    high: float | None
    """Its 95% interval; None where there is no kappa, or fewer pairs than FEWEST."""


def kappa(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Agreement of the first two judgements of each item.

    Undefined, not 1, where both only ever said the same thing: nothing was there to tell apart.
    """
    table = _table(pairs)
    count, agreed = len(pairs), (table[0] + table[3]) / (len(pairs) or 1)
    value = _kappa(table)
    if value is None or count < FEWEST:
        return Agreement(count, agreed, value, None, None)
    widened = table if all(table) else _added(table)
    middle = _kappa(widened)
    assert middle is not None  # noqa: S101 - no cell is empty, so chance cannot agree always
    reach = _Z * standard_error(widened)
    low, high = min(middle - reach, value), max(middle + reach, value)
    return Agreement(count, agreed, value, max(low, -1.0), min(high, 1.0))


def standard_error(table: _Table) -> float:
    """Fleiss, Cohen & Everitt 1969, equation 13, for two categories. No margin may be empty."""
    total = sum(table)
    shares = [[table[0] / total, table[1] / total], [table[2] / total, table[3] / total]]
    rows = [sum(row) for row in shares]
    columns = [shares[0][j] + shares[1][j] for j in (0, 1)]
    chance = sum(rows[i] * columns[i] for i in (0, 1))
    value = (shares[0][0] + shares[1][1] - chance) / (1 - chance)
    on = sum(shares[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in (0, 1))
    off = (1 - value) ** 2 * sum(
        shares[i][j] * (columns[i] + rows[j]) ** 2 for i, j in ((0, 1), (1, 0))
    )
    rest = (value - chance * (1 - value)) ** 2
    return math.sqrt(max(on + off - rest, 0.0) / total) / (1 - chance)


def _table(pairs: Sequence[tuple[bool, bool]]) -> _Table:
    cells = [0.0, 0.0, 0.0, 0.0]
    for first, second in pairs:
        cells[2 * first + second] += 1
    return cells[0], cells[1], cells[2], cells[3]


def _added(table: _Table) -> _Table:
    return table[0] + 0.5, table[1] + 0.5, table[2] + 0.5, table[3] + 0.5


def _kappa(table: _Table) -> float | None:
    neither, second, first, both = table
    total = sum(table)
    yes_yes = (first + both) * (second + both)
    no_no = (neither + second) * (neither + first)
    if yes_yes + no_no == total * total:  # so too where there is no pair
        return None
    chance = (yes_yes + no_no) / (total * total)
    return ((neither + both) / total - chance) / (1 - chance)
