"""Clarifications in the ledger: every revision is kept, and each is an entry of the audit log."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from tasks.clarification import Clarification, PublishedClarification
from tasks.factcheck import FactCheck
from tasks.referral import StaffId
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import Overtaken, Refused
from workers.ledger.desk_tables import clarifications
from workers.ledger.desk_tables import staff as members
from workers.ledger.factchecks import revisions as revisions_of_check
from workers.ledger.narratives import current
from workers.ledger.spread import Spread, of_narrative

ClarificationState = Literal["draft", "published", "withdrawn"]


@dataclass(frozen=True, slots=True)
class ClarificationRevision:
    """A clarification as it was at one time, and who made it so. A revision never changes."""

    id: str
    revision: int
    narrative_id: str | None
    claim_id: str | None
    state: ClarificationState
    body: Clarification
    staff: str
    at_ms: int
    by: str = ""
    """The name of that member of staff."""


def check_in_force(ledger: Ledger, claim_id: str) -> FactCheck | None:
    """The fact-check of this id; None if there is none, or it was withdrawn."""
    held = revisions_of_check(ledger, claim_id)
    return held[-1].check if held and held[-1].withdrawn_at is None else None


def start(
    ledger: Ledger, body: Clarification, narrative: str | None, staff: str, reached: Spread | None
) -> str:
    """Save a new draft; returns its id."""
    name = secrets.token_hex(6)
    claim = None if body.factcheck is None else body.factcheck.id
    first = ClarificationRevision(name, 1, narrative, claim, "draft", body, staff, now_ms())
    with ledger.write() as connection:
        _add(connection, first, "drafted", reached)
    return name


def revise(ledger: Ledger, seen: ClarificationRevision, body: Clarification, staff: str) -> None:
    """Save another draft after the revision that the person saw. Raises Overtaken."""
    after = replace(_after(seen, "draft", staff), body=body)
    _follow(ledger, after, "revised", None)


def publish(
    ledger: Ledger, seen: ClarificationRevision, staff: str, reached: Spread | None
) -> PublishedClarification:
    """Publish the draft that the person saw.

    Raises ValueError for what a `PublishedClarification` refuses; Refused if the fact-check is
    not in force any more as it was cited; Overtaken.
    """
    if seen.state != "draft":
        raise Overtaken("this is no draft any more")
    check = seen.body.factcheck
    if check is not None and check_in_force(ledger, check.id) != check:
        raise Refused("the fact-check was withdrawn or changed since: make a new draft of it")
    after = _after(seen, "published", staff)
    at = datetime.fromtimestamp(after.at_ms / 1000, UTC)
    made = PublishedClarification(after.body, StaffId(seen.staff), StaffId(staff), at)
    _follow(ledger, after, "published", reached)
    return made


def withdraw(ledger: Ledger, seen: ClarificationRevision, staff: str) -> None:
    """Withdraw it, whether it is a draft or published; it stays on record. Raises Overtaken."""
    if seen.state == "withdrawn":
        raise Overtaken("this is withdrawn already")
    _follow(ledger, _after(seen, "withdrawn", staff), "withdrawn", None)


def history(ledger: Ledger, name: str) -> list[ClarificationRevision]:
    """Every revision, the first one first; none of an unknown one."""
    wanted = _named(clarifications.c.id == name)
    with ledger.read() as connection:
        rows = connection.execute(wanted.order_by(clarifications.c.revision))
        return [_revision(row) for row in rows]


def last_revisions(ledger: Ledger, limit: int = 200) -> list[ClarificationRevision]:
    """The last revision of each clarification, the latest first."""
    with ledger.read() as connection:
        rows = connection.execute(
            _last().order_by(clarifications.c.at.desc(), clarifications.c.id).limit(limit)
        )
        return [_revision(row) for row in rows]


def about(ledger: Ledger, narrative: str, claims: tuple[str, ...]) -> list[ClarificationRevision]:
    """Those of a narrative, by any id of it, or of one of these fact-checks; the latest first."""
    fitting = of_narrative(clarifications.c.narrative_id, current(ledger, narrative))
    fitting |= clarifications.c.claim_id.in_(claims)
    with ledger.read() as connection:
        rows = connection.execute(_last().where(fitting).order_by(clarifications.c.at.desc()))
        return [_revision(row) for row in rows]


def _after(
    seen: ClarificationRevision, state: ClarificationState, staff: str
) -> ClarificationRevision:
    """The next revision, by that member of staff."""
    number = seen.revision + 1
    return replace(seen, revision=number, state=state, staff=staff, at_ms=now_ms())


def _follow(
    ledger: Ledger, after: ClarificationRevision, kind: str, reached: Spread | None
) -> None:
    try:
        with ledger.write() as connection:
            _add(connection, after, kind, reached)
    except IntegrityError:  # the revision is there: somebody else saved first
        raise Overtaken("somebody has changed this clarification since you saw it") from None


def _add(
    connection: Connection, one: ClarificationRevision, kind: str, reached: Spread | None
) -> None:
    body = one.body.model_dump_json()
    connection.execute(
        insert(clarifications).values(
            id=one.id,
            revision=one.revision,
            narrative_id=one.narrative_id,
            claim_id=one.claim_id,
            state=one.state,
            body=body,
            staff=one.staff,
            at=one.at_ms,
        )
    )
    detail: dict[str, Any] = {
        "revision": one.revision,
        "digest": hashlib.sha256(body.encode()).hexdigest(),
        "claim_id": one.claim_id,
        "self_interest": one.body.self_interest,
    }
    if reached is not None:
        detail |= {"reach": reached.items, "threshold": reached.threshold, "below": reached.below}
    append(connection, one.staff, f"clarification.{kind}", f"clarification/{one.id}", detail)


def _named(*conditions: ColumnElement[bool]) -> Select[tuple[Any, ...]]:
    """Revisions, each with the name of who made it."""
    by = func.coalesce(members.c.name, clarifications.c.staff).label("by")
    made = members.c.id == clarifications.c.staff
    return select(clarifications, by).join(members, made, isouter=True).where(*conditions)


def _last() -> Select[tuple[Any, ...]]:
    newest = (
        select(clarifications.c.id, func.max(clarifications.c.revision).label("revision"))
        .group_by(clarifications.c.id)
        .subquery()
    )
    return _named().join(
        newest,
        (clarifications.c.id == newest.c.id) & (clarifications.c.revision == newest.c.revision),
    )


def _revision(row: Row[Any]) -> ClarificationRevision:
    return ClarificationRevision(
        id=row.id,
        revision=row.revision,
        narrative_id=row.narrative_id,
        claim_id=row.claim_id,
        state=row.state,
        body=Clarification.model_validate_json(row.body),
        staff=row.staff,
        at_ms=row.at,
        by=row.by,
    )
