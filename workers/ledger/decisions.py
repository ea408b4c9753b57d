"""What people decide about items, each with a digest of what they saw and an entry in the log."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from tasks.harm import harms_in
from tasks.masking import mask_text
from tasks.models import Publication
from tasks.words import DESKS, Desk
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decided import DECISION_KINDS, Decided, DecisionKind, decisions_of
from workers.ledger.desk_tables import decisions, queue
from workers.ledger.queues import queue_row
from workers.ledger.schema import factchecks, publications
from workers.mendable import Mendable

__all__ = [
    "DECISION_KINDS",
    "Decided",
    "DecisionKind",
    "Overtaken",
    "Refused",
    "decide",
    "decisions_of",
    "digest",
    "two_must_judge",
    "undo",
]
_STAYS: Final = frozenset({"claim_confirmed", "claim_rejected"})
"""Decisions after which the item still waits."""
MAX_NOTE: Final = 2000
"""Characters of a note beside a decision."""


class Overtaken(Mendable):
    """The item is not what the person saw, or somebody else has decided; nothing was done."""


class Refused(Mendable):
    """This may not be decided so; nothing was done."""


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
    *,
    at: Desk | None = None,
) -> int:
    """Record what a member of staff decides about an item; returns the decision's id.

    `seen` is the `digest` of what they were shown, `at` the desk where they saw it wait (None:
    wherever it waits). An item that was left alone waits at the desk "none": it can be moved.
    `moved` needs `detail["to"]`, a desk; the decisions about claims need `detail["claim_id"]`.
    Account names in `detail["note"]` are masked. Raises Overtaken, Refused, LedgerAway.
    """
    detail = _kept(detail if detail is not None else {})
    with ledger.write() as connection:
        body, place = locked(connection, seq)
        if place is None or (at is not None and place.desk != at):
            raise Overtaken("this item does not wait here any more: somebody has decided")
        publication = seen_publication(body, seen)
        _allowed(connection, publication, place.desk, kind, detail)
        if kind not in _STAYS:
            connection.execute(delete(queue).where(queue.c.seq == seq))
        if kind == "moved":
            _put(connection, seq, publication, Place(detail["to"], place.since))
        made = written(connection, Made(seq, place, kind, staff, seen, detail))
        named = {"decision": made, "desk": place.desk, "seen": seen, **_named(detail)}
        append(connection, staff, f"decision.{kind}", publication.ref, named)
        return made


class Place(NamedTuple):
    """Where an item waits, and since when."""

    desk: Desk
    since: int


class Made(NamedTuple):
    """A decision that is to be written."""

    seq: int
    place: Place
    kind: DecisionKind
    staff: str
    seen: str
    detail: Mapping[str, Any]


def written(connection: Connection, made: Made) -> int:
    """Write a decision, in the transaction of what follows from it; returns its id."""
    now = now_ms()
    number: int = connection.execute(
        insert(decisions)
        .values(
            seq=made.seq,
            desk=made.place.desk,
            kind=made.kind,
            staff=made.staff,
            at=now,
            waited_ms=now - made.place.since,
            evidence=bytes.fromhex(made.seen),
            detail=orjson.dumps(made.detail).decode(),
        )
        .returning(decisions.c.id)
    ).scalar_one()
    return number


def undo(ledger: Ledger, decision: int, staff: str) -> int:
    """Take back one's own last decision about an item; returns the item's number.

    Raises Overtaken if something was decided about it since, Refused if it was another's.
    """
    with ledger.write() as connection:
        row = connection.execute(select(decisions).where(decisions.c.id == decision)).first()
        if row is None or row.staff != staff:
            raise Refused("this is no decision of yours")
        if "judgements" in orjson.loads(row.detail):
            raise Refused("two reviewers decided this together: appeal against it instead")
        body, _ = locked(connection, row.seq)
        if _last(connection, row.seq) != decision:
            raise Overtaken("something was decided about this item since")
        publication = Publication.model_validate_json(body)
        take_back(connection, row, publication)
        append(connection, staff, "decision.undone", publication.ref, {"decision": decision})
        return int(row.seq)


def take_back(connection: Connection, row: Any, publication: Publication) -> None:
    """Undo the decision in `row`: the item waits again where, and since when, it did before."""
    connection.execute(update(decisions).where(decisions.c.id == row.id).values(undone_at=now_ms()))
    if row.kind not in _STAYS:
        connection.execute(delete(queue).where(queue.c.seq == row.seq))
        _put(connection, row.seq, publication, Place(row.desk, row.at - row.waited_ms))


def two_must_judge(publication: Publication, desk: Desk) -> bool:
    """Whether nobody decides alone about an item that waits at this desk."""
    return desk == "review" and bool(harms_in(publication))


def _put(connection: Connection, seq: int, publication: Publication, place: Place) -> None:
    """Let an item wait there; at the desk "none" nothing has a row."""
    if place.desk != "none":
        row = queue_row(seq, publication, place.desk, place.since)
        connection.execute(insert(queue).values(row))


def locked(connection: Connection, seq: int) -> tuple[str, Place | None]:
    """The publication as it is stored, and where it waits; nobody else decides meanwhile."""
    query = select(publications.c.body, publications.c.desk, publications.c.released_at)
    query = query.where(publications.c.seq == seq)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    published = connection.execute(query).first()
    if published is None:
        raise Overtaken("this item was erased since")
    here = connection.execute(select(queue.c.desk, queue.c.since).where(queue.c.seq == seq)).first()
    if here is not None:
        return published.body, Place(here.desk, here.since)
    moved = select(decisions.c.id).where(
        decisions.c.seq == seq, decisions.c.desk == "none", decisions.c.undone_at.is_(None)
    )
    if published.desk == "none" and connection.execute(moved).first() is None:
        return published.body, Place("none", published.released_at)
    return published.body, None


def _last(connection: Connection, seq: int) -> int | None:
    """The last decision about an item that is not undone."""
    in_force = decisions.c.undone_at.is_(None)
    last: int | None = connection.scalar(
        select(func.max(decisions.c.id)).where(decisions.c.seq == seq, in_force)
    )
    return last


def seen_publication(body: str, seen: str) -> Publication:
    """The publication, if it is what the person saw. Raises Overtaken."""
    if digest(body) != seen:
        raise Overtaken("this item has changed since you saw it: look at it again")
    return Publication.model_validate_json(body)


def _allowed(
    connection: Connection,
    publication: Publication,
    desk: Desk,
    kind: DecisionKind,
    detail: Mapping[str, Any],
) -> None:
    if desk == "none" and kind != "moved":
        raise Refused("no desk has this item: it can only be moved to one")
    if kind == "moved" and detail.get("to") not in {*DESKS} - {desk, "none"}:
        raise Refused("to: name another desk")
    if kind in _STAYS:
        _checked(connection, publication, detail.get("claim_id"))
    if kind not in _STAYS and two_must_judge(publication, desk):
        raise Refused("a danger to people is for two reviewers to judge, each alone")


def _checked(connection: Connection, publication: Publication, claim_id: str | None) -> None:
    """Raises Refused if that is neither a match of the item nor in the library."""
    if claim_id in {claim.claim_id for claim in publication.claims}:
        return
    known = select(factchecks.c.id).where(factchecks.c.id == claim_id)
    if claim_id is None or connection.execute(known).first() is None:
        raise Refused("claim_id: name a fact-check that is in the library")


def _kept(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What is recorded of a decision's detail. Raises Refused for a note that is too long."""
    note = detail.get("note", "")
    if len(note) > MAX_NOTE:
        raise Refused(f"note: at most {MAX_NOTE} characters")
    kept = {name: value for name in ("to", "claim_id") if (value := detail.get(name))}
    return kept | ({"note": mask_text(note)} if note.strip() else {})


def _named(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of a decision's detail: names, never a sentence that somebody wrote."""
    return {name: value for name, value in detail.items() if name in ("to", "claim_id")}
