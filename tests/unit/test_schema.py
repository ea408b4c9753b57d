"""The migrations lead to exactly the tables of schema.py, and lose no rows on the way."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from workers.ledger import Ledger, open_ledger, versions
from workers.ledger.release import ledger_id
from workers.ledger.schema import metadata

_OLD_ROWS = [
    "INSERT INTO items (source, id, digest, content, accepted_at, due_at) "
    "VALUES ('a', '1', 'x', '{}', 1, 1), ('a', '2', 'x', '{}', 2, 2)",
    "UPDATE items SET state = 'published' WHERE id = '1'",
    "INSERT INTO publications (seq, desk, released_at, body) VALUES (1, 'answer', 3, "
    """'{"acts": [{"act": "question", "probability": 0.9}], "entities": [], "priority": 45, """
    """"state": "auto", "language": "ind", "topics": ["ekonomi"], "narrative_id": "n-1"}')""",
    "INSERT INTO outbox (seq, due_at) VALUES (1, 4)",
]
_DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_master "
    "WHERE name NOT LIKE '%alembic%' AND type <> 'trigger'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND indexname NOT LIKE '%alembic%' "
    "UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '%alembic%'",
}


@pytest.fixture
def empty(ledger_url: str) -> Iterator[Ledger]:
    """A ledger without any table."""
    opened = open_ledger(ledger_url)
    yield opened
    opened.engine.dispose()


def definitions(engine: Engine) -> dict[str, str]:
    """Tables, indexes and constraints as the database itself words them."""
    with engine.connect() as connection:
        rows = connection.execute(text(_DEFINITIONS[engine.dialect.name]))
        return {row[0]: " ".join((row[1] or "").split()) for row in rows}


def migrate_to(connection: Connection, revision: str) -> None:
    config = versions._config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def rows(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    tables = "items", "publications", "outbox", "facts"
    with ledger.read() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608 - our names
            for table in tables
        }


def test_alembic_finds_no_difference(ledger: Ledger) -> None:
    with ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_database_words_migrated_and_created_tables_alike(ledger: Ledger) -> None:
    # Alembic compares no conditions of indexes and no checks.
    migrated = definitions(ledger.engine)
    with ledger.write() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert migrated == definitions(ledger.engine)
    assert "parked_at IS NULL" in migrated["deliveries_due"]


def test_an_upgrade_keeps_the_rows(empty: Ledger) -> None:
    with empty.write() as connection:
        migrate_to(connection, "0001")
    assert empty.behind()
    with empty.write() as connection:
        for statement in _OLD_ROWS:
            connection.execute(text(statement))
    before, name = rows(empty), ledger_id(empty)
    empty.migrate()
    assert not empty.behind()
    after = rows(empty)
    for table, old in before.items():  # new columns stand after the old ones
        kept = [row[: len(one)] for one in old[:1] for row in after[table]]
        assert [row for row in kept if row in old] == old
    assert len(before["items"]) == 2
    assert ledger_id(empty) == name
    with empty.read() as connection:  # what was published before there were desks waits there
        queued = connection.execute(text("SELECT seq, desk, act, certainty, topics FROM queue"))
        assert [tuple(row) for row in queued] == [(1, "answer", "question", 90, " ekonomi ")]
