"""Which items of a queue are wanted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from tasks.words import Act, Desk, State
from workers.ledger.desk_tables import queue
from workers.ledger.schema import forwards


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items of a queue to show; None: whatever it is. Times are when they were written."""

    place: str | None = None
    """Its official code, such as 16.71; a province (16) holds its regencies, and so on down."""
    topic: str | None = None
    language: str | None = None
    narrative: str | None = None
    act: Act | None = None
    state: State | None = None
    since_ms: int | None = None
    until_ms: int | None = None


def passing(desk: Desk, filters: Filters | None) -> list[ColumnElement[bool]]:
    """The conditions on a row of `queue`."""
    wanted = [queue.c.desk == desk]
    if filters is None:
        return wanted
    if filters.place is not None:
        within = [f" {filters.place}{end}" for end in (" ", ".")]
        first, second = (queue.c.places.contains(one, autoescape=True) for one in within)
        wanted.append(first | second)
    if filters.topic is not None:
        wanted.append(queue.c.topics.contains(f" {filters.topic} ", autoescape=True))
    for column, value in (
        (queue.c.language, filters.language),
        (queue.c.act, filters.act),
        (queue.c.state, filters.state),
    ):
        if value is not None:
            wanted.append(column == value)
    if filters.narrative is not None:
        older = select(forwards.c.narrative_id).where(forwards.c.leads_to == filters.narrative)
        here = queue.c.narrative_id
        wanted.append((here == filters.narrative) | here.in_(older))
    if filters.since_ms is not None:
        wanted.append(queue.c.written_at >= filters.since_ms)
    if filters.until_ms is not None:
        wanted.append(queue.c.written_at < filters.until_ms)
    return wanted
