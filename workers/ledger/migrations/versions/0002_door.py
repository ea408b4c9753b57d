"""The door: remembered answers, subscriptions, deliveries; open items counted by source."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WAITING = sa.text("parked_at IS NULL")


def upgrade() -> None:
    """Create the tables; old code never looks at them. The index serves it too."""
    op.create_index("items_state", "items", ["state", "source", "accepted_at"])
    op.drop_index("items_state_accepted", "items")
    op.create_table(
        "answers",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("request", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("answers_expired", "answers", ["expires_at"])
    op.create_table(
        "subscriptions",
        sa.Column("subscriber", sa.String(64), primary_key=True),
        sa.Column("desk", sa.String(12), primary_key=True),
    )
    op.create_table(
        "deliveries",
        sa.Column("seq", _ROW, sa.ForeignKey("items.seq"), primary_key=True, autoincrement=False),
        sa.Column("subscriber", sa.String(64), primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("parked_at", sa.BigInteger),
        sa.Column("error", sa.Text),
    )
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["subscriber", "due_at", "seq"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
