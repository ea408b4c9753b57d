"""Referrals: opened by two reviewers who agree, signed by a legal officer, or given up.

open ──sign──> signed ──appeal──> reversed
  ├───decline──> declined
  ├───appeal───> reversed
  └───the law or the item changes──> reopened: the item waits again, and is judged anew
"""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from tasks.factors import RabatFactors
from tasks.harm import harms_in
from tasks.models import Publication
from tasks.packet import Packet, Told
from tasks.referral import Decision, Referral, SignOff, StaffId
from tasks.thresholds import InForce
from workers.ledger.audit import PROGRAM, append
from workers.ledger.cases import agreed, case, cases_query
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import (
    Overtaken,
    Refused,
    digest,
    seen_publication,
    take_back,
)
from workers.ledger.desk_tables import decisions, referrals
from workers.ledger.judgements import Judgement, took_part, void
from workers.ledger.narratives import profile
from workers.ledger.staff import Staff


def renew(ledger: Ledger, law: InForce) -> list[int]:
    """Reopen each open referral that was judged under other law or of another text.

    Its item waits at the review desk again, where two judge it anew. Returns their ids.
    """
    now = now_ms()
    with ledger.read() as connection:
        if not _outdated(connection, law):
            return []
    with ledger.write() as connection:
        found = _outdated(connection, law)
        for row, why in found:
            _reopen(connection, row, law, why, now)
    return [row.id for row, _ in found]


def sign(ledger: Ledger, referral: int, staff: Staff, seen: str, law: InForce) -> Packet:
    """Sign an open referral as a legal officer who had no part in it; returns the packet.

    Raises Refused for whoever may not sign and for what may not leave the house, Overtaken where
    the referral is not open any more, the item changed, or the law; LedgerAway.
    """
    renew(ledger, law)
    told = _told(ledger, referral)
    now = now_ms()
    with ledger.write() as connection:
        row, publication = _open(connection, referral, staff, seen)
        packet = _packet(connection, row, publication, staff, seen, (told, law, now))
        written = orjson.dumps(packet.as_json(), option=orjson.OPT_SORT_KEYS).decode()
        connection.execute(
            update(referrals)
            .where(referrals.c.id == referral)
            .values(state="signed", packet=written, signed_by=staff.id, signed_at=now)
        )
        detail = {"referral": referral, "packet": digest(written), "thresholds": law.version}
        append(connection, staff.id, "referral.signed", publication.ref, detail)
    return packet


def decline(ledger: Ledger, referral: int, staff: Staff, seen: str) -> None:
    """Do not refer, as a legal officer who had no part in it. Raises as `sign`."""
    with ledger.write() as connection:
        _, publication = _open(connection, referral, staff, seen)
        connection.execute(
            update(referrals).where(referrals.c.id == referral).values(state="declined")
        )
        append(connection, staff.id, "referral.declined", publication.ref, {"referral": referral})


def export(ledger: Ledger, referral: int, staff: Staff) -> dict[str, Any]:
    """The packet of a signed referral, to be handed over; who took it is in the audit log.

    Raises Refused if it is not signed, or void.
    """
    with ledger.write() as connection:
        row = connection.execute(cases_query().where(referrals.c.id == referral)).first()
        if row is None or row.state != "signed" or row.packet is None:
            raise Refused("only a signed referral that is not reversed is handed over")
        packet: dict[str, Any] = orjson.loads(row.packet)
        detail = {"referral": referral, "packet": digest(row.packet)}
        append(connection, staff.id, "referral.exported", packet["item"]["ref"], detail)
    return packet


def _packet(
    connection: Connection,
    row: Any,
    publication: Publication,
    staff: Staff,
    seen: str,
    rest: tuple[Told, InForce, int],
) -> Packet:
    told, law, now = rest
    found = harms_in(publication)
    if not found:
        raise Refused("this is no harm to people, or protected speech: it is not referred")
    try:
        first, second = map(_decided, agreed(connection, row.decision))
        signed = SignOff(StaffId(staff.id), "role/legal", _time(now))
        return Packet(Referral(found[0], (first, second), signed), publication, seen, told, law)
    except ValueError as error:
        raise Refused(str(error)) from None


def _open(
    connection: Connection, referral: int, staff: Staff, seen: str
) -> tuple[Any, Publication]:
    """An open referral as this officer saw it, held until the end of the transaction."""
    query = cases_query().where(referrals.c.id == referral)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(of=referrals)
    row = connection.execute(query).first()
    if row is None or row.state != "open" or row.body is None:
        raise Overtaken("this referral is not open any more: look at it again")
    if "legal" not in staff.roles:
        raise Refused("only a legal officer decides about a referral")
    if staff.id in took_part(connection, row.seq):
        raise Refused("you had a part in this: another legal officer must sign")
    return row, seen_publication(row.body, seen)


def _outdated(connection: Connection, law: InForce) -> list[tuple[Any, str]]:
    rows = connection.execute(cases_query().where(referrals.c.state == "open")).all()
    found = [(row, "law") for row in rows if row.thresholds != law.version]
    changed = [
        (row, "item")
        for row in rows
        if row.thresholds == law.version and (row.body is None or digest(row.body) != row.saw.hex())
    ]
    return found + changed


def _reopen(connection: Connection, row: Any, law: InForce, why: str, now: int) -> None:
    connection.execute(update(referrals).where(referrals.c.id == row.id).values(state="reopened"))
    ref = str(row.seq)
    if row.body is not None:
        publication = Publication.model_validate_json(row.body)
        ref = publication.ref
        decided = connection.execute(select(decisions).where(decisions.c.id == row.decision)).one()
        take_back(connection, decided, publication)
    void(connection, row.seq, ref, why, now)
    detail = {"referral": row.id, "why": why, "from": row.thresholds, "to": law.version}
    append(connection, PROGRAM, "referral.reopened", ref, detail)


def _decided(one: Judgement) -> Decision:
    factors = RabatFactors(**{str(factor): text for factor, text in one.said.items()})
    return Decision(StaffId(one.staff), one.refer, factors, _time(one.at_ms), one.seen)


def _told(ledger: Ledger, referral: int) -> Told:
    found = case(ledger, referral)
    if found is None or found.publication is None:
        raise Overtaken("this referral is not open any more: look at it again")
    whole = profile(ledger, found.publication.narrative_id)
    if whole is None:
        raise Overtaken("this item was erased since")
    one = whole.summary
    return Told(
        narrative_id=one.narrative_id,
        items=one.items,
        copies=one.copies,
        accounts=one.accounts,
        first=_time(one.first_ms),
        last=_time(one.last_ms),
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
