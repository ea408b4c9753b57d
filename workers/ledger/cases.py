"""Referrals as they are kept, to be looked at."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from sqlalchemy import Connection, Select, select

from tasks.models import Publication
from workers.ledger.database import Ledger
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import decisions, referrals
from workers.ledger.judgements import Judgement, judgements_of
from workers.ledger.schema import publications

ReferralState = Literal["open", "signed", "declined", "reopened", "reversed"]
_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Case:
    """A referral and what it rests on."""

    id: int
    seq: int
    state: ReferralState
    decision: int
    thresholds: str
    """Version of the law that it was judged under."""
    opened_ms: int
    signed_by: str | None
    signed_ms: int | None
    packet: dict[str, Any] | None
    publication: Publication | None
    """None once the item is erased."""
    seen: str
    """Digest of the publication as it is now; empty once it is erased."""


def cases(ledger: Ledger) -> list[Case]:
    """The newest referrals, those that wait for a signature first."""
    order = ((referrals.c.state != "open"), referrals.c.id.desc())
    with ledger.read() as connection:
        rows = connection.execute(cases_query().order_by(*order).limit(_LISTED)).all()
    return [_case(row) for row in rows]


def case(ledger: Ledger, referral: int) -> Case | None:
    """One referral; None if there is none of this number."""
    with ledger.read() as connection:
        row = connection.execute(cases_query().where(referrals.c.id == referral)).first()
    return None if row is None else _case(row)


def judged(ledger: Ledger, decision: int) -> list[Judgement]:
    """`agreed`, in a view of its own."""
    with ledger.read() as connection:
        return agreed(connection, decision)


def agreed(connection: Connection, decision: int) -> list[Judgement]:
    """The judgements that closed a review, by the decision that it closed with."""
    detail = connection.scalar(select(decisions.c.detail).where(decisions.c.id == decision))
    named: list[int] = orjson.loads(detail or "{}").get("judgements", ())
    return judgements_of(connection, named)


def cases_query() -> Select[Any]:
    """Referrals with what was seen of their items, and what these are now."""
    return (
        select(referrals, publications.c.body, decisions.c.evidence.label("saw"))
        .join(decisions, decisions.c.id == referrals.c.decision)
        .join(publications, publications.c.seq == referrals.c.seq, isouter=True)
    )


def _case(row: Any) -> Case:
    return Case(
        id=row.id,
        seq=row.seq,
        state=row.state,
        decision=row.decision,
        thresholds=row.thresholds,
        opened_ms=row.opened_at,
        signed_by=row.signed_by,
        signed_ms=row.signed_at,
        packet=None if row.packet is None else orjson.loads(row.packet),
        publication=None if row.body is None else Publication.model_validate_json(row.body),
        seen="" if row.body is None else digest(row.body),
    )
