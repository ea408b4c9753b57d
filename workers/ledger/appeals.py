"""Appeals: anybody at the desks may file one; who had no part in the matter decides it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tasks.factors import is_personal, plain, tidy
from tasks.models import Publication
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import Overtaken, Refused, take_back
from workers.ledger.desk_tables import appeals, decisions, referrals
from workers.ledger.judgements import took_part, void
from workers.ledger.schema import publications
from workers.ledger.staff import Staff

LONGEST = 2000
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against a decision, or against a referral."""

    id: int
    seq: int
    ref: str
    """Empty once the item is erased."""
    decision: int | None
    referral: int | None
    reason: str
    opened_by: str
    opened_ms: int
    reversed: bool | None
    """None: not decided yet."""
    answer: str
    decided_by: str | None
    decided_ms: int | None


def appeal_decision(ledger: Ledger, decision: int, staff: Staff, reason: str) -> int:
    """Appeal against a decision in force; returns the appeal's id.

    Raises Refused for a reason that says too little or names people, and for a decision by which
    a referral was opened: that is what is appealed then. Raises Overtaken, LedgerAway.
    """
    with ledger.write() as connection:
        row = _last_decision(connection, decision)
        opened = select(referrals.c.id).where(referrals.c.decision == decision)
        if connection.scalar(opened) is not None:
            raise Refused("a referral was opened by this: appeal against the referral")
        return _file(connection, row.seq, staff, reason, {"decision": decision})


def appeal_referral(ledger: Ledger, referral: int, staff: Staff, reason: str) -> int:
    """Appeal against a referral that is open or signed; otherwise as `appeal_decision`."""
    with ledger.write() as connection:
        row = _referral(connection, referral)
        return _file(connection, row.seq, staff, reason, {"referral": referral})


def answer_appeal(ledger: Ledger, appeal: int, staff: Staff, reverse: bool, answer: str) -> None:
    """Decide an appeal, as an admin or legal officer who had no part in the matter.

    A decision that is reversed is taken back and its item waits again, to be judged anew; a
    referral that is reversed is void for good. Raises Refused, Overtaken, LedgerAway.
    """
    said, now = _said("answer", answer), now_ms()
    with ledger.write() as connection:
        row = _open(connection, appeal, staff)
        body = connection.scalar(select(publications.c.body).where(publications.c.seq == row.seq))
        publication = None if body is None else Publication.model_validate_json(body)
        ref = str(row.seq) if publication is None else publication.ref
        if reverse and row.referral is not None:
            _referral(connection, row.referral)
            connection.execute(
                update(referrals).where(referrals.c.id == row.referral).values(state="reversed")
            )
        elif reverse:
            if publication is None:
                raise Overtaken("this item was erased since")
            take_back(connection, _last_decision(connection, row.decision), publication)
            void(connection, row.seq, ref, "appeal", now)
        connection.execute(
            update(appeals)
            .where(appeals.c.id == appeal)
            .values(reversed=reverse, answer=said, decided_by=staff.id, decided_at=now)
        )
        kind = "appeal.reversed" if reverse else "appeal.upheld"
        append(connection, staff.id, kind, ref, {"appeal": appeal, **_of(row)})


def appeals_filed(ledger: Ledger, appeal: int | None = None) -> list[Appeal]:
    """Every appeal, the undecided first, then the newest; or the one of this number."""
    query = (
        select(appeals, publications.c.body)
        .join(publications, publications.c.seq == appeals.c.seq, isouter=True)
        .order_by(appeals.c.decided_at.is_not(None), appeals.c.id.desc())
    )
    if appeal is not None:
        query = query.where(appeals.c.id == appeal)
    with ledger.read() as connection:
        return [_appeal(row) for row in connection.execute(query.limit(200))]


def _file(connection: Connection, seq: int, staff: Staff, reason: str, of: dict[str, int]) -> int:
    said = _said("reason", reason)
    (column, value), *_ = of.items()
    twice = select(appeals.c.id).where(appeals.c[column] == value, appeals.c.decided_at.is_(None))
    if connection.scalar(twice) is not None:
        raise Refused("an appeal against this waits already")
    made: int = connection.execute(
        insert(appeals)
        .values(seq=seq, reason=said, opened_by=staff.id, opened_at=now_ms(), **of)
        .returning(appeals.c.id)
    ).scalar_one()
    body = connection.scalar(select(publications.c.body).where(publications.c.seq == seq))
    ref = str(seq) if body is None else Publication.model_validate_json(body).ref
    append(connection, staff.id, "appeal.filed", ref, {"appeal": made, **of})
    return made


def _said(name: str, text: str) -> str:
    said = tidy(text)
    if len(plain(said).split()) < _LEAST or len(said) > LONGEST:
        raise Refused(f"{name}: say why in a sentence, in {LONGEST} characters or fewer")
    if is_personal(said):
        raise Refused(f"{name}: leave out accounts, numbers, and addresses of people")
    return said


def _open(connection: Connection, appeal: int, staff: Staff) -> Any:
    query = select(appeals).where(appeals.c.id == appeal)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    row = connection.execute(query).first()
    if row is None or row.decided_at is not None:
        raise Overtaken("this appeal was decided already")
    if not {"admin", "legal"} & staff.roles:
        raise Refused("an admin or a legal officer decides an appeal")
    if staff.id in took_part(connection, row.seq) | {row.opened_by}:
        raise Refused("you had a part in this: somebody else must decide the appeal")
    return row


def _last_decision(connection: Connection, decision: int) -> Any:
    """A decision in force, if none was made about the item since."""
    row = connection.execute(select(decisions).where(decisions.c.id == decision)).first()
    if row is None or row.undone_at is not None:
        raise Overtaken("this decision was taken back already")
    later = select(decisions.c.id).where(
        decisions.c.seq == row.seq, decisions.c.id > decision, decisions.c.undone_at.is_(None)
    )
    if connection.scalar(later.limit(1)) is not None:
        raise Overtaken("something was decided about this item since: appeal against that")
    return row


def _referral(connection: Connection, referral: int) -> Any:
    query = select(referrals).where(referrals.c.id == referral)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    row = connection.execute(query).first()
    if row is None or row.state not in ("open", "signed"):
        raise Overtaken("this referral is not in force any more")
    return row


def _of(row: Any) -> dict[str, int]:
    if row.decision is not None:
        return {"decision": row.decision}
    return {"referral": row.referral}


def _appeal(row: Any) -> Appeal:
    body = row.body
    return Appeal(
        id=row.id,
        seq=row.seq,
        ref="" if body is None else Publication.model_validate_json(body).ref,
        decision=row.decision,
        referral=row.referral,
        reason=row.reason,
        opened_by=row.opened_by,
        opened_ms=row.opened_at,
        reversed=row.reversed,
        answer=row.answer or "",
        decided_by=row.decided_by,
        decided_ms=row.decided_at,
    )
