"""Recording publications, and the outbox of what is still to be announced."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, Connection, delete, insert, literal, or_, select, update

from tasks.models import Item, Publication
from workers.ledger.database import Ledger, now_ms
from workers.ledger.narratives import forward_each
from workers.ledger.queues import wait
from workers.ledger.schema import (
    OPEN,
    ItemState,
    deliveries,
    facts,
    items,
    outbox,
    publications,
    subscriptions,
)

GRACE_MS = 5_000
"""The worker that published announces at once; after this long the dispatcher does it."""
_AHEAD_MS = 60_000
"""Clocks of two machines differ, though not by more than this."""


def record(ledger: Ledger, released: Sequence[tuple[Item, Publication]]) -> dict[int, Publication]:
    """Write publications, states, outbox rows, deliveries and queues in one transaction.

    Returns the new ones by seq; each is to be delivered to whoever subscribes to its desk now.

    An item that has reached a terminal state is passed over, so that publishing twice has one
    effect. Raises LedgerAway; then nothing was written.
    """
    by_seq = {item.seq: publication for item, publication in released}
    copies = [seq for seq, publication in by_seq.items() if publication.duplicate_of is not None]
    firsts = [seq for seq, publication in by_seq.items() if publication.duplicate_of is None]
    bodies = {seq: publication.model_dump_json() for seq, publication in by_seq.items()}
    now = now_ms()
    with ledger.write() as connection:
        done = _finish(connection, firsts, "published", now)
        done |= _finish(connection, copies, "duplicate", now)
        new = {seq: by_seq[seq] for seq in sorted(done)}
        if new:
            connection.execute(
                insert(publications),
                [
                    {
                        "seq": seq,
                        "desk": publication.desk,
                        "released_at": now,
                        "narrative_id": publication.narrative_id,
                        "copy_of": publication.duplicate_of,
                        "platform": publication.platform,
                        "written_at": int(publication.published_at.timestamp() * 1000),
                        "body": bodies[seq],
                    }
                    for seq, publication in new.items()
                ],
            )
            forward_each(connection, ((one.forwards, one.narrative_id) for one in new.values()))
            connection.execute(
                insert(outbox), [{"seq": seq, "due_at": now + GRACE_MS} for seq in new]
            )
            _deliver(connection, list(new), now)
            wait(connection, new, now)
    return new


def unannounced(ledger: Ledger, limit: int = 500) -> dict[int, Publication]:
    """Publications whose announcement is overdue, by seq, oldest first.

    One that lies more than a minute ahead was written under another clock: it is overdue too.
    """
    now = now_ms()
    with ledger.read() as connection:
        rows = connection.execute(
            select(outbox.c.seq, publications.c.body)
            .join(publications, publications.c.seq == outbox.c.seq)
            .where(or_(outbox.c.due_at <= now, outbox.c.due_at > now + _AHEAD_MS))
            .order_by(outbox.c.due_at)
            .limit(limit)
        )
        return {row.seq: Publication.model_validate_json(row.body) for row in rows}


def announced(ledger: Ledger, seqs: Collection[int]) -> None:
    """Take announced publications out of the outbox."""
    if not seqs:
        return
    with ledger.write(durable=False) as connection:  # undone, the stream's marks know them
        connection.execute(delete(outbox).where(outbox.c.seq.in_(list(seqs))))


def ledger_id(ledger: Ledger) -> str:
    """The id this ledger got when it was made; consumers see it in the event's source."""
    with ledger.read() as connection:
        return str(
            connection.scalars(select(facts.c.value).where(facts.c.name == "ledger_id")).one()
        )


def _deliver(connection: Connection, seqs: list[int], now: int) -> None:
    at = literal(now, BigInteger)
    wanted = (
        select(publications.c.seq, subscriptions.c.subscriber, at, at)
        .join(subscriptions, subscriptions.c.desk == publications.c.desk)
        .where(publications.c.seq.in_(seqs))
    )
    columns = ["seq", "subscriber", "created_at", "due_at"]
    connection.execute(insert(deliveries).from_select(columns, wanted))


def _finish(connection: Connection, seqs: list[int], state: ItemState, now: int) -> set[int]:
    if not seqs:
        return set()
    return set(
        connection.scalars(
            update(items)
            .where(items.c.seq.in_(seqs), items.c.state.in_(OPEN))
            .values(
                state=state,
                finished_at=now,
                batch_id=None,
                lease_until=None,
                error=None,
                failed_at=None,
            )
            .returning(items.c.seq)
        )
    )
