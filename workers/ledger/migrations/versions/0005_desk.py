"""The desks: queues, staff, decisions, referrals, clarifications, and the audit log."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_DANGERS = ("identity_hate", "incitement_threat", "doxxing", "scam_impersonation", "emergency")


def upgrade() -> None:
    """Create the tables; old code publishes without them, and what it publishes waits nowhere."""
    op.add_column("items", sa.Column("dropped_at", sa.BigInteger))
    _queue()
    _decided()
    _written()
    _people()
    _audit()
    op.create_index("publications_written", "publications", ["written_at", "narrative_id"])


def _queue() -> None:
    queue = op.create_table(
        "queue",
        sa.Column("seq", _ROW, sa.ForeignKey("items.seq"), primary_key=True, autoincrement=False),
        sa.Column("desk", sa.String(12), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("danger", sa.Integer, nullable=False),
        sa.Column("certainty", sa.Integer, nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("narrative_id", sa.String(32), nullable=False),
    )
    op.create_index("queue_desk", "queue", ["desk", "priority", "since"])
    op.create_index("queue_since", "queue", ["desk", "since"])
    op.create_index("queue_narrative", "queue", ["narrative_id"])
    copies = sa.text("copy_of IS NOT NULL")
    op.create_index(
        "publications_copies",
        "publications",
        ["copy_of"],
        sqlite_where=copies,
        postgresql_where=copies,
    )
    connection, after = op.get_bind(), 0
    old = sa.text(
        "SELECT seq, desk, released_at, body FROM publications "
        "WHERE seq > :after AND desk <> 'none' AND copy_of IS NULL ORDER BY seq LIMIT 500"
    )
    while rows := connection.execute(old, {"after": after}).all():
        connection.execute(sa.insert(queue), [_waiting(row) for row in rows])
        after = rows[-1].seq


def _waiting(row: Any) -> dict[str, Any]:
    body = json.loads(row.body)
    acts = body["acts"]
    dangers = [one["probability"] for one in acts if one["act"] in _DANGERS]
    places = dict.fromkeys(one["code"] for one in body["entities"] if one.get("code"))
    return {
        "seq": row.seq,
        "desk": row.desk,
        "since": row.released_at,
        "written_at": row.released_at,
        "priority": body["priority"],
        "danger": round(100 * max(dangers, default=0.0)),
        "certainty": round(100 * acts[0]["probability"]),
        "act": acts[0]["act"],
        "state": body["state"],
        "language": body["language"],
        "topics": f" {' '.join(body['topics'])} ",
        "places": f" {' '.join(places)} ",
        "narrative_id": body["narrative_id"],
    }


def _decided() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", _ROW, primary_key=True, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("desk", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("staff", sa.String(46), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("waited_ms", sa.BigInteger, nullable=False),
        sa.Column("evidence", sa.LargeBinary(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_seq", "decisions", ["seq"])
    op.create_index("decisions_at", "decisions", ["at"])
    op.create_index("decisions_staff", "decisions", ["staff", "id"])
    op.create_table(
        "judgements",
        sa.Column("id", _ROW, primary_key=True, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("staff", sa.String(46), nullable=False),
        sa.Column("refer", sa.Boolean, nullable=False),
        sa.Column("factors", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("evidence", sa.LargeBinary(32), nullable=False),
        sa.Column("thresholds", sa.String(64), nullable=False),
        sa.Column("void_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    in_force = sa.text("void_at IS NULL")
    op.create_index(
        "judgements_one_each",
        "judgements",
        ["seq", "staff"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "referrals",
        sa.Column("id", _ROW, primary_key=True, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("packet", sa.Text),
        sa.Column("thresholds", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("signed_by", sa.String(46)),
        sa.Column("signed_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("referrals_seq", "referrals", ["seq"])
    op.create_table(
        "appeals",
        sa.Column("id", _ROW, primary_key=True, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.BigInteger),
        sa.Column("referral", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("opened_by", sa.String(46), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("reversed", sa.Boolean),
        sa.Column("answer", sa.Text),
        sa.Column("decided_by", sa.String(46)),
        sa.Column("decided_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("appeals_seq", "appeals", ["seq"])


def _written() -> None:
    op.create_table(
        "clarifications",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("narrative_id", sa.String(32)),
        sa.Column("claim_id", sa.String(200)),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("staff", sa.String(46), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("clarifications_narrative", "clarifications", ["narrative_id"])
    op.create_table(
        "procedures",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("staff", sa.String(46), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("narrative_id", sa.String(32), primary_key=True),
        sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seen_by", sa.String(46)),
    )


def _people() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(46), primary_key=True),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("roles", sa.String(64), nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", sa.BigInteger),
        sa.UniqueConstraint("login", name="staff_login"),
    )
    op.create_table(
        "links",
        sa.Column("token", sa.LargeBinary(32), primary_key=True),
        sa.Column("staff", sa.String(46), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.LargeBinary(32), primary_key=True),
        sa.Column("staff", sa.String(46), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("sessions_staff", "sessions", ["staff"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(46), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_index("audit_kind", "audit", ["kind", "number"])
    op.create_index("audit_subject", "audit", ["subject", "number"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


# A row of the log is written once. Whoever owns the database can take this away: what proves a
# change is the chain of hashes, not the trigger.
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{event} BEFORE {event} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for event in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ],
}
