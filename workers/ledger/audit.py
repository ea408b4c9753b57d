"""The audit log: who did what, in order, each entry bound to the one before by a hash.

An entry names a subject and what changed; it never holds a text of an item.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson
from sqlalchemy import Connection, insert, select

from workers.ledger.database import now_ms
from workers.ledger.desk_tables import audit

PROGRAM: Final = "program"
"""The actor where no person acted."""
START: Final = bytes(32)
"""What the first entry has in place of a hash before it."""


def append(
    connection: Connection,
    actor: str,
    kind: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Add an entry in the transaction of what it tells of; returns its number.

    `actor` is `staff/...` or PROGRAM. Others that do so wait for the end of the transaction.
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
