"""Erasing what is older than its period: which items, what goes with them, and what is kept.

An item goes with its publication, its place in a queue, the outbox and the deliveries. Decisions,
judgements and appeals about it stay with staff, kind, times and digests, and lose what people
wrote: it may quote the item. The audit log says which numbers were erased, and their digest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    exists,
    func,
    or_,
    select,
    union,
    update,
)

from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import (
    alerts,
    appeals,
    clarifications,
    decisions,
    judgements,
    queue,
    referrals,
)
from workers.ledger.evidence import ERASED
from workers.ledger.numbers import compact
from workers.ledger.schema import (
    TERMINAL,
    answers,
    deliveries,
    forwards,
    items,
    outbox,
    publications,
)

AT_ONCE: Final = 200
"""Items of one transaction: others write between two of them."""
_OF_AN_ITEM: Final = (queue, outbox, deliveries, publications, items)
"""The tables whose rows go, in an order that the foreign keys allow."""
_NAMES: Final = frozenset({"to", "claim_id"})
"""What stays of a decision's detail: names. All else a person may have written."""
_OVER: Final = ("signed", "reversed", "declined")
"""States of a referral that has ended."""


@dataclass(frozen=True, slots=True)
class Due:
    """An item to be erased."""

    seq: int
    ref: str


@dataclass(frozen=True, slots=True)
class Held:
    """An item older than its period that is kept, and by what: a referral or an appeal."""

    ref: str
    by: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would erase now: items by state, rows by table, and what is kept."""

    items: Mapping[str, int]
    rows: Mapping[str, int]
    held: Sequence[Held] = field(default=())


def plan(ledger: Ledger, before_ms: int) -> Plan:
    """Look only."""
    due = _due(before_ms)
    with ledger.read() as connection:
        states = connection.execute(
            select(items.c.state, func.count()).where(*due).group_by(items.c.state)
        )
        rows = {
            table.name: _count(
                connection, select(table.c.seq).join(items, items.c.seq == table.c.seq).where(*due)
            )
            for table in _OF_AN_ITEM[:-1]
        }
        return Plan(dict(states.all()), rows, _held_items(connection, before_ms))


def due_items(ledger: Ledger, before_ms: int, limit: int, after: int = 0) -> list[Due]:
    """The next items to erase, by number."""
    query = (
        select(items.c.seq, items.c.source, items.c.id)
        .where(*_due(before_ms), items.c.seq > after)
        .order_by(items.c.seq)
        .limit(limit)
    )
    with ledger.read() as connection:
        return [Due(row.seq, f"{row.source}/{row.id}") for row in connection.execute(query)]


def erase(ledger: Ledger, before_ms: int, seqs: Sequence[int]) -> int:
    """Erase those of these items that are still due, with an entry in the log; how many.

    One transaction: after a crash all of them are there, or none. Harmless to repeat.
    """
    with ledger.write(erasing=True) as connection:
        query = select(items.c.seq, items.c.source, items.c.id, items.c.digest).where(
            *_due(before_ms), items.c.seq.in_(seqs)
        )
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(of=items)
        rows = sorted(connection.execute(query).all())
        gone = [row.seq for row in rows]
        if not gone:
            return 0
        for table in _OF_AN_ITEM:
            connection.execute(delete(table).where(table.c.seq.in_(gone)))
        packets = _emptied(connection, gone)
        detail = {
            "count": len(gone),
            "items": compact(gone),
            "before_ms": before_ms,
            "digest": _digest(rows),
            "packets": packets,
        }
        append(connection, PROGRAM, ERASED, f"items/{gone[0]}-{gone[-1]}", detail)
        return len(gone)


def tidy(ledger: Ledger) -> None:
    """Forget narrative ids that nothing has any more, and answers that are over."""
    named = [publications.c.narrative_id, clarifications.c.narrative_id, alerts.c.narrative_id]
    anywhere = [exists().where(column == forwards.c.narrative_id) for column in named]
    with ledger.write(erasing=True) as connection:
        connection.execute(delete(forwards).where(~or_(*anywhere)))
        connection.execute(delete(answers).where(answers.c.expires_at <= now_ms()))


def finished(ledger: Ledger, detail: Mapping[str, Any]) -> None:
    """Write into the log that a run is over, and what it found."""
    with ledger.write() as connection:
        append(connection, PROGRAM, "retention.run", "items", detail)


def remains(ledger: Ledger, spans: Sequence[tuple[int, int]]) -> int:
    """Rows that are there of items that were erased, by the ranges of their numbers; 0 is right."""
    found = 0
    with ledger.read() as connection:
        for first, last in spans:
            for table in _OF_AN_ITEM:
                within = table.c.seq.between(first, last)
                found += _count(connection, select(table.c.seq).where(within))
    return found


def _due(before_ms: int) -> tuple[ColumnElement[bool], ...]:
    """Which items are to go."""
    return (
        items.c.state.in_(TERMINAL),
        items.c.accepted_at < before_ms,
        items.c.seq.not_in(_holding(before_ms)),
    )


def _holding(before_ms: int) -> Select[int]:
    """Numbers of items that somebody still needs for a case."""
    both = union(
        select(referrals.c.seq).where(_open(before_ms)),
        select(appeals.c.seq).where(appeals.c.decided_at.is_(None)),
    ).subquery()
    return select(both.c.seq)


def _open(before_ms: int) -> ColumnElement[bool]:
    """A referral that has not ended, or was signed within the period."""
    return referrals.c.state.not_in(_OVER) | (
        (referrals.c.state == "signed") & (referrals.c.signed_at >= before_ms)
    )


def _held_items(connection: Connection, before_ms: int) -> list[Held]:
    found = []
    for table, name, holds in (
        (referrals, "referral", _open(before_ms)),
        (appeals, "appeal", appeals.c.decided_at.is_(None)),
    ):
        rows = connection.execute(
            select(table.c.id, items.c.source, items.c.id.label("item"))
            .join(items, items.c.seq == table.c.seq)
            .where(holds, items.c.accepted_at < before_ms)
            .order_by(table.c.id)
        )
        found += [Held(f"{row.source}/{row.item}", f"{name} {row.id}") for row in rows]
    return found


def _emptied(connection: Connection, gone: Sequence[int]) -> dict[str, str]:
    """Take out what people wrote about these items; digests of packets that were signed."""
    for row in connection.execute(
        select(decisions.c.id, decisions.c.detail).where(decisions.c.seq.in_(gone))
    ).all():
        kept = {
            name: value
            for name, value in orjson.loads(row.detail).items()
            if name in _NAMES or isinstance(value, int)
        }
        connection.execute(
            update(decisions)
            .where(decisions.c.id == row.id)
            .values(detail=orjson.dumps(kept).decode())
        )
    _set(connection, judgements, gone, factors="{}")
    _set(connection, appeals, gone, reason="", answer=None)
    signed = connection.execute(
        select(referrals.c.id, referrals.c.packet).where(
            referrals.c.seq.in_(gone), referrals.c.packet.is_not(None)
        )
    ).all()
    _set(connection, referrals, gone, packet=None)
    return {str(row.id): hashlib.sha256(row.packet.encode()).hexdigest() for row in signed}


def _set(connection: Connection, table: Table, gone: Sequence[int], **values: str | None) -> None:
    connection.execute(update(table).where(table.c.seq.in_(gone)).values(**values))


def _digest(rows: Sequence[Any]) -> str:
    """SHA-256 over each item's ref and digest, by number: a back-up shows that it was these."""
    lines = (f"{row.source}/{row.id} {row.digest.hex()}\n" for row in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _count(connection: Connection, rows: Select[int]) -> int:
    return connection.scalar(select(func.count()).select_from(rows.subquery())) or 0
