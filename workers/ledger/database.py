"""Opening the ledger on SQLite or PostgreSQL, its transactions, and its migrations."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tasks.stage import Unavailable

_BUSY_SECONDS = 10
_LOOK_SECONDS = 0.001
# A connection whose other end is gone without a word is an error within some 15 s.
_POSTGRESQL = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


class LedgerAway(Unavailable):
    """The database did not answer; nothing was written."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. Safe to share between threads, not across a fork."""

    engine: Engine

    @contextmanager
    def write(self, *, durable: bool = True, erasing: bool = False) -> Iterator[Connection]:
        """One transaction, committed at the end, undone if the block raises.

        On SQLite it takes the write lock at once, so that no writer fails half-way. Not `durable`:
        a crash of the machine may undo it, together with all others since the last durable one;
        for what is harmless to do again, as nobody then waits for the disk behind the lock.
        `erasing`: on SQLite what is deleted or overwritten is zeroed in the file too.
        Raises LedgerAway when the database cannot be reached, is locked too long or is full.
        """
        with _translated(), self.engine.connect() as connection:
            connection.execution_options(saring_durable=durable, saring_erasing=erasing)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view. Raises LedgerAway."""
        with _translated(), self.engine.connect() as connection:
            yield connection.execution_options(saring_read=True)

    def migrate(self) -> None:
        """Bring the schema to this code's version; harmless when it is there already."""
        from workers.ledger.versions import upgrade  # noqa: PLC0415 - see there

        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                # Two parts that start at once must not both migrate.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(724)")
            upgrade(connection)

    def behind(self) -> bool:
        """Whether the schema is older than this code; one that is newer serves old code too."""
        from workers.ledger.versions import is_behind  # noqa: PLC0415 - see there

        with self.read() as connection:
            return is_behind(connection)


def open_ledger(url: str) -> Ledger:
    """Open the ledger at a SQLAlchemy URL; the schema may still have to be migrated.

    Raises ValueError for a database that is neither SQLite nor PostgreSQL.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # an error must not quote a text
            pool_pre_ping=True,
            pool_size=2,
            connect_args=_POSTGRESQL,
        )
        event.listen(engine, "begin", _postgresql_begin)
        return Ledger(engine)
    if backend != "sqlite":
        raise ValueError(f"SARING_LEDGER_URL: {backend} is not supported; use sqlite or postgresql")
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return Ledger(engine)


def now_ms() -> int:
    """The time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _postgresql_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("saring_durable", True):
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("saring_read", False):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite itself sleeps up to 0.1 s between two tries, so that a process beside busy writers
    # may wait for seconds: nobody keeps the order. Short looks do not starve.
    deadline = time.monotonic() + _BUSY_SECONDS
    cursor = connection.connection.cursor()
    # FULL: a 202 is on disk. NORMAL: it will be with the next that is.
    durable = options.get("saring_durable", True)
    cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    # FAST: only where it costs no writing of its own, so that little is left for later.
    erasing = options.get("saring_erasing", False)
    cursor.execute(f"PRAGMA secure_delete = {'ON' if erasing else 'FAST'}")
    cursor.execute("PRAGMA busy_timeout = 0")
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_SECONDS)
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise LedgerAway(f"the ledger does not answer ({type(error.orig).__name__})") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise LedgerAway("the ledger closed the connection") from error
        raise
