"""What waits at the desks that follow up - amplify, answer, service, oversight - in whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from tasks.complaints import Complaint, subject
from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.audit import append
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import queue
from workers.ledger.schema import publications


@dataclass(frozen=True, slots=True)
class Open:
    """An item that waits at a desk; times in ms."""

    seq: int
    since_ms: int
    written_ms: int
    publication: Publication


def newest_waiting(ledger: Ledger, desk: Desk, limit: int) -> list[Open]:
    """The items that wait at a desk, the latest written first."""
    query = (
        select(queue.c.seq, queue.c.since, queue.c.written_at, publications.c.body)
        .join(publications, publications.c.seq == queue.c.seq)
        .where(queue.c.desk == desk)
        .order_by(queue.c.written_at.desc(), queue.c.seq)
        .limit(limit)
    )
    with ledger.read() as connection:
        return [
            Open(row.seq, row.since, row.written_at, Publication.model_validate_json(row.body))
            for row in connection.execute(query)
        ]


def complaints(ledger: Ledger, limit: int) -> list[Complaint]:
    """The complaints that wait, the latest written first, each with its subject."""
    query = (
        select(queue.c.seq, queue.c.places, queue.c.written_at, queue.c.since, publications.c.body)
        .join(publications, publications.c.seq == queue.c.seq)
        .where(queue.c.desk == "service")
        .order_by(queue.c.written_at.desc(), queue.c.seq)
        .limit(limit)
    )
    with ledger.read() as connection:
        rows = connection.execute(query).all()
    # The bodies are ours and were validated when they were written: only texts are read here.
    texts = [str(orjson.loads(row.body)["text"]) for row in rows]
    return [
        Complaint(
            row.seq, text, tuple(row.places.split()), subject(text), row.written_at, row.since
        )
        for row, text in zip(rows, texts, strict=True)
    ]


def publications_of(ledger: Ledger, seqs: Collection[int]) -> dict[int, Publication]:
    """The publications of these items, by number."""
    query = select(publications.c.seq, publications.c.body).where(publications.c.seq.in_(seqs))
    with ledger.read() as connection:
        return {
            row.seq: Publication.model_validate_json(row.body) for row in connection.execute(query)
        }


def record_export(
    ledger: Ledger, staff: str, desk: Desk, count: int, filters: Mapping[str, str]
) -> None:
    """Say in the audit log that a member of staff took so many items of a desk out."""
    with ledger.write() as connection:
        append(connection, staff, f"export.{desk}", desk, {"count": count, **filters})
