"""What people and programs read from the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import OPEN, STATES, ItemState, items, outbox, publications

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that waits for a person, and why."""

    ref: str
    error: str
    attempts: int
    since_ms: int


def counts(ledger: Ledger) -> dict[ItemState, int]:
    """Items in each state; every state is there."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.state, func.count().label("number")).group_by(items.c.state)
        )
        found = {row.state: row.number for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def oldest_waiting_seconds(ledger: Ledger) -> float | None:
    """Age of the oldest item without a terminal state, or None when none waits."""
    with ledger.read() as connection:
        oldest = connection.scalar(
            select(func.min(items.c.accepted_at)).where(items.c.state.in_(OPEN))
        )
    return None if oldest is None else max(0.0, (now_ms() - oldest) / 1000)


def outbox_length(ledger: Ledger) -> int:
    """Publications that are recorded and not yet announced."""
    with ledger.read() as connection:
        return connection.scalar(select(func.count()).select_from(outbox)) or 0


def results(
    ledger: Ledger, desk: Desk | None = None, since: datetime | None = None
) -> Iterator[Publication]:
    """Publications in order of release, page by page."""
    after = (0 if since is None else int(since.timestamp() * 1000), 0)
    query = select(publications.c.seq, publications.c.released_at, publications.c.body)
    if desk is not None:
        query = query.where(publications.c.desk == desk)
    query = query.order_by(publications.c.released_at, publications.c.seq).limit(_PAGE)
    while True:
        released, seq = after
        later = (publications.c.released_at > released) | (
            (publications.c.released_at == released) & (publications.c.seq > seq)
        )
        with ledger.read() as connection:
            rows = connection.execute(query.where(later)).all()
        for row in rows:
            yield Publication.model_validate_json(row.body)
        if len(rows) < _PAGE:
            return
        after = (rows[-1].released_at, rows[-1].seq)


def latencies_ms(ledger: Ledger) -> list[int]:
    """Milliseconds from acceptance to release of every publication."""
    with ledger.read() as connection:
        return list(
            connection.scalars(
                select(publications.c.released_at - items.c.accepted_at).join(
                    items, items.c.seq == publications.c.seq
                )
            )
        )


def quarantine(ledger: Ledger) -> list[Quarantined]:
    """Every item that waits for a person, oldest first."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.source, items.c.id, items.c.error, items.c.attempts, items.c.finished_at)
            .where(items.c.state == "quarantined")
            .order_by(items.c.finished_at, items.c.seq)
        )
        return [
            Quarantined(f"{row.source}/{row.id}", row.error, row.attempts, row.finished_at)
            for row in rows
        ]
