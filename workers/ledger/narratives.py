"""Narratives as the ledger knows them: which ids lead to which, and what each one holds.

Nothing here reads an account but to count how many different ones there are; a count under
FEWEST is never said.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)

from tasks.bursts import Burst, burst, hourly
from tasks.models import Publication
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import facts, forwards, items, publications

FEWEST: Final = 5
"""Different accounts below which their number is withheld (DESIGN section 1)."""
HOURS: Final = 24
_VERSIONS: Final = 50
_RELATED: Final = "related_until"
_TIMES: Final = 100_000
"""Most publications of a narrative whose times are looked at, the latest."""

WRITTEN: Final = func.coalesce(publications.c.written_at, publications.c.released_at)
"""When an item was written; older code did not say."""


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a narrative: the item that said it first, and how many copied it."""

    ref: str
    text: str
    first_ms: int
    copies: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How much was said in a narrative, where and when; nothing of who said it."""

    narrative_id: str
    items: int
    copies: int
    accounts: str
    """Distinct accounts among the items that came with one; "<5" below FEWEST."""
    first_ms: int
    last_ms: int

    @property
    def share_of_copies(self) -> float:
        """0 to 1."""
        return self.copies / self.items


@dataclass(frozen=True, slots=True)
class Profile:
    """A narrative in whole. Coordination shows in its times and copies, never in accounts."""

    summary: Summary
    platforms: dict[str, int]
    """Items on each; "" for those that came without."""
    hours: tuple[int, ...]
    """Items in each of the last HOURS hours, the current one last."""
    burst: Burst | None
    versions: tuple[Version, ...]
    """In order of appearance, at most 50."""


def forward(connection: Connection, ids: Collection[str], to: str) -> None:
    """Let `ids` lead to the narrative `to`, and whatever led to them too."""
    forward_each(connection, [(ids, to)])


def forward_each(connection: Connection, joined: Iterable[tuple[Collection[str], str]]) -> None:
    """The same for each pair of ids and narrative, in order; three statements for all of them.

    On PostgreSQL others that do so wait for the end of this transaction: two that do not see one
    another's rows could make a chain, or write one row twice.
    """
    pairs = [(ids, to) for ids, to in joined if ids]
    if not pairs:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE forwards IN SHARE ROW EXCLUSIVE MODE")
    named = {one for ids, to in pairs for one in (*ids, to)}
    rows = connection.execute(
        select(forwards.c.narrative_id, forwards.c.leads_to).where(
            forwards.c.narrative_id.in_(named) | forwards.c.leads_to.in_(named)
        )
    )
    held: dict[str, str] = {row.narrative_id: row.leads_to for row in rows}
    leads = _led_on(held, pairs)
    changed = {one: to for one, to in leads.items() if held.get(one) != to}
    if changed:
        connection.execute(delete(forwards).where(forwards.c.narrative_id.in_(changed)))
        connection.execute(
            insert(forwards),
            [{"narrative_id": one, "leads_to": to} for one, to in sorted(changed.items())],
        )


def _led_on(
    held: Mapping[str, str], pairs: Iterable[tuple[Collection[str], str]]
) -> dict[str, str]:
    """What leads where after the pairs: to an id that leads nowhere itself."""
    leads = dict(held)
    for ids, to in pairs:
        root = leads.get(to, to)
        moved = set(ids) - {root}
        leads |= {one: root for one, at in leads.items() if at in moved}
        leads |= dict.fromkeys(moved, root)
    return leads


def forward_all(ledger: Ledger, ids: Collection[str], to: str) -> None:
    """The same in a transaction of its own. Raises LedgerAway."""
    with ledger.write() as connection:
        forward(connection, ids, to)


def firsts_after(ledger: Ledger, seq: int, limit: int) -> list[tuple[int, Publication]]:
    """Publications that are no copies, by seq, of items numbered after `seq`."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(publications.c.seq, publications.c.body)
            .where(publications.c.seq > seq, publications.c.copy_of.is_(None))
            .order_by(publications.c.seq)
            .limit(limit)
        )
        return [(row.seq, Publication.model_validate_json(row.body)) for row in rows]


def related_until(ledger: Ledger) -> int:
    """The number of the last item that the slow lane has compared; 0 before the first."""
    with ledger.read() as connection:
        found = connection.scalar(select(facts.c.value).where(facts.c.name == _RELATED))
    return 0 if found is None else int(found)


def set_related_until(ledger: Ledger, seq: int) -> None:
    """Remember that all up to `seq` were compared. Undone by a crash, they are compared again."""
    with ledger.write(durable=False) as connection:
        connection.execute(delete(facts).where(facts.c.name == _RELATED))
        connection.execute(insert(facts), {"name": _RELATED, "value": str(seq)})


def current(ledger: Ledger, narrative: str) -> str:
    """The id of the narrative that `narrative` is part of by now: mostly itself."""
    with ledger.read() as connection:
        return root_of(connection, narrative)


def growing(ledger: Ledger, since_ms: int, limit: int = 20) -> list[Summary]:
    """The narratives of most items written since then, at least two of them, largest first."""
    with ledger.read() as connection:
        rows = connection.execute(
            _summaries().where(written_since(since_ms)).having(func.count() > 1).limit(limit)
        )
        return [_summary(*row) for row in rows]


def profile(ledger: Ledger, narrative: str, now: int | None = None) -> Profile | None:
    """What the ledger knows of a narrative, under any id that leads to it; None: nothing."""
    with ledger.read() as connection:
        root = root_of(connection, narrative)
        member = members(root)
        row = connection.execute(_summaries().where(member)).first()
        if row is None:
            return None
        times = list(
            connection.scalars(select(WRITTEN).where(member).order_by(WRITTEN.desc()).limit(_TIMES))
        )
        platform = func.coalesce(publications.c.platform, "")
        by_platform = connection.execute(
            select(platform, func.count()).where(member).group_by(platform).order_by(platform)
        )
        return Profile(
            summary=_summary(*row),
            platforms=dict(by_platform.all()),
            hours=hourly(times, now_ms() if now is None else now, HOURS),
            burst=burst(times),
            versions=tuple(_versions(connection, member)),
        )


def root_of(connection: Connection, narrative: str) -> str:
    """The id of the narrative that this one is part of by now, in the transaction at hand."""
    to = connection.scalar(select(forwards.c.leads_to).where(forwards.c.narrative_id == narrative))
    return narrative if to is None else to


def members(root: str) -> ColumnElement[bool]:
    """Which publications are part of the narrative of this id, which leads nowhere."""
    older = select(forwards.c.narrative_id).where(forwards.c.leads_to == root)
    # One list of ids: with an OR instead PostgreSQL reads the whole table.
    return publications.c.narrative_id.in_(union_all(select(literal(root)), older))


def written_since(since_ms: int) -> ColumnElement[bool]:
    """Which publications were written since then; said so that an index answers it."""
    untimed = publications.c.written_at.is_(None) & (publications.c.released_at >= since_ms)
    return or_(publications.c.written_at >= since_ms, untimed)


def _summaries() -> Select[str, int, int, int, int, int]:
    """Id, items, copies, distinct accounts, first and last time of each narrative."""
    root = func.coalesce(forwards.c.leads_to, publications.c.narrative_id)
    return (
        select(
            root,
            func.count(),
            func.count(publications.c.copy_of),
            func.count(func.distinct(items.c.account)),
            func.min(WRITTEN),
            func.max(WRITTEN),
        )
        .join(items, items.c.seq == publications.c.seq)
        .join(forwards, forwards.c.narrative_id == publications.c.narrative_id, isouter=True)
        .group_by(root)
        .order_by(func.count().desc(), root)
    )


def _summary(root: str, count: int, copies: int, accounts: int, first: int, last: int) -> Summary:
    return Summary(root, count, copies, counted(accounts), first, last)


def counted(accounts: int) -> str:
    """How many different accounts, as it may be said."""
    return str(accounts) if accounts >= FEWEST else f"<{FEWEST}"


def _versions(connection: Connection, member: ColumnElement[bool]) -> Iterator[Version]:
    copied: dict[str | None, int] = dict(
        connection.execute(
            select(publications.c.copy_of, func.count())
            .where(member, publications.c.copy_of.is_not(None))
            .group_by(publications.c.copy_of)
        ).all()
    )
    rows = connection.execute(
        select(publications.c.body, WRITTEN)
        .where(member, publications.c.copy_of.is_(None))
        .order_by(WRITTEN, publications.c.seq)
        .limit(_VERSIONS)
    )
    for body, written in rows:
        said = Publication.model_validate_json(body)
        yield Version(said.ref, said.text, written, copied.get(said.ref, 0))
