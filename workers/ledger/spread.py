"""How many items of a narrative there are lately, and whether an answer would only spread it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from workers.ledger.database import Ledger, now_ms
from workers.ledger.narratives import current
from workers.ledger.schema import forwards, publications

SPREAD_MS: Final = 24 * 3_600_000
"""The time that counts: a day, so that the hour of the day does not."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Items of a narrative in the last 24 hours, and the number below which it is left alone."""

    items: int
    threshold: int

    @property
    def below(self) -> bool:
        """Whether so few have told it that a public clarification would make it better known."""
        return self.items < self.threshold


def spread(ledger: Ledger, narrative: str, threshold: int) -> Spread:
    """Of a narrative, by any id that leads to it. Raises LedgerAway."""
    written = func.coalesce(publications.c.written_at, publications.c.released_at)
    root = current(ledger, narrative)
    query = (
        select(func.count())
        .select_from(publications)
        .where(of_narrative(publications.c.narrative_id, root), written > now_ms() - SPREAD_MS)
    )
    with ledger.read() as connection:
        return Spread(connection.scalar(query) or 0, threshold)


def of_narrative(column: ColumnElement[str], root: str) -> ColumnElement[bool]:
    """Whether a column names the narrative `root`, by that id or by one that leads to it."""
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to == root)
    return (column == root) | column.in_(older)
