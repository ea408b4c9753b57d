"""Taking submissions in: one transaction for all that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import Connection, String, Table, column, func, select, values
from sqlalchemy.dialects import postgresql, sqlite

from workers.entry import Entry
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import items


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an entry. `conflict`: the same identity was taken with another body."""

    ref: str
    status: Literal["accepted", "already_known", "conflict"]
    digest: bytes
    known_digest: bytes | None = None


def accept(ledger: Ledger, entries: Sequence[Entry]) -> list[Receipt]:
    """Commit the entries, in order, and return a receipt for each once they are on disk.

    Raises LedgerAway; then none was taken.
    """
    if not entries:
        return []
    with ledger.write() as connection:
        return take(connection, entries, now_ms())


def take(connection: Connection, entries: Sequence[Entry], now: int) -> list[Receipt]:
    """The same inside a transaction of the caller's."""
    if not entries:
        return []
    first: dict[_Identity, Entry] = {}
    for entry in entries:
        first.setdefault(_identity(entry), entry)
    new = _insert(connection, first, now)
    known = _digests(connection, [identity for identity in first if identity not in new])
    receipts = []
    for entry in entries:
        identity = _identity(entry)
        if identity in new:
            new.remove(identity)
            known[identity] = entry.digest
            receipts.append(Receipt(entry.content.ref, "accepted", entry.digest))
        else:
            held = known[identity]
            status: Literal["already_known", "conflict"] = (
                "already_known" if held == entry.digest else "conflict"
            )
            receipts.append(Receipt(entry.content.ref, status, entry.digest, held))
    return receipts


_Identity = tuple[str, str]


def _identity(entry: Entry) -> _Identity:
    return entry.content.source, entry.content.id


def _insert(connection: Connection, entries: dict[_Identity, Entry], now: int) -> set[_Identity]:
    rows: list[dict[str, Any]] = [
        {
            "source": entry.content.source,
            "id": entry.content.id,
            "digest": entry.digest,
            "account": entry.account,
            "content": entry.content.model_dump_json(exclude_none=True),
            "accepted_at": now,
            "due_at": now,
        }
        for entry in entries.values()
    ]
    if connection.dialect.name == "postgresql":
        # Two intakes that insert the same items must lock them in the same order, or each waits
        # for the other. The numbers are given before, so that they keep the order of arrival.
        for row, seq in zip(rows, _numbers(connection, len(rows)), strict=True):
            row["seq"] = seq
        rows.sort(key=itemgetter("source", "id"))
    statement = (
        insert_into(connection, items)
        .on_conflict_do_nothing(index_elements=[items.c.source, items.c.id])
        .returning(items.c.source, items.c.id)
    )
    return {(row.source, row.id) for row in connection.execute(statement, rows)}


def _numbers(connection: Connection, count: int) -> list[int]:
    following = func.nextval(func.pg_get_serial_sequence("items", "seq"))
    return sorted(connection.scalars(select(following).select_from(func.generate_series(1, count))))


def _digests(connection: Connection, identities: list[_Identity]) -> dict[_Identity, bytes]:
    if not identities:
        return {}
    # A join, since SQLite reads the whole table for (source, id) IN (...).
    asked = values(column("source", String), column("id", String)).data(identities).cte("asked")
    rows = connection.execute(
        select(items.c.source, items.c.id, items.c.digest).join(
            asked, (items.c.source == asked.c.source) & (items.c.id == asked.c.id)
        )
    )
    return {(row.source, row.id): bytes(row.digest) for row in rows}


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database's kind, which can say what to do on a conflict."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
