"""What waits for a person at each desk: put there when it is published, read in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, Row, Select, Subquery, func, insert, select

from tasks.models import Publication
from tasks.route import leading
from tasks.words import DANGER_ACTS, Act, Desk
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import queue
from workers.ledger.queue_filters import Filters, passing
from workers.ledger.reach import copies_of, reaches
from workers.ledger.schema import forwards, items, publications

__all__ = [
    "ORDERS",
    "Filters",
    "Order",
    "Waiting",
    "arrived",
    "length",
    "lengths",
    "one_waiting",
    "queue_row",
    "wait",
    "waiting",
]
Order = Literal["priority", "danger", "reach", "growth", "certainty", "waiting"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item in a queue, with what it is ordered by: each axis by itself."""

    seq: int
    desk: Desk
    since_ms: int
    priority: int
    """0 to 100: of its act."""
    danger: int
    """Percent: probability of the likeliest danger to people."""
    certainty: int
    """Percent: probability of the act that led it here."""
    act: Act
    narrative_id: str
    """The one that it is part of by now."""
    reach: int
    """Items of its narrative, itself among them."""
    growth: int
    """Those of them that were written in the last hour."""
    copies: int
    """Items that repeat this one."""
    publication: Publication
    body: str
    """The publication as it is stored: what a person sees, and what evidence is made of."""


def wait(connection: Connection, new: Mapping[int, Publication], now: int) -> None:
    """Queue what was just published, by seq, at its desks."""
    shown = _desks_of_firsts(connection, new.values())
    rows = [
        queue_row(seq, one, one.desk, now)
        for seq, one in new.items()
        if one.desk != "none" and shown.get(one.duplicate_of) != one.desk
    ]
    if rows:
        connection.execute(insert(queue), rows)


def queue_row(seq: int, publication: Publication, desk: Desk, since_ms: int) -> dict[str, Any]:
    """The row that holds an item in a queue."""
    lead = leading(publication.acts)
    dangers = [
        one.probability for one in publication.acts if one.act in (*DANGER_ACTS, "emergency")
    ]
    places = dict.fromkeys(one.code for one in publication.entities if one.code is not None)
    return {
        "seq": seq,
        "desk": desk,
        "since": since_ms,
        "written_at": int(publication.published_at.timestamp() * 1000),
        "priority": publication.priority,
        "danger": round(100 * max(dangers, default=0.0)),
        "certainty": round(100 * lead.probability),
        "act": lead.act,
        "state": publication.state,
        "language": publication.language,
        "topics": f" {' '.join(publication.topics)} ",
        "places": f" {' '.join(places)} ",
        "narrative_id": publication.narrative_id,
    }


def _desks_of_firsts(connection: Connection, new: Iterable[Publication]) -> dict[str | None, str]:
    """The desk of each item that is copied here, as far as it is published; by ref."""
    refs = {one.duplicate_of for one in new if one.duplicate_of is not None}
    if not refs:
        return {}
    names = [ref.partition("/") for ref in refs]
    rows = connection.execute(
        select(items.c.source, items.c.id, publications.c.desk)
        .join(publications, publications.c.seq == items.c.seq)
        .where(
            items.c.source.in_({source for source, _, _ in names}),
            items.c.id.in_({name for _, _, name in names}),
        )
    )
    return {f"{row.source}/{row.id}": row.desk for row in rows}


def lengths(ledger: Ledger) -> dict[Desk, int]:
    """How many items wait at each desk; a desk with none is not there."""
    with ledger.read() as connection:
        rows = connection.execute(select(queue.c.desk, func.count()).group_by(queue.c.desk))
        return dict(rows.all())


def length(ledger: Ledger, desk: Desk, filters: Filters | None = None) -> int:
    """How many of them pass the filters."""
    with ledger.read() as connection:
        query = select(func.count()).select_from(queue).where(*passing(desk, filters))
        return connection.scalar(query) or 0


def arrived(ledger: Ledger, desk: Desk, since_ms: int, filters: Filters | None = None) -> int:
    """How many of them were published to the desk after `since_ms`."""
    with ledger.read() as connection:
        return (
            connection.scalar(
                select(func.count())
                .select_from(queue)
                .where(*passing(desk, filters), queue.c.since > since_ms)
            )
            or 0
        )


def waiting(
    ledger: Ledger,
    desk: Desk,
    filters: Filters | None = None,
    order: Order = "priority",
    limit: int = 50,
    offset: int = 0,
) -> list[Waiting]:
    """The items of a desk in order: the highest first; those that are alike, the oldest first."""
    now = now_ms()
    with ledger.read() as connection:
        counts = None
        if order in ("reach", "growth"):
            counts = reaches(select(queue.c.narrative_id).where(*passing(desk, filters)), now)
        found = _ordered(desk, filters, order, counts).limit(limit).offset(offset)
        seqs = list(connection.scalars(found))
        return _whole(connection, seqs, now)


def one_waiting(ledger: Ledger, seq: int) -> Waiting | None:
    """An item that waits at some desk; None if it does not."""
    with ledger.read() as connection:
        return next(iter(_whole(connection, [seq], now_ms())), None)


def _ordered(
    desk: Desk, filters: Filters | None, order: Order, counts: Subquery | None
) -> Select[int]:
    query = select(queue.c.seq).where(*passing(desk, filters))
    if counts is not None:
        led = forwards.c.leads_to
        query = query.join(
            forwards, forwards.c.narrative_id == queue.c.narrative_id, isouter=True
        ).join(counts, counts.c.root == func.coalesce(led, queue.c.narrative_id), isouter=True)
        query = query.order_by(func.coalesce(counts.c[order], 0).desc())
    elif order in ("danger", "certainty"):
        query = query.order_by(queue.c[order].desc())
    elif order == "waiting":
        return query.order_by(queue.c.since, queue.c.seq)
    return query.order_by(queue.c.priority.desc(), queue.c.since, queue.c.seq)


def _whole(connection: Connection, seqs: list[int], now: int) -> list[Waiting]:
    """The items of these numbers, in this order, with the counts of their narratives."""
    counts = reaches(select(queue.c.narrative_id).where(queue.c.seq.in_(seqs)), now)
    root = func.coalesce(forwards.c.leads_to, queue.c.narrative_id)
    rows = connection.execute(
        select(queue, root.label("root"), counts.c.reach, counts.c.growth, publications.c.body)
        .join(publications, publications.c.seq == queue.c.seq)
        .join(forwards, forwards.c.narrative_id == queue.c.narrative_id, isouter=True)
        .join(counts, counts.c.root == root, isouter=True)
        .where(queue.c.seq.in_(seqs))
    )
    found = {row.seq: _read(row) for row in rows}
    refs = {seq: one.publication.ref for seq, one in found.items()}
    copies = copies_of(connection, list(refs.values()))
    return [replace(found[seq], copies=copies.get(refs[seq], 0)) for seq in seqs if seq in found]


def _read(row: Row[Any]) -> Waiting:
    return Waiting(
        seq=row.seq,
        desk=row.desk,
        since_ms=row.since,
        priority=row.priority,
        danger=row.danger,
        certainty=row.certainty,
        act=row.act,
        narrative_id=row.root,
        reach=int(row.reach or 1),  # older code left no narrative to count by
        growth=int(row.growth or 0),
        copies=0,
        publication=Publication.model_validate_json(row.body),
        body=row.body,
    )
