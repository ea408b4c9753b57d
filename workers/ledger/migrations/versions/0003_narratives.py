"""Narratives: which one a publication belongs to, and which ids lead to which."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what narratives are read by; old code writes publications without it."""
    op.add_column("publications", sa.Column("narrative_id", sa.String(32)))
    op.add_column("publications", sa.Column("copy_of", sa.String(265)))
    op.add_column("publications", sa.Column("platform", sa.String(32)))
    op.add_column("publications", sa.Column("written_at", sa.BigInteger))
    postgresql = op.get_bind().dialect.name == "postgresql"
    for column, field in (
        ("narrative_id", "narrative_id"),
        ("copy_of", "duplicate_of"),
        ("platform", "platform"),
    ):
        value = f"body::json ->> '{field}'" if postgresql else f"json_extract(body, '$.{field}')"
        op.execute(f"UPDATE publications SET {column} = {value}")  # noqa: S608 - our own words
    op.create_index("publications_narrative", "publications", ["narrative_id", "written_at"])
    op.create_table(
        "forwards",
        sa.Column("narrative_id", sa.String(32), primary_key=True),
        sa.Column("leads_to", sa.String(32), nullable=False),
    )
    op.create_index("forwards_to", "forwards", ["leads_to"])
