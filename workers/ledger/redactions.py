"""Hiding a person's data in what is stored of an item, of those that repeat it, and of notes.

There is no way back: what was hidden is overwritten. The log keeps the digest before and after,
so that the evidence of earlier decisions is still accounted for.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Table, select, update

from tasks.models import Content, Publication
from tasks.redaction import HiddenKind, content_of, places_of, redacted, without
from workers.ledger.audit import Wanted, append, entries
from workers.ledger.database import Ledger
from workers.ledger.decisions import Overtaken, Refused, digest
from workers.ledger.desk_tables import appeals, decisions, judgements
from workers.ledger.evidence import REDACTED
from workers.ledger.narratives import members, root_of
from workers.ledger.schema import facts, items, publications

_AT_ONCE: Final = 100
_CLEANED: Final = "redactions_cleaned"
_WRITTEN: Final[tuple[tuple[Table, str], ...]] = (
    (decisions, "detail"),
    (judgements, "factors"),
    (appeals, "reason"),
    (appeals, "answer"),
)
"""Where people write about items, as text or as JSON."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What to hide, and who wants it."""

    piece: str
    kind: HiddenKind
    staff: str


def hide(ledger: Ledger, seq: int, seen: str, what: Hiding) -> None:
    """Hide a piece of one item, for good: in its text, its publication, and notes about it.

    `seen` is the digest of what the person was shown. Raises Overtaken, Refused, LedgerAway.
    """
    with ledger.write(erasing=True) as connection:
        bodies = _bodies(connection, [seq])
        if not bodies:
            raise Overtaken("this item was erased since")
        if digest(bodies[seq]) != seen:
            raise Overtaken("this item has changed since you saw it: look at it again")
        try:
            _hide(connection, bodies, what)
        except ValueError as error:
            raise Refused(str(error)) from error


def hide_in_narrative(ledger: Ledger, narrative: str, what: Hiding) -> int:
    """The same in every item of a narrative that says the piece; how many did.

    In several transactions: when it is interrupted it may be asked for again.
    """
    found, after = 0, 0
    while True:
        with ledger.write(erasing=True) as connection:
            seqs = list(
                connection.scalars(
                    select(publications.c.seq)
                    .where(members(root_of(connection, narrative)), publications.c.seq > after)
                    .order_by(publications.c.seq)
                    .limit(_AT_ONCE)
                )
            )
            bodies = {
                seq: body
                for seq, body in _bodies(connection, seqs).items()
                if places_of(what.piece, Publication.model_validate_json(body).text)
            }
            _hide(connection, bodies, what)
        found += len(bodies)
        if len(seqs) < _AT_ONCE:
            return found
        after = seqs[-1]


def uncleaned(ledger: Ledger) -> tuple[int, list[str]]:
    """Items that were redacted since the broker was last cleaned of them, by ref.

    With the number of the last entry of the log that they are of; 0: there is none.
    """
    with ledger.read() as connection:
        done = connection.scalar(select(facts.c.value).where(facts.c.name == _CLEANED))
    found = list(entries(ledger, Wanted(kind=REDACTED), after=0 if done is None else int(done)))
    return (found[-1].number if found else 0), [one.subject for one in found]


def redacted_refs(ledger: Ledger, since_ms: int | None = None) -> set[str]:
    """Every item of which something was ever hidden, or since then: the broker must not hold it."""
    return {one.subject for one in entries(ledger, Wanted(kind=REDACTED, since_ms=since_ms))}


def cleaned(ledger: Ledger, number: int) -> None:
    """Remember that the broker holds nothing any more of what was redacted up to that entry."""
    with ledger.write() as connection:
        row = {"name": _CLEANED, "value": str(number)}
        changed = connection.execute(update(facts).where(facts.c.name == _CLEANED).values(**row))
        if not changed.rowcount:
            connection.execute(facts.insert(), row)


def _bodies(connection: Connection, seqs: list[int]) -> dict[int, str]:
    query = select(publications.c.seq, publications.c.body).where(publications.c.seq.in_(seqs))
    if connection.dialect.name == "postgresql":
        query = query.order_by(publications.c.seq).with_for_update()
    return dict(connection.execute(query).all())


def _hide(connection: Connection, bodies: dict[int, str], what: Hiding) -> None:
    """Write the items anew, then all entries: see `append`."""
    logged = []
    for seq, body in bodies.items():
        before = Publication.model_validate_json(body)
        after = redacted(before, what.piece, what.kind)
        written = after.model_dump_json()
        _store(connection, seq, after, written)
        _hide_in_notes(connection, seq, what)
        detail = {
            "before": digest(body),
            "after": digest(written),
            "what": what.kind,
            "places": len(places_of(what.piece, before.text)),
            "length": len(what.piece),
        }
        logged.append((before.ref, detail))
    for ref, detail in logged:
        append(connection, what.staff, REDACTED, ref, detail)


def _store(connection: Connection, seq: int, after: Publication, written: str) -> None:
    row = connection.scalars(select(items.c.content).where(items.c.seq == seq)).one()
    content = content_of(Content.model_validate_json(row), after)
    connection.execute(
        update(items)
        .where(items.c.seq == seq)
        .values(content=content.model_dump_json(exclude_none=True))
    )
    connection.execute(update(publications).where(publications.c.seq == seq).values(body=written))


def _hide_in_notes(connection: Connection, seq: int, what: Hiding) -> None:
    for table, name in _WRITTEN:
        column = table.c[name]
        rows = connection.execute(
            select(table.c.id, column.label("said")).where(table.c.seq == seq, column.is_not(None))
        ).all()
        for row in rows:
            said = _without(row.said, what)
            if said != row.said:
                connection.execute(update(table).where(table.c.id == row.id).values({name: said}))


def _without(said: str, what: Hiding) -> str:
    """A text without the piece; of JSON, every text in it."""
    if not said.startswith("{"):
        return without(said, what.piece, what.kind)
    values = orjson.loads(said)
    hidden = {name: _hidden(value, what) for name, value in values.items()}
    return said if hidden == values else orjson.dumps(hidden).decode()


def _hidden(value: Any, what: Hiding) -> Any:
    return without(value, what.piece, what.kind) if isinstance(value, str) else value
