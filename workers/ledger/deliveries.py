"""The queue of outgoing webhooks: which publication each subscriber has still to receive."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import deliveries, items, publications, subscriptions
from workers.ledger.views import age_seconds

_ERROR_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """A publication on its way to a subscriber. `attempts` have failed; times are in ms."""

    seq: int
    subscriber: str
    attempts: int
    created_at: int
    publication: Publication


@dataclass(frozen=True, slots=True)
class Parked:
    """A delivery that was given up, and why; a person may have it sent again."""

    ref: str
    subscriber: str
    desk: Desk
    attempts: int
    error: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries of one subscriber; the age is that of the oldest that waits."""

    waiting: int
    parked: int
    oldest_seconds: float | None


def set_subscriptions(ledger: Ledger, desks: Mapping[str, Collection[Desk]]) -> None:
    """Let each subscriber receive what is published for its desks from now on.

    What no subscription covers any more is not delivered. Writes nothing when nothing changes.
    Raises LedgerAway.
    """
    wanted = {(subscriber, desk) for subscriber, held in desks.items() for desk in held}
    with ledger.read() as connection:
        if wanted == {(row.subscriber, row.desk) for row in connection.execute(_SUBSCRIPTIONS)}:
            return
    with ledger.write() as connection:
        if connection.dialect.name == "postgresql":
            # Waits for the workers that are publishing by the old subscriptions, so that what
            # they insert is seen below.
            connection.exec_driver_sql("LOCK TABLE deliveries IN EXCLUSIVE MODE")
        connection.execute(delete(subscriptions))
        if wanted:
            connection.execute(
                insert(subscriptions),
                [{"subscriber": subscriber, "desk": desk} for subscriber, desk in wanted],
            )
        covered = exists().where(
            publications.c.seq == deliveries.c.seq,
            subscriptions.c.desk == publications.c.desk,
            subscriptions.c.subscriber == deliveries.c.subscriber,
        )
        connection.execute(delete(deliveries).where(~covered))


def due(ledger: Ledger, subscriber: str, limit: int, hold_seconds: float) -> list[Delivery]:
    """Claim deliveries that are due, the longest due first, for `hold_seconds`.

    Nobody else gets them meanwhile; what is neither delivered nor failed by then is due again.
    Raises LedgerAway; then nothing is claimed.
    """
    now = now_ms()
    ours = deliveries.c.subscriber == subscriber
    ready = [ours, deliveries.c.parked_at.is_(None), deliveries.c.due_at <= now]
    with ledger.read() as connection:
        if connection.execute(select(deliveries.c.seq).where(*ready).limit(1)).first() is None:
            return []
    with ledger.write() as connection:
        rows = connection.execute(
            select(
                deliveries.c.seq,
                deliveries.c.attempts,
                deliveries.c.created_at,
                publications.c.body,
            )
            .join(publications, publications.c.seq == deliveries.c.seq)
            .where(*ready)
            .order_by(deliveries.c.due_at, deliveries.c.seq)
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        ).all()
        connection.execute(
            update(deliveries)
            .where(ours, deliveries.c.seq.in_([row.seq for row in rows]))
            .values(due_at=now + int(hold_seconds * 1000))
        )
    return [
        Delivery(
            row.seq,
            subscriber,
            row.attempts,
            row.created_at,
            Publication.model_validate_json(row.body),
        )
        for row in rows
    ]


def straighten(ledger: Ledger, hold_seconds: float) -> int:
    """Make due what nobody tried and no claim of `hold_seconds` holds; returns how many.

    It lies ahead because a clock jumped. What failed before keeps its time: after a jump it waits
    longer by as much. Raises LedgerAway.
    """
    held_back = [
        deliveries.c.subscriber.in_(select(subscriptions.c.subscriber)),
        deliveries.c.parked_at.is_(None),
        deliveries.c.due_at > now_ms() + int(2 * hold_seconds * 1000),  # clocks differ by seconds
        deliveries.c.attempts == 0,
    ]
    with ledger.read() as connection:
        if connection.execute(select(deliveries.c.seq).where(*held_back).limit(1)).first() is None:
            return 0
    with ledger.write() as connection:
        return connection.execute(update(deliveries).where(*held_back).values(due_at=0)).rowcount


def delivered(ledger: Ledger, done: Collection[tuple[int, str]]) -> None:
    """Take what arrived, as (seq, subscriber), out of the queue."""
    if not done:
        return
    one = delete(deliveries).where(
        deliveries.c.seq == bindparam("row"), deliveries.c.subscriber == bindparam("receiver")
    )
    with ledger.write() as connection:
        connection.execute(one, [{"row": seq, "receiver": subscriber} for seq, subscriber in done])


def failed(ledger: Ledger, seq: int, subscriber: str, error: str, again_at_ms: int | None) -> None:
    """Count a failed attempt: due again at that time, or parked for a person when it is None.

    `error` is in our own words: never quote what the receiver answered.
    """
    fate = {"parked_at": now_ms()} if again_at_ms is None else {"due_at": again_at_ms}
    with ledger.write() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.seq == seq, deliveries.c.subscriber == subscriber)
            .values(attempts=deliveries.c.attempts + 1, error=error[:_ERROR_LENGTH], **fate)
        )


def parked(ledger: Ledger, subscriber: str | None = None) -> list[Parked]:
    """What was given up, for one subscriber or for all, oldest first."""
    query = (
        select(
            items.c.source,
            items.c.id,
            deliveries.c.subscriber,
            publications.c.desk,
            deliveries.c.attempts,
            deliveries.c.error,
            deliveries.c.parked_at,
        )
        .join(publications, publications.c.seq == deliveries.c.seq)
        .join(items, items.c.seq == deliveries.c.seq)
        .where(deliveries.c.parked_at.is_not(None))
        .order_by(deliveries.c.parked_at, deliveries.c.seq)
    )
    if subscriber is not None:
        query = query.where(deliveries.c.subscriber == subscriber)
    with ledger.read() as connection:
        return [
            Parked(f"{source}/{id_}", *rest) for source, id_, *rest in connection.execute(query)
        ]


def resend(ledger: Ledger, subscriber: str) -> int:
    """Make what was given up due now, as if it were new; return how many."""
    now = now_ms()
    with ledger.write() as connection:
        return connection.execute(
            update(deliveries)
            .where(deliveries.c.subscriber == subscriber, deliveries.c.parked_at.is_not(None))
            .values(parked_at=None, attempts=0, error=None, created_at=now, due_at=now)
        ).rowcount


def waiting(ledger: Ledger) -> dict[str, Counts]:
    """How many deliveries wait for each subscriber; one who has received all is not there."""
    waits = deliveries.c.parked_at.is_(None)
    with ledger.read() as connection:
        rows = connection.execute(
            select(
                deliveries.c.subscriber,
                func.count().filter(waits).label("waiting"),
                func.count(deliveries.c.parked_at).label("parked"),
                func.min(deliveries.c.created_at).filter(waits).label("oldest"),
            ).group_by(deliveries.c.subscriber)
        )
        return {
            row.subscriber: Counts(row.waiting, row.parked, age_seconds(row.oldest)) for row in rows
        }


_SUBSCRIPTIONS = select(subscriptions.c.subscriber, subscriptions.c.desk)
