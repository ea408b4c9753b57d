"""Who is logged in."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import sessions, staff
from workers.ledger.staff import Staff, held_roles

SESSION_MS: Final = 12 * 3_600_000
"""How long somebody stays logged in: a working day (NIST SP 800-63B, AAL2, allows 24 h)."""
IDLE_MS: Final = 3_600_000
"""How long without opening a page or deciding anything (the same allows 1 h)."""
_NOTED_MS: Final = 60_000
"""A session's last use is noted to this, so that reading a page seldom writes."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, and the token that their forms carry."""

    staff: Staff
    csrf: str


def open_session(ledger: Ledger, member: str) -> str:
    """Log a member of staff in; returns the secret of their cookie."""
    with ledger.write() as connection:
        return new_session(connection, member)


def new_session(connection: Connection, member: str) -> str:
    """The same in a transaction; sessions that are over are forgotten with it."""
    token, now = secrets.token_urlsafe(32), now_ms()
    connection.execute(
        delete(sessions).where(
            (sessions.c.expires_at <= now) | (sessions.c.seen_at <= now - IDLE_MS)
        )
    )
    connection.execute(
        insert(sessions).values(
            token=digest(token),
            staff=member,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_MS,
        )
    )
    return token


def session(ledger: Ledger, token: str, *, active: bool = True) -> Session | None:
    """Whose session it is; None when it is nobody's, or over, or its owner is disabled.

    `active`: a person did something now, which keeps the session from ending for idleness.
    """
    now = now_ms()
    with ledger.read() as connection:
        row = connection.execute(
            select(
                staff.c.id,
                staff.c.login,
                staff.c.name,
                staff.c.roles,
                sessions.c.csrf,
                sessions.c.seen_at,
            )
            .join(sessions, sessions.c.staff == staff.c.id)
            .where(
                sessions.c.token == digest(token),
                sessions.c.expires_at > now,
                sessions.c.seen_at > now - IDLE_MS,
                staff.c.disabled_at.is_(None),
            )
        ).first()
    if row is None:
        return None
    if active and row.seen_at < now - _NOTED_MS:
        with ledger.write(durable=False) as connection:
            connection.execute(
                update(sessions).where(sessions.c.token == digest(token)).values(seen_at=now)
            )
    return Session(Staff(row.id, row.login, row.name, held_roles(row.roles)), row.csrf)


def end_session(ledger: Ledger, token: str, member: str) -> None:
    """Log out here."""
    with ledger.write() as connection:
        connection.execute(
            delete(sessions).where(sessions.c.token == digest(token), sessions.c.staff == member)
        )
        append(connection, member, "logout", member)


def end_sessions(ledger: Ledger, member: str) -> None:
    """Log out everywhere."""
    with ledger.write() as connection:
        ended = end_all(connection, member)
        append(connection, member, "logout.everywhere", member, {"sessions": ended})


def end_all(connection: Connection, member: str) -> int:
    """End every session of a member of staff, in a transaction; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.staff == member)).rowcount


def count_sessions(ledger: Ledger, member: str) -> int:
    """In how many places a member of staff is logged in."""
    now = now_ms()
    with ledger.read() as connection:
        found: int = connection.execute(
            select(func.count())
            .select_from(sessions)
            .where(
                sessions.c.staff == member,
                sessions.c.expires_at > now,
                sessions.c.seen_at > now - IDLE_MS,
            )
        ).scalar_one()
    return found


def digest(secret: str) -> bytes:
    """What is stored of the secret of a cookie or a link."""
    return hashlib.sha256(secret.encode()).digest()
