"""The tables. Times are milliseconds since 1970 (UTC); no column can hold a handle."""

from typing import Final, Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

ItemState = Literal["ready", "leased", "published", "duplicate", "quarantined"]
STATES: Final[tuple[ItemState, ...]] = get_args(ItemState)
TERMINAL: Final[tuple[ItemState, ...]] = ("published", "duplicate", "quarantined")
OPEN: Final[tuple[ItemState, ...]] = ("ready", "leased")

metadata = MetaData()
# SQLite numbers rows by itself only for INTEGER, PostgreSQL wants the wide type.
_ROW = BigInteger().with_variant(Integer, "sqlite")

items = Table(
    "items",
    metadata,
    Column("seq", _ROW, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("id", String(200), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("account", LargeBinary(16)),  # keyed hash, for counting accounts and nothing else
    Column("content", Text, nullable=False),
    Column("state", String(12), nullable=False, server_default="ready"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("deferrals", Integer, nullable=False, server_default="0"),
    Column("accepted_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("batch_id", String(32)),
    Column("finished_at", BigInteger),
    Column("error", Text),
    UniqueConstraint("source", "id", name="items_identity"),
    CheckConstraint(
        "state IN ('ready', 'leased', 'published', 'duplicate', 'quarantined')", name="items_state"
    ),
    sqlite_autoincrement=True,  # a number is never given twice: the stream marks rely on it
)
_READY = text("state = 'ready'")
_LEASED = text("state = 'leased'")
Index(
    "items_ready",
    items.c.source,
    items.c.due_at,
    items.c.seq,
    sqlite_where=_READY,
    postgresql_where=_READY,
)
Index("items_leased", items.c.lease_until, sqlite_where=_LEASED, postgresql_where=_LEASED)
Index("items_state_accepted", items.c.state, items.c.accepted_at)

publications = Table(
    "publications",
    metadata,
    Column("seq", _ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("desk", String(12), nullable=False),
    Column("released_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
Index("publications_desk", publications.c.desk, publications.c.released_at)
Index("publications_released", publications.c.released_at)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", _ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("due_at", BigInteger, nullable=False),
)
Index("outbox_due", outbox.c.due_at)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What is true of the whole ledger, such as its own id."""
