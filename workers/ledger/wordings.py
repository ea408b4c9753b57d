"""How a narrative is worded, hour by hour and platform by platform, and where its items wait."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, literal, select

from tasks.bursts import Burst, burst
from tasks.models import Publication
from tasks.words import Desk
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import queue
from workers.ledger.narratives import WRITTEN, Summary, counted, members, written_since
from workers.ledger.reach import HOUR_MS
from workers.ledger.schema import forwards, items, publications


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


@dataclass(frozen=True, slots=True)
class Telling:
    """How a narrative was told: what `wordings` reads from, and the figures of its page."""

    summary: Summary
    burst: Burst | None
    came: tuple[Came, ...]
    firsts: tuple[tuple[int, int], ...]
    """Number and time of each item that is no copy, in order of appearance."""
    copies: Mapping[str, int]
    """How many copied each of them, by ref."""


def telling(ledger: Ledger, root: str) -> Telling | None:
    """The narrative of an id that leads nowhere; None if nothing is held of it.

    All its items are read once, without their texts: that is quicker than to ask for each figure.
    """
    platform = func.coalesce(publications.c.platform, "")
    with ledger.read() as connection:
        rows = connection.execute(
            select(WRITTEN, publications.c.seq, platform, publications.c.copy_of).where(
                members(root)
            )
        ).all()
        if not rows:
            return None
        accounts = connection.scalar(
            select(func.count(items.c.account.distinct()))
            .join(publications, publications.c.seq == items.c.seq)
            .where(members(root))
        )
    times = [written for written, _, _, _ in rows]
    firsts = sorted((written, seq) for written, seq, _, copied in rows if copied is None)
    came = Counter((written // HOUR_MS, platform) for written, _, platform, _ in rows)
    known = counted(accounts or 0)
    copied = len(rows) - len(firsts)
    return Telling(
        Summary(root, len(rows), copied, known, min(times), max(times)),
        burst(times),
        tuple(Came(hour, platform, count) for (hour, platform), count in sorted(came.items())),
        tuple((seq, written) for written, seq in firsts),
        Counter(copied for _, _, _, copied in rows if copied is not None),
    )


def wordings(ledger: Ledger, told: Telling, limit: int, offset: int = 0) -> list[Wording]:
    """The versions of a narrative in order of appearance."""
    some = told.firsts[offset : offset + limit]
    with ledger.read() as connection:
        bodies: dict[int, str] = dict(
            connection.execute(
                select(publications.c.seq, publications.c.body).where(
                    publications.c.seq.in_([seq for seq, _ in some])
                )
            ).all()
        )
    return [
        Wording(number, said, written, told.copies.get(said.ref, 0))
        for number, (seq, written) in enumerate(some, offset + 1)
        if seq in bodies
        for said in (Publication.model_validate_json(bodies[seq]),)
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
                .where(members(root), written_since(since_ms))
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
