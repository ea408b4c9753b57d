"""Opening the ledger on SQLite or PostgreSQL, its transactions, and its migrations."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tasks.stage import Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 10


class LedgerAway(Unavailable):
    """The database did not answer; nothing was written."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. Safe to share between threads, not across a fork."""

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end, undone if the block raises.

        On SQLite it takes the write lock at once, so that no writer fails half-way.
        Raises LedgerAway when the database cannot be reached, is locked too long or is full.
        """
        with _translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view. Raises LedgerAway."""
        with _translated(), self.engine.connect() as connection:
            yield connection.execution_options(saring_read=True)

    def migrate(self) -> None:
        """Bring the schema to this code's version; harmless when it is there already."""
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                # Two parts that start at once must not both migrate.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(724)")
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def behind(self) -> bool:
        """Whether the schema is older than this code; one that is newer serves old code too."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        scripts = ScriptDirectory.from_config(config)
        with self.read() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        older = {script.revision for script in scripts.walk_revisions()}
        older.discard(scripts.get_current_head() or "")
        return current is None or current in older


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
            connect_args={"connect_timeout": 5},
        )
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


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a 202 is on disk
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("saring_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


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
