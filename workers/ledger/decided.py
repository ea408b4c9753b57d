"""What was decided: about an item, and by somebody who may want to take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import orjson
from sqlalchemy import ColumnElement, Row, Select, func, select

from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import decisions, staff
from workers.ledger.schema import publications

DecisionKind = Literal["handled", "dismissed", "moved", "claim_confirmed", "claim_rejected"]
"""handled: the desk has acted. dismissed: there is nothing to do. moved: another desk acts.
claim_confirmed, claim_rejected: whether the item makes a claim of a fact-check."""
DECISION_KINDS: Final[tuple[DecisionKind, ...]] = get_args(DecisionKind)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, as it is recorded."""

    id: int
    seq: int
    ref: str
    """Of its item; empty if that was erased."""
    desk: Desk
    kind: DecisionKind
    staff: str
    name: str
    """Of that member of staff; their id if they are gone."""
    at_ms: int
    evidence: str
    """SHA-256 of what was seen, in hex."""
    detail: Mapping[str, Any]
    undone_at_ms: int | None


def decisions_of(ledger: Ledger, seq: int) -> list[Decided]:
    """Every decision about an item, the first one first; undone ones too."""
    return _read(ledger, _decided(decisions.c.seq == seq).order_by(decisions.c.id))


def undoable(ledger: Ledger, member: str, limit: int = 5) -> list[Decided]:
    """The last decisions of a member of staff that they may still take back, the newest first."""
    later = decisions.alias()
    since = select(later.c.id).where(
        later.c.seq == decisions.c.seq, later.c.id > decisions.c.id, later.c.undone_at.is_(None)
    )
    query = _decided(
        decisions.c.staff == member, decisions.c.undone_at.is_(None), ~since.exists()
    ).where(publications.c.seq.is_not(None))
    return _read(ledger, query.order_by(decisions.c.id.desc()).limit(limit))


def decision(ledger: Ledger, number: int) -> Decided | None:
    """The decision with this id."""
    return next(iter(_read(ledger, _decided(decisions.c.id == number))), None)


def _decided(*wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            decisions,
            publications.c.body,
            func.coalesce(staff.c.name, decisions.c.staff).label("name"),
        )
        .join(publications, publications.c.seq == decisions.c.seq, isouter=True)
        .join(staff, staff.c.id == decisions.c.staff, isouter=True)
        .where(*wanted)
    )


def _read(ledger: Ledger, query: Select[Any]) -> list[Decided]:
    with ledger.read() as connection:
        return [_one(row) for row in connection.execute(query)]


def _one(row: Row[Any]) -> Decided:
    return Decided(
        id=row.id,
        seq=row.seq,
        ref="" if row.body is None else Publication.model_validate_json(row.body).ref,
        desk=row.desk,
        kind=row.kind,
        staff=row.staff,
        name=row.name,
        at_ms=row.at,
        evidence=row.evidence.hex(),
        detail=orjson.loads(row.detail),
        undone_at_ms=row.undone_at,
    )
