"""Judgements of dangers, as they are kept.

Until a review is closed nothing here tells anybody what, or who, has judged but how many. A
judgement holds for what was seen and for the law in force then: if either changes, it is void.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, select, update

from tasks.factors import Factor
from tasks.thresholds import InForce
from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import appeals, decisions, judgements, referrals
from workers.ledger.schema import publications


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one reviewer judged."""

    id: int
    staff: str
    refer: bool
    said: Mapping[Factor, str]
    """Of each factor; nothing once the item is erased."""
    at_ms: int
    seen: str
    """SHA-256 of what they saw, in hex."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review of an item is, and nothing of who judged, or what."""

    judged: int
    needed: int


def progress(
    ledger: Ledger, seqs: Collection[int], law: InForce | None = None
) -> dict[int, Progress]:
    """How far the review of each item is; those that nobody has judged are not there.

    What was judged of another text, or with `law` under another version of it, does not count.
    """
    wanted: list[ColumnElement[bool]] = [
        judgements.c.seq.in_(seqs),
        judgements.c.void_at.is_(None),
    ]
    if law is not None:
        wanted.append(judgements.c.thresholds == law.version)
    query = (
        select(judgements.c.seq, judgements.c.refer, judgements.c.evidence, publications.c.body)
        .join(publications, publications.c.seq == judgements.c.seq)
        .where(*wanted)
        .order_by(judgements.c.id)
    )
    refers: dict[int, list[bool]] = {}
    with ledger.read() as connection:
        for row in connection.execute(query):
            if row.evidence.hex() == digest(row.body):
                refers.setdefault(row.seq, []).append(row.refer)
    return {
        seq: Progress(len(found), 3 if len(found) > 1 and found[0] != found[1] else 2)
        for seq, found in refers.items()
    }


def own_judgement(
    ledger: Ledger, seq: int, staff: str, seen: str, law: InForce
) -> Judgement | None:
    """What this person has judged of the item as it is, and nobody else's."""
    with ledger.read() as connection:
        for one in judgements_in_force(connection, seq, law.version):
            if one.staff == staff and one.seen == seen:
                return one
    return None


def judgements_in_force(
    connection: Connection, seq: int, version: str | None = None
) -> list[Judgement]:
    """Every judgement of an item that is not void, the first one first."""
    wanted = [judgements.c.seq == seq, judgements.c.void_at.is_(None)]
    if version is not None:
        wanted.append(judgements.c.thresholds == version)
    return _read(connection, wanted)


def judgements_of(connection: Connection, ids: Collection[int]) -> list[Judgement]:
    """The judgements of these numbers, the first one first; void ones too."""
    return _read(connection, [judgements.c.id.in_(ids)])


def void(connection: Connection, seq: int, ref: str, why: str, now: int) -> None:
    """Let an item be judged anew. `why` is a word for the log."""
    void_some(connection, [one.id for one in judgements_in_force(connection, seq)], ref, why, now)


def void_stale(
    connection: Connection, seq: int, ref: str, seen: str, version: str, now: int
) -> None:
    """The same for what was judged of another text, or under another version of the law."""
    rows = connection.execute(
        select(judgements.c.id, judgements.c.evidence, judgements.c.thresholds).where(
            judgements.c.seq == seq, judgements.c.void_at.is_(None)
        )
    ).all()
    changed = [row.id for row in rows if row.evidence.hex() != seen]
    void_some(connection, changed, ref, "item", now)
    older = [row.id for row in rows if row.id not in changed and row.thresholds != version]
    void_some(connection, older, ref, "law", now)


def took_part(connection: Connection, seq: int) -> set[str]:
    """Everybody who ever judged the item or decided about it, also if that was taken back."""
    found: set[str] = set()
    for table, column in ((judgements, "staff"), (decisions, "staff"), (appeals, "decided_by")):
        found.update(connection.scalars(select(table.c[column]).where(table.c.seq == seq)))
    found.update(connection.scalars(select(referrals.c.signed_by).where(referrals.c.seq == seq)))
    return found - {None}


def void_some(connection: Connection, ids: Sequence[int], ref: str, why: str, now: int) -> None:
    """The same for these judgements alone."""
    if not ids:
        return
    connection.execute(update(judgements).where(judgements.c.id.in_(ids)).values(void_at=now))
    append(connection, PROGRAM, "judgement.void", ref, {"judgements": list(ids), "why": why})


def _read(connection: Connection, wanted: Sequence[Any]) -> list[Judgement]:
    rows = connection.execute(select(judgements).where(*wanted).order_by(judgements.c.id))
    return [
        Judgement(
            id=row.id,
            staff=row.staff,
            refer=row.refer,
            said=orjson.loads(row.factors),
            at_ms=row.at,
            seen=row.evidence.hex(),
        )
        for row in rows
    ]
