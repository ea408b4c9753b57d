"""How a narrative is worded, hour by hour and platform by platform, and where its items wait."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, literal, select

from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import queue
from workers.ledger.narratives import WRITTEN, members
from workers.ledger.queues import HOUR_MS
from workers.ledger.schema import forwards, publications


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the text: the item that said it first, and how many copied it."""

    number: int
    """1, 2, 3 ... in order of appearance."""
    said: Publication
    first_ms: int
    copies: int


@dataclass(frozen=True, slots=True)
class Came:
    """How many items of a narrative were written in an hour, on a platform."""

    hour: int
    """Hours since 1970."""
    platform: str
    """"" for items that came without."""
    items: int


def count_wordings(ledger: Ledger, root: str) -> int:
    """How many versions the narrative has; `root` is an id that leads nowhere, here and below."""
    with ledger.read() as connection:
        query = select(func.count()).where(members(root), publications.c.copy_of.is_(None))
        return connection.scalar(query) or 0


def wordings(ledger: Ledger, root: str, limit: int, offset: int = 0) -> list[Wording]:
    """The versions in order of appearance."""
    first = (
        select(publications.c.seq)
        .where(members(root), publications.c.copy_of.is_(None))
        .order_by(WRITTEN, publications.c.seq)
        .limit(limit)
        .offset(offset)
    )
    with ledger.read() as connection:
        seqs = list(connection.scalars(first))
        rows = connection.execute(
            select(publications.c.body, WRITTEN)
            .where(publications.c.seq.in_(seqs))
            .order_by(WRITTEN, publications.c.seq)
        ).all()
        said = [Publication.model_validate_json(body) for body, _ in rows]
        copies: dict[str | None, int] = dict(
            connection.execute(
                select(publications.c.copy_of, func.count())
                .where(members(root), publications.c.copy_of.in_({one.ref for one in said}))
                .group_by(publications.c.copy_of)
            ).all()
        )
    return [
        Wording(number, one, written, copies.get(one.ref, 0))
        for number, (one, (_, written)) in enumerate(zip(said, rows, strict=True), offset + 1)
    ]


def headlines(ledger: Ledger, roots: Collection[str]) -> dict[str, Publication]:
    """What each of these narratives said first; one of which nothing is held is not there."""
    found = {}
    with ledger.read() as connection:
        for root in roots:
            body = connection.scalar(
                select(publications.c.body)
                .where(publications.c.narrative_id == root, publications.c.copy_of.is_(None))
                .order_by(publications.c.written_at, publications.c.seq)
                .limit(1)
            )
            if body is not None:
                found[root] = Publication.model_validate_json(body)
    return found


def by_hour(ledger: Ledger, roots: Collection[str], since_ms: int = 0) -> dict[str, list[Came]]:
    """What came in each hour since then, of each narrative; hours without any are not there."""
    hour = WRITTEN // literal(HOUR_MS, literal_execute=True)
    platform = func.coalesce(publications.c.platform, literal("", literal_execute=True))
    found: dict[str, list[Came]] = {root: [] for root in roots}
    with ledger.read() as connection:
        for root, came in found.items():
            rows = connection.execute(
                select(hour, platform, func.count())
                .where(members(root), since_ms <= WRITTEN)
                .group_by(hour, platform)
                .order_by(hour, platform)
            )
            came += [Came(*row) for row in rows]
    return found


def waiting_at(ledger: Ledger, root: str) -> dict[Desk, int]:
    """How many of its items wait at each desk; a desk with none is not there."""
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to == root)
    here = queue.c.narrative_id
    with ledger.read() as connection:
        rows = connection.execute(
            select(queue.c.desk, func.count())
            .where((here == root) | here.in_(older))
            .group_by(queue.c.desk)
            .order_by(queue.c.desk)
        )
        return dict(rows.all())
