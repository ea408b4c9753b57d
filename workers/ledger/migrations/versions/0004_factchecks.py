"""The library of fact-checks: every revision of each; its version will be a row in facts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; old code never looks at it."""
    op.create_table(
        "factchecks",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.Column("withdrawn_reason", sa.Text),
    )
