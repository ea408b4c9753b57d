"""What a report reads of items: those of a period one by one, and the narratives that grew.

A period is when items were published to the desks, [since, until) in milliseconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, case, func, select

from tasks.policy import ACT_THRESHOLD
from tasks.words import Act, Desk, State
from workers.ledger.narratives import FEWEST
from workers.ledger.schema import forwards, items, publications

_ROWS: Final = 2000
_TIMES: Final = 20_000
"""Most items of a narrative whose times are looked at."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a report counts of one item."""

    released_ms: int
    desk: Desk
    state: State
    language: str
    acts: frozenset[Act]
    """Those that count."""
    is_copy: bool
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """A narrative of which more was published in a period than in the one before."""

    narrative_id: str
    items: int
    before: int
    copies: int
    accounts: str
    harmful: bool
    """Whether any of it lies at the review desk."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a narrative began, and when its items of a period were written."""

    text: str
    acts: frozenset[Act]
    times_ms: Sequence[int]


def told(connection: Connection, since_ms: int, until_ms: int) -> Iterator[Told]:
    """Every item of the period, as it is read: never more than some thousand in memory."""
    query = select(
        publications.c.released_at,
        publications.c.desk,
        publications.c.copy_of,
        publications.c.body,
    ).where(_released(since_ms, until_ms))
    rows = connection.execute(query.execution_options(yield_per=_ROWS))
    for released, desk, copy_of, body in rows:
        said = orjson.loads(body)
        yield Told(
            released_ms=released,
            desk=desk,
            state=said["state"],
            language=said["language"],
            acts=counted_acts(said),
            is_copy=copy_of is not None,
            versions=tuple(said["versions"].items()),
        )


def counted_acts(body: dict[str, Any]) -> frozenset[Act]:
    """The acts of a publication's JSON that are probable enough to count."""
    return frozenset(one["act"] for one in body["acts"] if one["probability"] >= ACT_THRESHOLD)


def grown(
    connection: Connection, before_ms: int, since_ms: int, until_ms: int, limit: int
) -> list[Growth]:
    """Narratives of two items or more since `since_ms` that grew most over [before, since)."""
    root = func.coalesce(forwards.c.leads_to, publications.c.narrative_id)
    inside = publications.c.released_at >= since_ms
    new, old = func.count().filter(inside), func.count().filter(~inside)
    rows = connection.execute(
        select(
            root,
            new,
            old,
            func.count(publications.c.copy_of).filter(inside),
            func.count(func.distinct(case((inside, items.c.account)))),
            func.count().filter(publications.c.desk == "review"),
        )
        .join(items, items.c.seq == publications.c.seq)
        .join(forwards, forwards.c.narrative_id == publications.c.narrative_id, isouter=True)
        .where(_released(before_ms, until_ms))
        .group_by(root)
        .having(new > 1, new > old)
        .order_by((new - old).desc(), new.desc(), root)
        .limit(limit)
    )
    return [
        Growth(name, count, before, copies, _few(accounts), harmful=harmful > 0)
        for name, count, before, copies, accounts, harmful in rows
    ]


def opening(connection: Connection, narrative: str, since_ms: int, until_ms: int) -> Opening:
    """The first item of a narrative (an id that leads nowhere else), and the period's times."""
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to == narrative)
    here = publications.c.narrative_id
    member = (here == narrative) | here.in_(older)
    written = func.coalesce(publications.c.written_at, publications.c.released_at)
    body = connection.execute(
        select(publications.c.body).where(member).order_by(written, publications.c.seq).limit(1)
    ).scalar_one()
    times = connection.scalars(
        select(written).where(member, _released(since_ms, until_ms)).order_by(written).limit(_TIMES)
    ).all()
    said = orjson.loads(body)
    return Opening(said["text"], counted_acts(said), times)


def quarantined(connection: Connection, since_ms: int, until_ms: int) -> dict[str, int]:
    """Items that the period quarantined and that wait still, by error."""
    rows = connection.execute(
        select(func.coalesce(items.c.error, ""), func.count())
        .where(
            items.c.state == "quarantined",
            items.c.finished_at >= since_ms,
            items.c.finished_at < until_ms,
        )
        .group_by(items.c.error)
    )
    return dict(rows.all())


def all_quarantined(connection: Connection) -> int:
    """Items that wait in quarantine by now."""
    query = select(func.count()).select_from(items).where(items.c.state == "quarantined")
    return connection.scalar(query) or 0


def _released(since_ms: int, until_ms: int) -> Any:
    return publications.c.released_at.between(since_ms, until_ms - 1)


def _few(accounts: int) -> str:
    return str(accounts) if accounts >= FEWEST else f"<{FEWEST}"
