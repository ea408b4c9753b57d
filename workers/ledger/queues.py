"""What waits for a person at each desk: put there when it is published, read in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, insert, select, union

from tasks.models import Publication
from tasks.route import leading
from tasks.words import DANGER_ACTS, Act, Desk, State
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import queue
from workers.ledger.schema import forwards, items, publications

Order = Literal["priority", "danger", "reach", "growth", "certainty", "waiting"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
HOUR_MS: Final = 3_600_000
_WRITTEN = func.coalesce(publications.c.written_at, publications.c.released_at)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items of a queue to show; None: whatever it is. Times are when they were written."""

    place: str | None = None
    """Its official code, such as 16.71."""
    topic: str | None = None
    language: str | None = None
    narrative: str | None = None
    act: Act | None = None
    state: State | None = None
    since_ms: int | None = None
    until_ms: int | None = None


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
        query = select(func.count()).select_from(queue).where(*_passing(desk, filters))
        return connection.scalar(query) or 0


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
            counts = _counts(select(queue.c.narrative_id).where(*_passing(desk, filters)), now)
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
    query = select(queue.c.seq).where(*_passing(desk, filters))
    if counts is not None:
        led = forwards.c.leads_to
        query = query.join(
            forwards, forwards.c.narrative_id == queue.c.narrative_id, isouter=True
        ).join(counts, counts.c.root == func.coalesce(led, queue.c.narrative_id), isouter=True)
        query = query.order_by(counts.c[order].desc())
    elif order in ("danger", "certainty"):
        query = query.order_by(queue.c[order].desc())
    elif order == "waiting":
        return query.order_by(queue.c.since, queue.c.seq)
    return query.order_by(queue.c.priority.desc(), queue.c.since, queue.c.seq)


def _whole(connection: Connection, seqs: list[int], now: int) -> list[Waiting]:
    """The items of these numbers, in this order, with the counts of their narratives."""
    counts = _counts(select(queue.c.narrative_id).where(queue.c.seq.in_(seqs)), now)
    root = func.coalesce(forwards.c.leads_to, queue.c.narrative_id)
    rows = connection.execute(
        select(queue, root.label("root"), counts.c.reach, counts.c.growth, publications.c.body)
        .join(publications, publications.c.seq == queue.c.seq)
        .join(forwards, forwards.c.narrative_id == queue.c.narrative_id, isouter=True)
        .join(counts, counts.c.root == root, isouter=True)
        .where(queue.c.seq.in_(seqs))
    )
    found = {
        row.seq: Waiting(
            seq=row.seq,
            desk=row.desk,
            since_ms=row.since,
            priority=row.priority,
            danger=row.danger,
            certainty=row.certainty,
            act=row.act,
            narrative_id=row.root,
            reach=row.reach,
            growth=row.growth,
            publication=Publication.model_validate_json(row.body),
            body=row.body,
        )
        for row in rows
    }
    return [found[seq] for seq in seqs if seq in found]


def _counts(narratives: Select[str], now: int) -> Subquery:
    """Of each of these narratives, under the id that it has by now: its items, and the newest."""
    named = narratives.subquery()
    led = select(func.coalesce(forwards.c.leads_to, named.c.narrative_id).label("id")).select_from(
        named.outerjoin(forwards, forwards.c.narrative_id == named.c.narrative_id)
    )
    roots = led.subquery()
    members = union(
        select(roots.c.id),
        select(forwards.c.narrative_id).join(roots, roots.c.id == forwards.c.leads_to),
    ).subquery()
    root = func.coalesce(forwards.c.leads_to, publications.c.narrative_id)
    newest = func.count().filter(now - HOUR_MS < _WRITTEN)
    return (
        select(root.label("root"), func.count().label("reach"), newest.label("growth"))
        .select_from(publications)
        .join(forwards, forwards.c.narrative_id == publications.c.narrative_id, isouter=True)
        .where(publications.c.narrative_id.in_(select(members.c.id)))
        .group_by(root)
        .subquery()
    )


def _passing(desk: Desk, filters: Filters | None) -> list[ColumnElement[bool]]:
    wanted = [queue.c.desk == desk]
    if filters is None:
        return wanted
    for column, value in (("places", filters.place), ("topics", filters.topic)):
        if value is not None:
            wanted.append(queue.c[column].contains(f" {value} ", autoescape=True))
    for column, value in (
        ("language", filters.language),
        ("act", filters.act),
        ("state", filters.state),
    ):
        if value is not None:
            wanted.append(queue.c[column] == value)
    if filters.narrative is not None:
        older = select(forwards.c.narrative_id).where(forwards.c.leads_to == filters.narrative)
        here = queue.c.narrative_id
        wanted.append((here == filters.narrative) | here.in_(older))
    if filters.since_ms is not None:
        wanted.append(queue.c.written_at >= filters.since_ms)
    if filters.until_ms is not None:
        wanted.append(queue.c.written_at < filters.until_ms)
    return wanted
