"""Taking submissions in: one transaction for all that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Insert, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from tasks.models import Content
from workers.ledger.database import Ledger, now_ms
from workers.ledger.schema import items


@dataclass(frozen=True, slots=True)
class Entry:
    """What the door hands to the ledger: masked content, its digest, the account's keyed hash."""

    content: Content
    digest: bytes
    account: bytes | None


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
        first = _first_of_each(entries)
        new = _insert(connection, first)
        known = _digests(connection, [key for key in first if key not in new])
    receipts = []
    for entry in entries:
        key = (entry.content.source, entry.content.id)
        if key in new and first[key] is entry:
            receipts.append(Receipt(entry.content.ref, "accepted", entry.digest))
        else:
            held = known.get(key, first[key].digest)
            status: Literal["already_known", "conflict"] = (
                "already_known" if held == entry.digest else "conflict"
            )
            receipts.append(Receipt(entry.content.ref, status, entry.digest, held))
    return receipts


_Key = tuple[str, str]


def _first_of_each(entries: Sequence[Entry]) -> dict[_Key, Entry]:
    first: dict[_Key, Entry] = {}
    for entry in entries:
        first.setdefault((entry.content.source, entry.content.id), entry)
    return first


def _insert(connection: Connection, entries: dict[_Key, Entry]) -> set[_Key]:
    now = now_ms()
    statement = upsert(connection, items).returning(items.c.source, items.c.id)
    rows = connection.execute(
        statement,
        [
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
        ],
    )
    return {(row.source, row.id) for row in rows}


def _digests(connection: Connection, keys: list[_Key]) -> dict[_Key, bytes]:
    if not keys:
        return {}
    rows = connection.execute(
        select(items.c.source, items.c.id, items.c.digest).where(
            tuple_(items.c.source, items.c.id).in_(keys)
        )
    )
    return {(row.source, row.id): bytes(row.digest) for row in rows}


def upsert(connection: Connection, table: Table) -> Insert:
    """An INSERT of this database's kind that leaves existing rows alone."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
