"""An item as it was published, wherever it is by now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from tasks.models import Publication
from tasks.words import Desk, State
from workers.ledger.database import Ledger, now_ms
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import decisions, queue
from workers.ledger.reach import copies_of, reaches
from workers.ledger.schema import forwards, items, publications


@dataclass(frozen=True, slots=True)
class Published:
    """One item, and what became of it."""

    seq: int
    released_ms: int
    waits_at: Desk | None
    """None: it waits at no desk."""
    since_ms: int | None
    """Since when it waits."""
    narrative_id: str
    """The one that it is part of by now."""
    reach: int
    growth: int
    """As in `Waiting`."""
    copies: int
    publication: Publication
    body: str
    """The publication as it is stored: what a person sees, and what evidence is made of."""

    @property
    def seen(self) -> str:
        """The digest of what a person is shown of it."""
        return digest(self.body)


def published(ledger: Ledger, source: str, name: str) -> Published | None:
    """The item `source/name`; None if there is none that was published."""
    with ledger.read() as connection:
        seq = connection.scalar(
            select(items.c.seq).where(items.c.source == source, items.c.id == name)
        )
        return None if seq is None else next(iter(_whole(connection, [seq])), None)


def published_as(ledger: Ledger, seq: int) -> Published | None:
    """The item with this number."""
    with ledger.read() as connection:
        return next(iter(_whole(connection, [seq])), None)


def left_alone(
    ledger: Ledger, state: State | None = None, limit: int = 50, offset: int = 0
) -> list[Published]:
    """What no desk has to act on, the newest first: no copies, and nothing that a person moved."""
    body = publications.c.body
    with ledger.read() as connection:
        moved = select(decisions.c.seq).where(
            decisions.c.seq == publications.c.seq,
            decisions.c.desk == "none",
            decisions.c.undone_at.is_(None),
        )
        query = (
            select(publications.c.seq)
            .where(publications.c.desk == "none", publications.c.copy_of.is_(None))
            .where(~moved.exists())
            .order_by(publications.c.released_at.desc(), publications.c.seq.desc())
            .limit(limit)
            .offset(offset)
        )
        if state is not None:
            # As it is written: pydantic puts no space after a colon, and quotes stand escaped
            # within texts, so this is found nowhere else.
            query = query.where(body.contains(f'"state":"{state}"', autoescape=True))
        return _whole(connection, list(connection.scalars(query)))


def _whole(connection: Connection, seqs: list[int]) -> list[Published]:
    """The items of these numbers, in this order."""
    here = select(publications.c.narrative_id).where(publications.c.seq.in_(seqs))
    counts = reaches(here, now_ms())
    root = func.coalesce(forwards.c.leads_to, publications.c.narrative_id)
    rows = connection.execute(
        select(
            publications.c.seq,
            publications.c.released_at,
            publications.c.body,
            queue.c.desk.label("waits_at"),
            queue.c.since,
            root.label("root"),
            counts.c.reach,
            counts.c.growth,
        )
        .join(queue, queue.c.seq == publications.c.seq, isouter=True)
        .join(forwards, forwards.c.narrative_id == publications.c.narrative_id, isouter=True)
        .join(counts, counts.c.root == root, isouter=True)
        .where(publications.c.seq.in_(seqs))
    ).all()
    return _in_order(connection, seqs, rows)


def _in_order(connection: Connection, seqs: list[int], rows: Iterable[Any]) -> list[Published]:
    read = {row.seq: (row, Publication.model_validate_json(row.body)) for row in rows}
    copies = copies_of(connection, [said.ref for _, said in read.values()])
    return [
        Published(
            seq=seq,
            released_ms=row.released_at,
            waits_at=row.waits_at,
            since_ms=row.since,
            narrative_id=row.root if row.root is not None else said.narrative_id,
            reach=int(row.reach or 1),  # older code left no narrative to count by
            growth=int(row.growth or 0),
            copies=copies.get(said.ref, 0),
            publication=said,
            body=row.body,
        )
        for seq in seqs
        if seq in read
        for row, said in (read[seq],)
    ]
