"""What a report reads of people's work: decisions, waits, judgements, referrals, clarifications.

A period is [since, until) in milliseconds. Nothing here is told by member of staff.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, case, func, select

from tasks.words import Act, Desk
from workers.ledger.desk_tables import (
    alerts,
    appeals,
    audit,
    clarifications,
    decisions,
    judgements,
    queue,
    referrals,
)
from workers.ledger.reach import HOUR_MS
from workers.ledger.report_items import counted_acts
from workers.ledger.schema import forwards, publications

GOES_ON: Final = ("moved", "claim_confirmed", "claim_rejected")
"""Decisions after which the item still waits for a person."""


LIKELY: Final = 50
"""Percent from which on a danger is likely."""


@dataclass(frozen=True, slots=True)
class Waited:
    """An item that came to a desk: how long until it was decided, or until now if it was not."""

    desk: Desk
    ms: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert: a narrative, the hour, and whether somebody has seen it."""

    narrative_id: str
    hour_ms: int
    seen: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at a desk by now, since when, and the likely dangers to people among it."""

    desk: Desk
    items: int
    oldest_ms: int
    dangers: int
    oldest_danger_ms: int | None


def decided(connection: Connection, since_ms: int, until_ms: int) -> dict[tuple[Desk, str], int]:
    """Decisions in force, by desk and kind."""
    rows = connection.execute(
        select(decisions.c.desk, decisions.c.kind, func.count())
        .where(_in(decisions.c.at, since_ms, until_ms), decisions.c.undone_at.is_(None))
        .group_by(decisions.c.desk, decisions.c.kind)
        .order_by(decisions.c.desk, decisions.c.kind)
    )
    return {(desk, kind): count for desk, kind, count in rows}


def undone(connection: Connection, since_ms: int, until_ms: int) -> int:
    """Decisions of the period that were taken back."""
    made = _in(decisions.c.at, since_ms, until_ms)
    return _count(connection, decisions.c.id, made, decisions.c.undone_at.is_not(None))


def waits(connection: Connection, since_ms: int, until_ms: int) -> list[Waited]:
    """What came to people in the period: until its last decision, or until the period's end.

    An item that was moved is told at the desk where it is now, from when it first came to one.
    """
    came = decisions.c.at - decisions.c.waited_ms
    ends = connection.execute(
        select(decisions.c.desk, decisions.c.at, came)
        .where(
            _in(came, since_ms, until_ms),
            decisions.c.undone_at.is_(None),
            decisions.c.kind.not_in(GOES_ON),
        )
        .order_by(decisions.c.id)
    )
    found = [
        Waited(desk, min(at, until_ms) - start, ended=at < until_ms) for desk, at, start in ends
    ]
    still = connection.execute(
        select(queue.c.desk, queue.c.since).where(_in(queue.c.since, since_ms, until_ms))
    )
    return found + [Waited(desk, until_ms - start, ended=False) for desk, start in still]


def clarified(connection: Connection, since_ms: int, until_ms: int) -> tuple[int, int, int]:
    """Clarifications published and withdrawn in the period, and those in draft at its end."""
    one = clarifications
    done: dict[str, int] = dict(
        connection.execute(
            select(one.c.state, func.count(func.distinct(one.c.id)))
            .where(_in(one.c.at, since_ms, until_ms))
            .group_by(one.c.state)
        ).all()
    )
    last = (
        select(one.c.id, func.max(one.c.revision).label("revision"))
        .where(one.c.at < until_ms)
        .group_by(one.c.id)
        .subquery()
    )
    drafts = connection.scalar(
        select(func.count())
        .select_from(one)
        .join(last, (last.c.id == one.c.id) & (last.c.revision == one.c.revision))
        .where(one.c.state == "draft")
    )
    return done.get("published", 0), done.get("withdrawn", 0), drafts or 0


def judged(connection: Connection, since_ms: int, until_ms: int) -> list[tuple[bool, ...]]:
    """Of each item, its judgements in force in order, where the second came in the period."""
    rows = connection.execute(
        select(judgements.c.seq, judgements.c.refer, judgements.c.at)
        .where(judgements.c.void_at.is_(None), judgements.c.at < until_ms)
        .order_by(judgements.c.seq, judgements.c.id)
    )
    by_item: dict[int, list[tuple[bool, int]]] = {}
    for seq, refer, at in rows:
        by_item.setdefault(seq, []).append((refer, at))
    return [
        tuple(refer for refer, _ in made)
        for made in by_item.values()
        if len(made) > 1 and made[1][1] >= since_ms
    ]


def referred(connection: Connection, since_ms: int, until_ms: int) -> tuple[int, int, int, int]:
    """Referrals opened, signed and reversed in the period, and those that wait to be signed."""
    opened = _in(referrals.c.opened_at, since_ms, until_ms)
    signed = _in(referrals.c.signed_at, since_ms, until_ms)
    reversals = appeals.c.referral.is_not(None) & appeals.c.reversed.is_(True)
    return (
        _count(connection, referrals.c.id, opened),
        _count(connection, referrals.c.id, signed),
        _count(connection, appeals.c.id, reversals, _in(appeals.c.decided_at, since_ms, until_ms)),
        _count(connection, referrals.c.id, referrals.c.state.in_(("open", "reopened"))),
    )


def appealed(connection: Connection, since_ms: int, until_ms: int) -> tuple[int, int]:
    """Appeals that were decided in the period, and those of them that reversed something."""
    inside = _in(appeals.c.decided_at, since_ms, until_ms)
    reversals = appeals.c.reversed.is_(True)
    return (
        _count(connection, appeals.c.id, inside),
        _count(connection, appeals.c.id, inside, reversals),
    )


def acts_referred(connection: Connection, since_ms: int, until_ms: int) -> list[frozenset[Act]]:
    """The acts of each item for which a referral was opened in the period, while it is kept."""
    opened = _in(referrals.c.opened_at, since_ms, until_ms)
    query = select(publications.c.body).join(referrals, referrals.c.seq == publications.c.seq)
    return [counted_acts(orjson.loads(body)) for body in connection.scalars(query.where(opened))]


def acts_moved_to_review(
    connection: Connection, since_ms: int, until_ms: int
) -> list[frozenset[Act]]:
    """The acts of each item that a person moved to the review desk in the period."""
    rows = connection.execute(
        select(decisions.c.detail, publications.c.body)
        .join(publications, publications.c.seq == decisions.c.seq)
        .where(
            _in(decisions.c.at, since_ms, until_ms),
            decisions.c.kind == "moved",
            decisions.c.undone_at.is_(None),
        )
    )
    return [
        counted_acts(orjson.loads(body))
        for detail, body in rows
        if orjson.loads(detail).get("to") == "review"
    ]


def raised(connection: Connection, since_ms: int, until_ms: int) -> list[Raised]:
    """The alerts of the period, the latest first."""
    led = func.coalesce(forwards.c.leads_to, alerts.c.narrative_id).label("led")
    rows = connection.execute(
        select(led, alerts.c.hour, alerts.c.seen_by)
        .join(forwards, forwards.c.narrative_id == alerts.c.narrative_id, isouter=True)
        .where(_in(alerts.c.at, since_ms, until_ms))
        .order_by(alerts.c.hour.desc(), led)
    )
    return [Raised(one.led, one.hour * HOUR_MS, one.seen_by is not None) for one in rows]


def audit_head(connection: Connection) -> tuple[int, str] | None:
    """Number and hash of the last entry of the audit log; None while there is none."""
    query = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row.number, row.hash.hex())


def still_waiting(connection: Connection) -> list[Waiting]:
    """What waits at each desk by now, the desk of the oldest first."""
    danger = queue.c.danger >= LIKELY
    rows = connection.execute(
        select(
            queue.c.desk,
            func.count(),
            func.min(queue.c.since),
            func.count().filter(danger),
            func.min(case((danger, queue.c.since))),
        )
        .group_by(queue.c.desk)
        .order_by(func.min(queue.c.since), queue.c.desk)
    )
    return [Waiting(*row) for row in rows]


def unseen_alerts(connection: Connection) -> int:
    """Alerts that nobody has seen."""
    return _count(connection, alerts.c.hour, alerts.c.seen_by.is_(None))


def _in(column: ColumnElement[Any], since_ms: int, until_ms: int) -> ColumnElement[bool]:
    return column.between(since_ms, until_ms - 1)


def _count(connection: Connection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count(column)).where(*where)) or 0
