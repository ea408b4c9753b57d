"""The audit log: who did what, in order, each entry bound to the one before by a hash.

An entry names a subject and what changed; it never holds a text of an item. That the chain holds
is proved by `workers.ledger.chain`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import audit, staff

PROGRAM: Final = "program"
"""The actor where no person acted."""
START: Final = bytes(32)
"""What the first entry has in place of a hash before it."""
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as it is recorded."""

    number: int
    at_ms: int
    actor: str
    kind: str
    subject: str
    detail: Mapping[str, Any]
    hash: str
    """In hex."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The number and hash of an entry, to be kept where who writes the ledger cannot write."""

    number: int
    hash: str

    @classmethod
    def parse(cls, said: str) -> "Anchor":
        """From NUMBER:HASH. Raises ValueError."""
        number, _, written = said.strip().partition(":")
        if not number.isdecimal() or len(bytes.fromhex(written)) != 32:
            raise ValueError
        return cls(int(number), written.lower())

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to read; None: whatever it is."""

    kind: str | None = None
    """A kind, or the part before its dot: `decision` is every decision."""
    subject: str | None = None
    actor: str | None = None
    since_ms: int | None = None


def append(
    connection: Connection,
    actor: str,
    kind: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Add an entry in the transaction of what it tells of; returns its number.

    `actor` is `staff/...` or PROGRAM. Others that do so wait for the end of the transaction, so
    this comes last in it: who locks rows after it may wait for one that waits for this.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")
    last = connection.execute(
        select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    ).first()
    number, previous = (1, START) if last is None else (last.number + 1, last.hash)
    at = now_ms()
    written = orjson.dumps(detail if detail is not None else {}, option=orjson.OPT_SORT_KEYS)
    connection.execute(
        insert(audit).values(
            number=number,
            at=at,
            actor=actor,
            kind=kind,
            subject=subject,
            detail=written.decode(),
            previous=previous,
            hash=entry_hash(number, at, actor, kind, subject, written.decode(), previous),
        )
    )
    return number


def entry_hash(
    number: int, at: int, actor: str, kind: str, subject: str, detail: str, previous: bytes
) -> bytes:
    """SHA-256 over the JSON array of all fields but the hash itself, the one before in hex."""
    fields = [number, at, actor, kind, subject, detail, previous.hex()]
    return hashlib.sha256(orjson.dumps(fields)).digest()


def head(ledger: Ledger) -> Anchor | None:
    """The last entry; None before the first."""
    last = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    with ledger.read() as connection:
        row = connection.execute(last).first()
    return None if row is None else Anchor(row.number, row.hash.hex())


def latest(
    ledger: Ledger, wanted: Wanted, limit: int = 50, before: int | None = None
) -> list[Entry]:
    """The newest entries that are wanted, newest first; those with a number under `before`."""
    query = select(audit).where(*_passing(wanted)).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.number < before)
    with ledger.read() as connection:
        return [_entry(row) for row in connection.execute(query)]


def entries(ledger: Ledger, wanted: Wanted, after: int = 0) -> Iterator[Entry]:
    """The entries that are wanted, oldest first, page by page; those with a number over `after`."""
    query = select(audit).where(*_passing(wanted)).order_by(audit.c.number).limit(_PAGE)
    while True:
        with ledger.read() as connection:
            rows = connection.execute(query.where(audit.c.number > after)).all()
        yield from map(_entry, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1].number


def kinds(ledger: Ledger) -> dict[str, int]:
    """Every kind that occurs, with how often."""
    with ledger.read() as connection:
        counted = select(audit.c.kind, func.count()).group_by(audit.c.kind).order_by(audit.c.kind)
        return dict(connection.execute(counted).all())


def actors(ledger: Ledger) -> dict[str, str]:
    """Name of each member of staff, by the id that entries hold."""
    with ledger.read() as connection:
        named = select(staff.c.id, staff.c.name).order_by(staff.c.name)
        return dict(connection.execute(named).all())


def _passing(wanted: Wanted) -> list[ColumnElement[bool]]:
    passing: list[ColumnElement[bool]] = []
    if wanted.kind is not None and "." in wanted.kind:
        passing.append(audit.c.kind == wanted.kind)
    elif wanted.kind is not None:
        within = audit.c.kind.startswith(f"{wanted.kind}.", autoescape=True)
        passing.append((audit.c.kind == wanted.kind) | within)
    if wanted.subject is not None:
        passing.append(audit.c.subject == wanted.subject)
    if wanted.actor is not None:
        passing.append(audit.c.actor == wanted.actor)
    if wanted.since_ms is not None:
        passing.append(audit.c.at >= wanted.since_ms)
    return passing


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.number,
        row.at,
        row.actor,
        row.kind,
        row.subject,
        orjson.loads(row.detail),
        row.hash.hex(),
    )
