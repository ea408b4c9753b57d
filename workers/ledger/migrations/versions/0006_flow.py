"""Whether the pipeline runs or stands, and when items last failed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the fact; old code quarantines without limit, and goes on doing so."""
    op.add_column("items", sa.Column("failed_at", sa.BigInteger))
    failed = sa.text("failed_at IS NOT NULL")
    op.create_index(
        "items_failed", "items", ["failed_at"], sqlite_where=failed, postgresql_where=failed
    )
    op.execute("INSERT INTO facts (name, value) VALUES ('flow', '{}')")
