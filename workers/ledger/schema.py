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
ROW = BigInteger().with_variant(Integer, "sqlite")

items = Table(
    "items",
    metadata,
    Column("seq", ROW, primary_key=True, autoincrement=True),
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
    Column("dropped_at", BigInteger),  # given up: its content is erased
    Column("failed_at", BigInteger),  # when it last failed by what may be its own fault
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
_FAILED = text("failed_at IS NOT NULL")
Index("items_failed", items.c.failed_at, sqlite_where=_FAILED, postgresql_where=_FAILED)
Index("items_state", items.c.state, items.c.source, items.c.accepted_at)

publications = Table(
    "publications",
    metadata,
    Column("seq", ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("desk", String(12), nullable=False),
    Column("released_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    # These four stand in the body too. NULL: written by older code.
    Column("narrative_id", String(32)),
    Column("copy_of", String(265)),
    Column("platform", String(32)),
    Column("written_at", BigInteger),
)
Index("publications_narrative", publications.c.narrative_id, publications.c.written_at)
Index("publications_desk", publications.c.desk, publications.c.released_at)
Index("publications_released", publications.c.released_at)
_COPIES = text("copy_of IS NOT NULL")
Index(
    "publications_copies",
    publications.c.copy_of,
    sqlite_where=_COPIES,
    postgresql_where=_COPIES,
)
# By time alone: the whole stream by the hour, and which narratives grow. It holds all they need.
Index("publications_written", publications.c.written_at, publications.c.narrative_id)

forwards = Table(
    "forwards",
    metadata,
    Column("narrative_id", String(32), primary_key=True),
    Column("leads_to", String(32), nullable=False),
)
"""Narratives that were joined into an older one; no row leads to one that leads on."""
Index("forwards_to", forwards.c.leads_to)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("due_at", BigInteger, nullable=False),
)
Index("outbox_due", outbox.c.due_at)

answers = Table(
    "answers",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),  # a hash: a key may hold a handle
    Column("request", LargeBinary(32), nullable=False),  # digest of the body it came with
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib
    Column("expires_at", BigInteger, nullable=False),
)
"""What the intake answered to a webhook-id or Idempotency-Key, to answer a replay alike."""
Index("answers_expired", answers.c.expires_at)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", String(64), primary_key=True),
    Column("desk", String(12), primary_key=True),
)
"""Which subscriber receives the publications of which desk; addresses and secrets are elsewhere."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("subscriber", String(64), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parked_at", BigInteger),
    Column("error", Text),
)
"""Publications that a subscriber has still to receive; delivered ones are gone from here."""
_WAITING = text("parked_at IS NULL")
Index(
    "deliveries_due",
    deliveries.c.subscriber,
    deliveries.c.due_at,
    deliveries.c.seq,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)

factchecks = Table(
    "factchecks",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_reason", Text),
)
"""Every revision of every published fact-check. In force: the last of an id, not withdrawn."""

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What is true of the whole ledger, such as its own id."""
