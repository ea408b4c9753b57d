"""What people and programs read from the ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import OPEN, STATES, ItemState, items, outbox, publications

_PAGE = 500
_NUMBERS = 50_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Items without a terminal state: how many by source, and the age of the oldest."""

    waiting: dict[str, int]
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """What a source may know of its own item: how far it is, and nothing of what it holds."""

    ref: str
    state: ItemState
    accepted_at: int
    finished_at: int | None
    attempts: int


def counts(ledger: Ledger) -> dict[ItemState, int]:
    """Items in each state; every state is there."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.state, func.count().label("number")).group_by(items.c.state)
        )
        found = {row.state: row.number for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def backlog(ledger: Ledger) -> Backlog:
    """What waits, by source; a source of which nothing waits is not there.

    Cheap enough to ask every second: it reads one index, about 15 ms for 100,000 items on SQLite.
    """
    oldest = func.min(items.c.accepted_at).label("oldest")
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.source, func.count().label("number"), oldest)
            .where(items.c.state.in_(OPEN))
            .group_by(items.c.state, items.c.source)
        ).all()
    waiting: Counter[str] = Counter()
    for row in rows:
        waiting[row.source] += row.number
    return Backlog(dict(waiting), age_seconds(min((row.oldest for row in rows), default=None)))


def oldest_waiting_seconds(ledger: Ledger) -> float | None:
    """Age of the oldest item without a terminal state, or None when none waits."""
    return backlog(ledger).oldest_seconds


def age_seconds(since_ms: int | None) -> float | None:
    """How long ago that was; None stays None."""
    return None if since_ms is None else max(0.0, (now_ms() - since_ms) / 1000)


def item_status(ledger: Ledger, source: str, item_id: str) -> ItemStatus | None:
    """How far an item is, or None when no such item was accepted."""
    with ledger.read() as connection:
        row = connection.execute(
            select(items.c.state, items.c.accepted_at, items.c.finished_at, items.c.attempts).where(
                items.c.source == source, items.c.id == item_id
            )
        ).first()
    return None if row is None else ItemStatus(f"{source}/{item_id}", *row)


def outbox_length(ledger: Ledger) -> int:
    """Publications that are recorded and not yet announced."""
    with ledger.read() as connection:
        return connection.scalar(select(func.count()).select_from(outbox)) or 0


def results(
    ledger: Ledger, desk: Desk | None = None, since: datetime | None = None
) -> Iterator[Publication]:
    """Publications in order of release, page by page."""
    since_ms = 0 if since is None else int(since.timestamp() * 1000)
    wanted = () if desk is None else (publications.c.desk == desk,)
    return (publication for page in released(ledger, since_ms, *wanted) for _, publication in page)


def released(
    ledger: Ledger, since_ms: int, *wanted: ColumnElement[bool]
) -> Iterator[list[tuple[int, Publication]]]:
    """The same in pages, each publication with the number of its item; `wanted` may name items."""
    after = (since_ms, 0)
    query = (
        select(publications.c.seq, publications.c.released_at, publications.c.body)
        .join(items, items.c.seq == publications.c.seq)
        .where(*wanted)
        .order_by(publications.c.released_at, publications.c.seq)
        .limit(_PAGE)
    )
    while True:
        released, seq = after
        later = (publications.c.released_at > released) | (
            (publications.c.released_at == released) & (publications.c.seq > seq)
        )
        with ledger.read() as connection:
            rows = connection.execute(query.where(later)).all()
        yield [(row.seq, Publication.model_validate_json(row.body)) for row in rows]
        if len(rows) < _PAGE:
            return
        after = (rows[-1].released_at, rows[-1].seq)


def count_released(ledger: Ledger, since_ms: int) -> int:
    """How many items were published since then."""
    with ledger.read() as connection:
        query = select(func.count()).where(publications.c.released_at >= since_ms)
        return connection.scalar(query) or 0


def announced_seqs(ledger: Ledger) -> Iterator[list[int]]:
    """The numbers of all published items that no outbox holds, in order, page by page."""
    after = 0
    query = (
        select(publications.c.seq)
        .where(~select(outbox.c.seq).where(outbox.c.seq == publications.c.seq).exists())
        .order_by(publications.c.seq)
        .limit(_NUMBERS)
    )
    while True:
        with ledger.read() as connection:
            found = list(connection.scalars(query.where(publications.c.seq > after)))
        yield found
        if len(found) < _NUMBERS:
            return
        after = found[-1]


def latencies_ms(ledger: Ledger) -> dict[str, int]:
    """Milliseconds from acceptance to release of every publication, by ref."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(
                items.c.source, items.c.id, publications.c.released_at - items.c.accepted_at
            ).join(items, items.c.seq == publications.c.seq)
        )
        return {f"{source}/{name}": waited for source, name, waited in rows}
