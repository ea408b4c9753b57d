"""What is left in the database's files of what was deleted, and how it goes from there too.

SQLite zeroes what an erasing transaction deletes (`PRAGMA secure_delete`); the write-ahead log
holds older pages until a checkpoint empties it. PostgreSQL does neither: a deleted row stays in
its page until VACUUM frees it and another row takes the place, and in its own log and back-ups.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from workers.ledger.database import Ledger, LedgerAway
from workers.ledger.schema import items

_TABLES: Final = (
    "items, publications, queue, outbox, deliveries, forwards, answers, decisions, judgements, "
    "referrals, appeals"
)
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 512
_SOURCE: Final = rb'"source":"([a-z0-9._-]{1,64})"'
_ID: Final = rb'"id":"([A-Za-z0-9._:/~-]{1,200})"'
_HEAD: Final = re.compile(rb"%b,%b,|%b,%b," % (_SOURCE, _ID, _ID, _SOURCE))
"""How the JSON of an item begins, and that of a publication: with whose text it is."""
_AT_ONCE: Final = 400


def shred(ledger: Ledger, *, rewrite: bool = False) -> bool:
    """Take deleted rows out of the files, as far as the database does that; False: not all yet.

    `rewrite`: write every table anew, which nobody can use meanwhile: it makes the files small
    again, and takes out what an older version left. SQLite: False while somebody reads an older
    state. Raises LedgerAway.
    """
    if ledger.engine.dialect.name == "postgresql":
        with ledger.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"VACUUM {'FULL ' if rewrite else ''}{_TABLES}")
        return True
    raw = ledger.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if rewrite:
            cursor.execute("VACUUM")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except ledger.engine.dialect.loaded_dbapi.OperationalError as error:
        raise LedgerAway("the ledger is busy: try again in a moment") from error
    finally:
        raw.close()
    return not busy


def left_over(ledger: Ledger) -> int | None:
    """How many items have a text in SQLite's files, but no row; None: PostgreSQL cannot tell.

    It reads every byte of the file and of the write-ahead log for how the text of an item begins.
    """
    if ledger.engine.dialect.name == "postgresql" or ledger.engine.url.database is None:
        return None
    file = Path(ledger.engine.url.database)
    found: set[tuple[str, str]] = set()
    missing: set[tuple[str, str]] = set()
    for path in (file, file.with_name(f"{file.name}-wal")):
        for one in _heads(path):
            found.add(one)
            if len(found) >= _AT_ONCE:
                missing |= _without_row(ledger, found)
                found.clear()
    return len(missing | _without_row(ledger, found))


def _heads(path: Path) -> Iterator[tuple[str, str]]:
    if not path.exists():
        return
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for match in _HEAD.finditer(before + chunk):
                source, name, other_name, other_source = match.groups()
                yield (source or other_source).decode(), (name or other_name).decode()
            before = chunk[-_OVERLAP:]


def _without_row(ledger: Ledger, named: set[tuple[str, str]]) -> set[tuple[str, str]]:
    if not named:
        return set()
    ids: Any = [name for _, name in named]
    with ledger.read() as connection:
        rows = connection.execute(select(items.c.source, items.c.id).where(items.c.id.in_(ids)))
        return named - {(row.source, row.id) for row in rows}
