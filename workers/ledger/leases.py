"""Claiming due items in batches, and taking back what failed or was lost."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, Row, Select, Update, bindparam, func, or_, select, update

from tasks.models import Batch, Content, Item
from tasks.stage import Unavailable
from workers.ledger.database import Ledger, now_ms
from workers.ledger.flow import beyond, locked
from workers.ledger.schema import items
from workers.limit import blames, hold
from workers.retry import Again, Quarantine, decide, describe

FAR_MS: Final = 30 * 60_000
"""Nothing is put off, and no lease given, for longer: what lies further ahead is of a clock that
jumped (see `clocks`)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many items went which way."""

    again: int = 0
    quarantined: int = 0


def claim(ledger: Ledger, batches: int, batch_size: int, lease_seconds: float) -> list[Batch]:
    """Lease up to `batches` batches of due items, oldest first and in turn between sources.

    Items that failed before travel alone. Each item is in at most one live lease. Raises
    LedgerAway; then nothing is leased.
    """
    now = now_ms()
    with ledger.read() as connection:
        if not _any_due(connection, now):
            return []
    until = now + int(lease_seconds * 1000)
    with ledger.write(durable=False) as connection:  # undone, they are claimed and sent again
        rows = _due_in_turn(connection, now, batches * batch_size)
        leased = [_lease(connection, group, until) for group in _form(rows, batches, batch_size)]
    return [lease.batch() for lease in leased]  # parsed when nobody waits for the lock any more


def claim_one(connection: Connection, source: str, lease_seconds: float) -> Batch | None:
    """Lease the first due item of a source, if it has any, in a transaction of the caller's."""
    now = now_ms()
    rows = [*_due(connection, source, now, 1)]
    return _lease(connection, rows, now + int(lease_seconds * 1000)).batch() if rows else None


def give_back(ledger: Ledger, batch_id: str, failed: Sequence[tuple[int, Exception]]) -> Settled:
    """Settle items of a batch that do not go on: again later, or quarantine.

    When most items fail the pipeline stands from then on (`flow`), and nothing is quarantined.
    Touches only items that this batch still leases, so a late worker undoes nothing.
    """
    if not failed:
        return Settled()
    reasons = dict(failed)
    with ledger.write() as connection:
        rows = connection.execute(
            _leased()
            .where(items.c.batch_id == batch_id, items.c.seq.in_(list(reasons)))
            .order_by(items.c.seq)
            .with_for_update()  # a late worker may be publishing them: one after the other
        ).all()
        return _settle(connection, [(row, reasons[row.seq]) for row in rows])


def release(ledger: Ledger, batches: Iterable[Batch]) -> None:
    """Undo the lease of batches that could not be sent: they are ready again, uncounted."""
    with ledger.write() as connection:
        connection.execute(_undo().where(items.c.batch_id.in_([batch.id for batch in batches])))


def prolong(ledger: Ledger, seconds: Mapping[str, float]) -> None:
    """Let the lease of each of these batches last so many seconds from now."""
    if not seconds:
        return
    now = now_ms()
    with ledger.write() as connection:
        connection.execute(
            update(items)
            .where(items.c.state == "leased", items.c.batch_id == bindparam("batch"))
            .values(lease_until=bindparam("until")),
            [
                {"batch": batch_id, "until": now + int(left * 1000)}
                for batch_id, left in seconds.items()
            ],
        )


def release_all(ledger: Ledger) -> int:
    """Undo every lease, uncounted: the broker has lost the messages; how many items.

    A worker may still run one of them: it is published once, whoever is first.
    """
    with ledger.write() as connection:
        return connection.execute(_undo()).rowcount


def overdue(ledger: Ledger, limit: int = 1000) -> dict[str, list[int]]:
    """Items whose lease has ended, or ends too far ahead to be one of ours, by batch."""
    now, until = now_ms(), items.c.lease_until
    with ledger.read() as connection:
        rows = connection.execute(
            _leased()
            .where(or_(until < now, until > now + FAR_MS))
            .order_by(items.c.lease_until)
            .limit(limit)
        )
        batches: dict[str, list[int]] = {}
        for row in rows:
            batches.setdefault(row.batch_id, []).append(row.seq)
        return batches


_Leased = Row[int, str, int, int, int]
_Due = Row[int, int]


def _leased() -> Select[int, str, int, int, int]:
    return select(
        items.c.seq, items.c.batch_id, items.c.attempts, items.c.deferrals, items.c.lease_until
    ).where(items.c.state == "leased")


def _undo() -> Update:
    """Leases undone; of all items, unless it is narrowed."""
    return (
        update(items)
        .where(items.c.state == "leased")
        .values(state="ready", batch_id=None, lease_until=None)
    )


def _any_due(connection: Connection, now: int) -> bool:
    due = select(items.c.seq).where(items.c.state == "ready", items.c.due_at <= now).limit(1)
    return connection.execute(due).first() is not None


def ready_sources(connection: Connection) -> list[str]:
    """The sources with ready items, by skipping through the index instead of reading it all."""
    ready = items.c.state == "ready"
    sources = select(func.min(items.c.source).label("source")).where(ready).cte(recursive=True)
    following = (
        select(func.min(items.c.source))
        .where(ready, items.c.source > sources.c.source)
        .scalar_subquery()
    )
    sources = sources.union_all(select(following).where(sources.c.source.is_not(None)))
    return list(connection.scalars(select(sources.c.source).where(sources.c.source.is_not(None))))


def _due_in_turn(connection: Connection, now: int, limit: int) -> list[_Due]:
    queues = [_due(connection, source, now, limit) for source in ready_sources(connection)]
    turns = max((len(queue) for queue in queues), default=0)
    rows = [queue[turn] for turn in range(turns) for queue in queues if turn < len(queue)]
    return rows[:limit]


def _due(connection: Connection, source: str, now: int, limit: int) -> Sequence[_Due]:
    return connection.execute(
        select(items.c.seq, items.c.attempts)
        .where(items.c.state == "ready", items.c.source == source, items.c.due_at <= now)
        .order_by(items.c.due_at, items.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _form(rows: Sequence[_Due], batches: int, batch_size: int) -> list[list[_Due]]:
    fresh = [row for row in rows if row.attempts == 0]
    alone = [[row] for row in rows if row.attempts > 0]
    # Half of the room at most, so that a flood of failing items does not stop the healthy; of
    # room for one, whoever is due first.
    groups = alone[: batches // 2 or rows.index(alone[0][0]) == 0] if alone else []
    groups += [fresh[start : start + batch_size] for start in range(0, len(fresh), batch_size)]
    return groups[:batches]


@dataclass(frozen=True, slots=True)
class _Lease:
    batch_id: str
    attempt: int
    contents: Sequence[Row[int, str]]

    def batch(self) -> Batch:
        return Batch(
            id=self.batch_id,
            attempt=self.attempt,
            items=tuple(
                Item(seq=row.seq, content=Content.model_validate_json(row.content))
                for row in self.contents
            ),
        )


def _lease(connection: Connection, rows: list[_Due], until: int) -> _Lease:
    batch_id = uuid.uuid4().hex
    contents = connection.execute(
        update(items)
        .where(items.c.seq.in_([row.seq for row in rows]))
        .values(state="leased", batch_id=batch_id, lease_until=until)
        .returning(items.c.seq, items.c.content)
    ).all()
    return _Lease(batch_id, rows[0].attempts + 1, sorted(contents, key=itemgetter(0)))


def _settle(connection: Connection, failed: list[tuple[_Leased, Exception]]) -> Settled:
    now = now_ms()
    again: list[dict[str, object]] = []
    quarantined: list[dict[str, object]] = []
    held = _beyond_limit(connection, failed, now)
    for row, reason in failed:
        fate = hold(reason) if row.seq in held else decide(reason, row.attempts, row.deferrals)
        match fate:
            case Quarantine(error):
                quarantined.append({"row": row.seq, "error": error, "finished_at": now})
            case Again(delay, counted, error):
                again.append(
                    {
                        "row": row.seq,
                        "error": error,
                        "attempts": row.attempts + counted,
                        "deferrals": row.deferrals + (not counted),
                        "due_at": now + int(delay * 1000),
                    }
                )
    one = update(items).where(items.c.seq == bindparam("row"))
    if again:
        connection.execute(one.values(state="ready", batch_id=None, lease_until=None), again)
    if quarantined:
        connection.execute(
            one.values(state="quarantined", batch_id=None, lease_until=None), quarantined
        )
    return Settled(len(again), len(quarantined))


def _beyond_limit(
    connection: Connection, failed: list[tuple[_Leased, Exception]], now: int
) -> frozenset[int]:
    """The items that must be neither counted nor quarantined now; notes which may be at fault."""
    tried = {row.seq: reason for row, reason in failed if not isinstance(reason, Unavailable)}
    if not tried:
        return frozenset()
    flow = locked(connection)
    blamed = {seq: describe(one) for seq, one in tried.items() if blames(one, len(tried))}
    if flow.stop is not None:
        held = frozenset(tried)
    elif blamed:
        first = failed[0][0]
        held = beyond(connection, flow, now, blamed, first.batch_id, first.lease_until)
    else:
        held = frozenset()
    connection.execute(update(items).where(items.c.seq.in_(blamed)).values(failed_at=now))
    return held
