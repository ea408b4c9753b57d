"""What people decide about items, each with a digest of what they saw and an entry in the log."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from tasks.harm import harms_in
from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import decisions, queue
from workers.ledger.queues import queue_row
from workers.ledger.schema import publications
from workers.mendable import Mendable

DecisionKind = Literal["handled", "dismissed", "moved", "claim_confirmed", "claim_rejected"]
"""handled: the desk has acted. dismissed: there is nothing to do. moved: another desk acts.
claim_confirmed, claim_rejected: whether the item makes a claim of a fact-check."""
DECISION_KINDS: Final[tuple[DecisionKind, ...]] = get_args(DecisionKind)
_STAYS: Final = frozenset({"claim_confirmed", "claim_rejected"})
"""Decisions after which the item still waits."""


class Overtaken(Mendable):
    """The item is not what the person saw, or somebody else has decided; nothing was done."""


class Refused(Mendable):
    """This may not be decided so; nothing was done."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, as it is recorded."""

    id: int
    seq: int
    ref: str
    desk: Desk
    kind: DecisionKind
    staff: str
    at_ms: int
    evidence: str
    """SHA-256 of what was seen, in hex."""
    detail: Mapping[str, Any]
    undone_at_ms: int | None


def digest(body: str) -> str:
    """SHA-256 of a publication as it is stored: of all that a person is shown of an item."""
    return hashlib.sha256(body.encode()).hexdigest()


def decide(
    ledger: Ledger,
    seq: int,
    kind: DecisionKind,
    staff: str,
    seen: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Record what a member of staff decides about an item that waits; returns the decision's id.

    `seen` is the `digest` of what they were shown. `moved` needs `detail["to"]`, a desk; the
    decisions about claims need `detail["claim_id"]`. Raises Overtaken, Refused, LedgerAway.
    """
    detail = detail if detail is not None else {}
    now = now_ms()
    with ledger.write() as connection:
        row = waiting_row(connection, seq)
        publication = seen_publication(row.body, seen)
        _allowed(publication, row.desk, kind, detail)
        if kind == "moved":
            connection.execute(update(queue).where(queue.c.seq == seq).values(desk=detail["to"]))
        elif kind not in _STAYS:
            connection.execute(delete(queue).where(queue.c.seq == seq))
        made = written(connection, row, kind, staff, seen, detail, now)
        append(
            connection,
            staff,
            f"decision.{kind}",
            publication.ref,
            {"decision": made, "desk": row.desk, "seen": seen, **_named(detail)},
        )
        return made


def written(
    connection: Connection,
    row: Any,
    kind: DecisionKind,
    staff: str,
    seen: str,
    detail: Mapping[str, Any],
    now: int,
) -> int:
    """Write a decision about what `waiting_row` found; returns its id."""
    made: int = connection.execute(
        insert(decisions)
        .values(
            seq=row.seq,
            desk=row.desk,
            kind=kind,
            staff=staff,
            at=now,
            waited_ms=now - row.since,
            evidence=bytes.fromhex(seen),
            detail=orjson.dumps(detail).decode(),
        )
        .returning(decisions.c.id)
    ).scalar_one()
    return made


def undo(ledger: Ledger, decision: int, staff: str) -> int:
    """Take back one's own last decision about an item; returns the item's number.

    Raises Overtaken if something was decided about it since, Refused if it was another's.
    """
    now = now_ms()
    with ledger.write() as connection:
        row = connection.execute(select(decisions).where(decisions.c.id == decision)).first()
        if row is None or row.staff != staff:
            raise Refused("this is no decision of yours")
        if "judgements" in orjson.loads(row.detail):
            raise Refused("two reviewers decided this together: appeal against it instead")
        last = connection.scalar(
            select(decisions.c.id)
            .where(decisions.c.seq == row.seq, decisions.c.undone_at.is_(None))
            .order_by(decisions.c.id.desc())
            .limit(1)
        )
        if last != decision:
            raise Overtaken("something was decided about this item since")
        body = connection.scalar(select(publications.c.body).where(publications.c.seq == row.seq))
        if body is None:
            raise Overtaken("this item was erased since")
        publication = Publication.model_validate_json(body)
        take_back(connection, row, publication, now)
        append(connection, staff, "decision.undone", publication.ref, {"decision": decision})
        return int(row.seq)


def take_back(connection: Connection, row: Any, publication: Publication, now: int) -> None:
    """Let an item wait again where it waited before the decision in `row`, since when it did."""
    connection.execute(update(decisions).where(decisions.c.id == row.id).values(undone_at=now))
    connection.execute(delete(queue).where(queue.c.seq == row.seq))
    connection.execute(
        insert(queue).values(queue_row(row.seq, publication, row.desk, row.at - row.waited_ms))
    )


def decisions_of(ledger: Ledger, seq: int) -> list[Decided]:
    """Every decision about an item, the first one first; undone ones too."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(decisions, publications.c.body)
            .join(publications, publications.c.seq == decisions.c.seq, isouter=True)
            .where(decisions.c.seq == seq)
            .order_by(decisions.c.id)
        ).all()
    return [
        Decided(
            id=row.id,
            seq=row.seq,
            ref="" if row.body is None else Publication.model_validate_json(row.body).ref,
            desk=row.desk,
            kind=row.kind,
            staff=row.staff,
            at_ms=row.at,
            evidence=row.evidence.hex(),
            detail=orjson.loads(row.detail),
            undone_at_ms=row.undone_at,
        )
        for row in rows
    ]


def waiting_row(connection: Connection, seq: int) -> Any:
    """Number, desk, since when, and stored publication of an item that waits; held until the end
    of the transaction. Raises Overtaken if it waits no more."""
    query = (
        select(queue.c.seq, queue.c.desk, queue.c.since, publications.c.body)
        .join(publications, publications.c.seq == queue.c.seq)
        .where(queue.c.seq == seq)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(of=queue)
    row = connection.execute(query).first()
    if row is None:
        raise Overtaken("this item does not wait any more: somebody has decided")
    return row


def seen_publication(body: str, seen: str) -> Publication:
    """The publication, if it is what the person saw. Raises Overtaken."""
    if digest(body) != seen:
        raise Overtaken("this item has changed since you saw it: look at it again")
    return Publication.model_validate_json(body)


def _allowed(
    publication: Publication, desk: Desk, kind: DecisionKind, detail: Mapping[str, Any]
) -> None:
    if kind == "moved" and detail.get("to") in (None, desk, "none"):
        raise Refused("to: name another desk")
    if kind in _STAYS and not detail.get("claim_id"):
        raise Refused("claim_id: name the fact-check")
    if desk == "review" and kind in ("handled", "dismissed", "moved") and harms_in(publication):
        raise Refused("a danger to people is for two reviewers to judge, each alone")


def _named(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of a decision's detail: names, never a sentence that somebody wrote."""
    return {name: value for name, value in detail.items() if name in ("to", "claim_id")}
