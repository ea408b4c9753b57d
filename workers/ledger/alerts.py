"""Alerts: which narratives grew faster than their own past, found, kept, and seen by a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Select, func, insert, literal, select, update

from tasks.growth import FEWEST, PAST_HOURS, Growth, growth
from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import Overtaken
from workers.ledger.desk_tables import alerts
from workers.ledger.reach import HOUR_MS
from workers.ledger.schema import forwards, publications

LATE_HOURS: Final = 2
"""Full hours that are looked at again: what was written in them may come in late."""
_HOUR: Final = publications.c.written_at // literal(HOUR_MS, literal_execute=True)
_ROOT: Final = func.coalesce(forwards.c.leads_to, publications.c.narrative_id)
Hours = Mapping[int, int]
"""Items by the hour since 1970."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A narrative that grew faster than its own past in an hour (since 1970)."""

    narrative_id: str
    hour: int
    growth: Growth
    at_ms: int
    seen_by: str | None


def look(ledger: Ledger, now: int | None = None) -> list[Alert]:
    """Find what grows in this hour and the LATE_HOURS before it; keep and return what is new.

    Harmless to do at once in several places: a narrative and hour is one row. Raises LedgerAway.
    """
    now = now_ms() if now is None else now
    hour = now // HOUR_MS
    with ledger.read() as connection:
        busy = _busy(connection, hour - LATE_HOURS, hour)
        if not busy:
            return []
        judged = _judge(connection, busy, range(hour - LATE_HOURS, hour + 1))
    found = {key: one for key, one in judged.items() if one.alarms}
    return _keep(ledger, found, now) if found else []


def judge(ledger: Ledger, roots: Collection[str], hour: int) -> dict[str, Growth]:
    """How each of these narratives grows in that hour or the one before, where it exceeds more.

    An hour that has just begun says nothing yet. Raises LedgerAway.
    """
    with ledger.read() as connection:
        found = _judge(connection, roots, range(hour - 1, hour + 1))
    by_excess = sorted(found.items(), key=lambda one: one[1].excess)
    return {root: one for (root, _), one in by_excess}


def alerts_since(ledger: Ledger, since_ms: int, limit: int = 500) -> list[Alert]:
    """Alerts of hours since then, under the id that their narrative has by now, newest first."""
    led = func.coalesce(forwards.c.leads_to, alerts.c.narrative_id)
    with ledger.read() as connection:
        rows = connection.execute(
            select(led, alerts.c.hour, alerts.c.body, alerts.c.at, alerts.c.seen_by)
            .join(forwards, forwards.c.narrative_id == alerts.c.narrative_id, isouter=True)
            .where(alerts.c.hour >= since_ms // HOUR_MS)
            .order_by(alerts.c.hour.desc(), led)
            .limit(limit)
        )
        return [
            Alert(root, hour, Growth(**orjson.loads(body)), at, seen_by)
            for root, hour, body, at, seen_by in rows
        ]


def unseen(ledger: Ledger) -> int:
    """How many narratives have an alert that nobody has seen."""
    led = func.coalesce(forwards.c.leads_to, alerts.c.narrative_id)
    with ledger.read() as connection:
        query = (
            select(func.count(led.distinct()))
            .select_from(alerts)
            .join(forwards, forwards.c.narrative_id == alerts.c.narrative_id, isouter=True)
            .where(alerts.c.seen_by.is_(None))
        )
        return connection.scalar(query) or 0


def see(ledger: Ledger, root: str, until_hour: int, staff: str) -> int:
    """A member of staff has seen the alerts of a narrative up to that hour; returns how many.

    Raises Overtaken if another has seen them all, LedgerAway.
    """
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to == root)
    with ledger.write() as connection:
        done = connection.execute(
            update(alerts)
            .where(
                (alerts.c.narrative_id == root) | alerts.c.narrative_id.in_(older),
                alerts.c.hour <= until_hour,
                alerts.c.seen_by.is_(None),
            )
            .values(seen_by=staff)
        ).rowcount
        if done == 0:
            raise Overtaken("somebody has seen this alert already")
        detail = {"until_hour": until_hour, "alerts": done}
        append(connection, staff, "alert.seen", f"narrative/{root}", detail)
    return done


def _busy(connection: Connection, first: int, last: int) -> set[str]:
    """The narratives that had enough items for an alarm in one of these hours."""
    rows = connection.execute(
        select(_ROOT)
        .select_from(publications)
        .join(forwards, forwards.c.narrative_id == publications.c.narrative_id, isouter=True)
        .where(_between(first, last), publications.c.narrative_id.is_not(None))
        .group_by(_ROOT, _HOUR)
        .having(func.count() >= FEWEST)
        .distinct()
    )
    return set(rows.scalars())


def _judge(
    connection: Connection, roots: Collection[str], hours: range
) -> dict[tuple[str, int], Growth]:
    first, last = hours[0] - PAST_HOURS, hours[-1]
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to.in_(roots))
    ids = {*roots, *connection.scalars(older)}
    own = _counts_of(connection, ids, first, last)
    begun = _begun(connection, ids)
    stream: Hours = dict(
        connection.execute(
            select(_HOUR, func.count()).where(_between(first, last)).group_by(_HOUR)
        ).all()
    )
    return {
        (root, hour): _grown(own[root], stream, begun[root], hour)
        for root in roots
        for hour in hours
        if own[root].get(hour, 0) > 0
    }


def _grown(own: Hours, stream: Hours, begun: int, hour: int) -> Growth:
    """How a narrative grew in an hour, from its counts, those of the stream, and its first hour."""

    def rest(at: int) -> int:
        return stream.get(at, 0) - own.get(at, 0)

    past = range(max(begun, hour - PAST_HOURS), hour)
    return growth([own.get(at, 0) for at in past], own[hour], [rest(at) for at in past], rest(hour))


def _counts_of(
    connection: Connection, ids: Collection[str], first: int, last: int
) -> dict[str, dict[int, int]]:
    rows = connection.execute(
        _of(ids, _HOUR, func.count()).where(_between(first, last)).group_by(_ROOT, _HOUR)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for name, hour, count in rows:
        found[name][hour] = count
    return found


def _begun(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """The hour in which each narrative began."""
    rows = connection.execute(_of(ids, func.min(_HOUR)).group_by(_ROOT))
    return dict(rows.all())


def _of(ids: Collection[str], *what: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """The publications of these ids; those of older code, without a time, left out."""
    named = publications.c.narrative_id
    return (
        select(_ROOT, *what)
        .select_from(publications)
        .join(forwards, forwards.c.narrative_id == named, isouter=True)
        .where(named.in_(ids), publications.c.written_at.is_not(None))
    )


def _between(first: int, last: int) -> ColumnElement[bool]:
    return publications.c.written_at.between(first * HOUR_MS, (last + 1) * HOUR_MS - 1)


def _keep(ledger: Ledger, found: Mapping[tuple[str, int], Growth], now: int) -> list[Alert]:
    """Add the rows that are not there yet, each with its entry in the log."""
    with ledger.write() as connection:
        if connection.dialect.name == "postgresql":
            # Two that look at once must not both add a row.
            connection.exec_driver_sql("LOCK TABLE alerts IN SHARE ROW EXCLUSIVE MODE")
        rows = connection.execute(
            select(alerts.c.narrative_id, alerts.c.hour).where(
                alerts.c.hour >= min(hour for _, hour in found)
            )
        )
        held = {(root, hour) for root, hour in rows}
        new = {key: one for key, one in sorted(found.items()) if key not in held}
        for (root, hour), one in new.items():
            body = asdict(one)
            connection.execute(
                insert(alerts).values(
                    narrative_id=root, hour=hour, body=orjson.dumps(body).decode(), at=now
                )
            )
            append(connection, PROGRAM, "alert.raised", f"narrative/{root}", {"hour": hour, **body})
    return [Alert(root, hour, one, now, None) for (root, hour), one in new.items()]
