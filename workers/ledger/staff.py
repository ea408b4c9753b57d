"""Who works at the desks, and who is logged in."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import insert, select

from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import ROLES, Role, sessions, staff

SESSION_MS: Final = 12 * 3_600_000
"""How long somebody stays logged in."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff: `id` is `staff/...`, and the only name that records know them by."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, and the token that their forms carry."""

    staff: Staff
    csrf: str


def add_staff(ledger: Ledger, login: str, name: str, roles: Collection[Role]) -> Staff:
    """Add a member of staff, who cannot log in yet."""
    member = Staff(f"staff/{secrets.token_hex(4)}", login, name, frozenset(roles))
    with ledger.write() as connection:
        connection.execute(
            insert(staff).values(
                id=member.id,
                login=login,
                name=name,
                roles=" ".join(role for role in ROLES if role in member.roles),
                created_at=now_ms(),
            )
        )
    return member


def open_session(ledger: Ledger, member: str) -> str:
    """Log a member of staff in; returns the secret of their cookie."""
    token, now = secrets.token_urlsafe(32), now_ms()
    with ledger.write() as connection:
        connection.execute(
            insert(sessions).values(
                token=_digest(token),
                staff=member,
                csrf=secrets.token_urlsafe(24),
                created_at=now,
                expires_at=now + SESSION_MS,
            )
        )
    return token


def session(ledger: Ledger, token: str) -> Session | None:
    """Whose session it is; None when it is nobody's, or over."""
    with ledger.read() as connection:
        row = connection.execute(
            select(staff.c.id, staff.c.login, staff.c.name, staff.c.roles, sessions.c.csrf)
            .join(sessions, sessions.c.staff == staff.c.id)
            .where(
                sessions.c.token == _digest(token),
                sessions.c.expires_at > now_ms(),
                staff.c.disabled_at.is_(None),
            )
        ).first()
    if row is None:
        return None
    roles = frozenset(cast(Role, role) for role in row.roles.split())
    return Session(Staff(row.id, row.login, row.name, roles), row.csrf)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
