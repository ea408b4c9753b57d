"""The tables of the desks: what waits for a person, who decides, and what was decided.

Times are milliseconds since 1970 (UTC). `staff/...` names a member of staff; no column can hold
an author. Rows about an item name it by its number and hold no foreign key: they outlive it.
"""

from typing import Final, Literal, get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from workers.ledger.schema import ROW, metadata

Role = Literal["viewer", "desk", "reviewer", "legal", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

queue = Table(
    "queue",
    metadata,
    Column("seq", ROW, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("desk", String(12), nullable=False),
    Column("since", BigInteger, nullable=False),  # when it was published to the desk
    Column("written_at", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("danger", Integer, nullable=False),  # percent: the likeliest danger to people
    Column("certainty", Integer, nullable=False),  # percent: of the act that led it here
    Column("act", String(24), nullable=False),
    Column("state", String(12), nullable=False),
    Column("language", String(3), nullable=False),
    Column("topics", Text, nullable=False),  # " ekonomi olahraga ": to be found with LIKE
    Column("places", Text, nullable=False),  # " 16.71 16.02 "
    Column("narrative_id", String(32), nullable=False),
)
"""What waits for a person. A copy waits under the item it repeats, unless its desk is another."""
Index("queue_desk", queue.c.desk, queue.c.priority, queue.c.since)
Index("queue_since", queue.c.desk, queue.c.since)
Index("queue_narrative", queue.c.narrative_id)

decisions = Table(
    "decisions",
    metadata,
    Column("id", ROW, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("desk", String(12), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("staff", String(46), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("waited_ms", BigInteger, nullable=False),
    Column("evidence", LargeBinary(32), nullable=False),  # SHA-256 of what was seen
    Column("detail", Text, nullable=False),  # JSON: note, moved to, fact-check
    Column("undone_at", BigInteger),
    sqlite_autoincrement=True,
)
"""What a person decided about an item, at a desk. An undone one stays."""
Index("decisions_seq", decisions.c.seq)
Index("decisions_at", decisions.c.at)
Index("decisions_staff", decisions.c.staff, decisions.c.id)

judgements = Table(
    "judgements",
    metadata,
    Column("id", ROW, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("staff", String(46), nullable=False),
    Column("refer", Boolean, nullable=False),
    Column("factors", Text, nullable=False),  # JSON: the six of the Rabat Plan of Action
    Column("at", BigInteger, nullable=False),
    Column("evidence", LargeBinary(32), nullable=False),
    Column("thresholds", String(64), nullable=False),  # version of the law that was shown
    Column("void_at", BigInteger),  # given up: judged again
    sqlite_autoincrement=True,
)
"""What each reviewer judged of a danger, alone."""
_IN_FORCE = text("void_at IS NULL")
Index(
    "judgements_one_each",
    judgements.c.seq,
    judgements.c.staff,
    unique=True,
    sqlite_where=_IN_FORCE,
    postgresql_where=_IN_FORCE,
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", ROW, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("decision", BigInteger, nullable=False),  # decisions.id, which names the judgements
    Column("state", String(12), nullable=False),  # open, signed, declined, reopened, reversed
    Column("packet", Text),  # JSON, from the sign-off on
    Column("thresholds", String(64), nullable=False),  # version of the law it was judged under
    Column("opened_at", BigInteger, nullable=False),
    Column("signed_by", String(46)),
    Column("signed_at", BigInteger),
    sqlite_autoincrement=True,
)
"""What two reviewers agreed to refer, and what became of it."""
Index("referrals_seq", referrals.c.seq)

appeals = Table(
    "appeals",
    metadata,
    Column("id", ROW, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("decision", BigInteger),  # decisions.id or
    Column("referral", BigInteger),  # referrals.id
    Column("reason", Text, nullable=False),
    Column("opened_by", String(46), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("reversed", Boolean),  # None: not decided yet
    Column("answer", Text),
    Column("decided_by", String(46)),
    Column("decided_at", BigInteger),
    sqlite_autoincrement=True,
)
"""Appeals against a decision or a referral."""
Index("appeals_seq", appeals.c.seq)

clarifications = Table(
    "clarifications",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("narrative_id", String(32)),
    Column("claim_id", String(200)),
    Column("state", String(12), nullable=False),  # draft, published, withdrawn
    Column("body", Text, nullable=False),  # JSON
    Column("staff", String(46), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Every revision of every clarification; the last one holds."""
Index("clarifications_narrative", clarifications.c.narrative_id)

procedures = Table(
    "procedures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON
    Column("staff", String(46), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)
"""Every revision of every page about a procedure; the last one holds."""

alerts = Table(
    "alerts",
    metadata,
    Column("narrative_id", String(32), primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON: how many came, how many were expected
    Column("at", BigInteger, nullable=False),
    Column("seen_by", String(46)),
)
"""Narratives that grew faster than their own past."""

staff = Table(
    "staff",
    metadata,
    Column("id", String(46), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("roles", String(64), nullable=False),  # "desk reviewer"
    Column("password", Text),  # Argon2id; None before the first link was used
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", BigInteger),
    UniqueConstraint("login", name="staff_login"),
)
"""Who works at the desks."""

links = Table(
    "links",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),  # SHA-256 of the secret in the link
    Column("staff", String(46), ForeignKey("staff.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""One-time links with which a member of staff chooses a password; a used one is gone."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),  # SHA-256 of the cookie
    Column("staff", String(46), ForeignKey("staff.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # to the minute
    Column("expires_at", BigInteger, nullable=False),
)
"""Who is logged in."""
Index("sessions_staff", sessions.c.staff)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 ... no gap
    Column("at", BigInteger, nullable=False),
    Column("actor", String(46), nullable=False),  # staff/... or program
    Column("kind", String(40), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("detail", Text, nullable=False),  # JSON, keys sorted; never a text
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
"""Who did what, in order, each entry bound to the one before; rows are never changed."""
Index("audit_kind", audit.c.kind, audit.c.number)
Index("audit_subject", audit.c.subject, audit.c.number)
