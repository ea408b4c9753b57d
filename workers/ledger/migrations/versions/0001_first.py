"""The first schema: items, publications, outbox, facts."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_READY = sa.text("state = 'ready'")
_LEASED = sa.text("state = 'leased'")


def upgrade() -> None:
    """Create the tables. Written out, not taken from schema.py: a migration never changes."""
    op.create_table(
        "items",
        sa.Column("seq", _ROW, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.LargeBinary(16)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False, server_default="ready"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deferrals", sa.Integer, nullable=False, server_default="0"),
        sa.Column("accepted_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("batch_id", sa.String(32)),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("source", "id", name="items_identity"),
        sa.CheckConstraint(
            "state IN ('ready', 'leased', 'published', 'duplicate', 'quarantined')",
            name="items_state",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "items_ready",
        "items",
        ["source", "due_at", "seq"],
        sqlite_where=_READY,
        postgresql_where=_READY,
    )
    op.create_index(
        "items_leased", "items", ["lease_until"], sqlite_where=_LEASED, postgresql_where=_LEASED
    )
    op.create_index("items_state_accepted", "items", ["state", "accepted_at"])
    op.create_table(
        "publications",
        sa.Column("seq", _ROW, sa.ForeignKey("items.seq"), primary_key=True, autoincrement=False),
        sa.Column("desk", sa.String(12), nullable=False),
        sa.Column("released_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("publications_desk", "publications", ["desk", "released_at"])
    op.create_index("publications_released", "publications", ["released_at"])
    op.create_table(
        "outbox",
        sa.Column("seq", _ROW, sa.ForeignKey("items.seq"), primary_key=True, autoincrement=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
    )
    op.create_index("outbox_due", "outbox", ["due_at"])
    facts = op.create_table(
        "facts",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.bulk_insert(facts, [{"name": "ledger_id", "value": uuid.uuid4().hex}])
