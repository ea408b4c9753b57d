"""Logging in: one-time links, passwords, and what happens when they are wrong."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import Role, links, staff
from workers.ledger.sessions import digest, end_all, new_session
from workers.ledger.staff import Staff, Unfit, alone, held_roles, is_closed, new_staff, shut
from workers.passwords import is_outdated, is_right, keep
from workers.throttle import lock_ms

LINK_MS: Final = 24 * 3_600_000
"""How long a one-time link is good."""
FIRST: Final = "admin"
"""Login of the first member of staff."""
_FIRST_ROLES: Final[tuple[Role, ...]] = ("admin",)


def make_link(ledger: Ledger, member: str, by: str = PROGRAM) -> str:
    """The secret of a new one-time link; shown once, and stored only as a digest.

    From now on nothing else opens the account: its password, sessions and older links are gone.
    Raises Unfit for who is disabled or not there.
    """
    with ledger.write() as connection:
        return _new_link(connection, member, by)


def first_admin(ledger: Ledger) -> str | None:
    """Make the admin of a ledger without staff; returns the secret of their link, or None."""
    with ledger.write() as connection:
        alone(connection)
        if connection.scalar(select(func.count()).select_from(staff)):
            return None
        member = new_staff(connection, FIRST, "Admin", _FIRST_ROLES, PROGRAM)
        return _new_link(connection, member.id, PROGRAM)


def link_owner(ledger: Ledger, secret: str) -> Staff | None:
    """Whose link it is; None if it is used, too old, or no link."""
    with ledger.read() as connection:
        row = connection.execute(
            select(staff.c.id, staff.c.login, staff.c.name, staff.c.roles)
            .join(links, links.c.staff == staff.c.id)
            .where(
                links.c.token == digest(secret),
                links.c.expires_at > now_ms(),
                staff.c.disabled_at.is_(None),
            )
        ).first()
    return None if row is None else Staff(row.id, row.login, row.name, held_roles(row.roles))


def use_link(ledger: Ledger, secret: str, password: str) -> str | None:
    """Choose a password by a link, and be logged in; returns the secret of the cookie.

    None if the link is not good any more; of two at once only one is let in. The password was
    looked at with `workers.passwords.weakness`. Raises Busy, LedgerAway.
    """
    kept = keep(password)
    with ledger.write() as connection:
        alone(connection)
        member = connection.scalar(
            delete(links)
            .where(
                links.c.token == digest(secret),
                links.c.expires_at > now_ms(),
                links.c.staff.in_(select(staff.c.id).where(staff.c.disabled_at.is_(None))),
            )
            .returning(links.c.staff)
        )
        if member is None:
            return None
        shut(connection, member)
        connection.execute(update(staff).where(staff.c.id == member).values(password=kept))
        token = new_session(connection, member)
        append(connection, member, "link.used", member)
        return token


def log_in(ledger: Ledger, login: str, password: str) -> str | None:
    """Returns the secret of the cookie, or None.

    None tells nothing: not whether the login exists, is disabled or closed for a while, and
    each takes the same time. Failures in a row close the account (`lock_ms`), for everybody;
    what is tried meanwhile does not count. Raises Busy, LedgerAway.
    """

    def enter(connection: Connection, member: str) -> str:
        token = new_session(connection, member)
        append(connection, member, "login", member)
        return token

    return _proven(ledger, login.strip().lower()[:64], password, enter)


def change_password(ledger: Ledger, member: Staff, old: str, new: str) -> str | None:
    """Another password; every session ends, and the secret of a new one is returned.

    None if `old` is not the password, which counts as a failure to log in. Raises Busy,
    LedgerAway.
    """
    kept = keep(new)

    def change(connection: Connection, member: str) -> str:
        connection.execute(update(staff).where(staff.c.id == member).values(password=kept))
        ended = end_all(connection, member)
        token = new_session(connection, member)
        append(connection, member, "password.changed", member, {"sessions": ended})
        return token

    return _proven(ledger, member.login, old, change)


def _proven(
    ledger: Ledger, login: str, password: str, then: Callable[[Connection, str], str]
) -> str | None:
    """What `then` returns for the member of staff, in the transaction that let them in."""
    with ledger.read() as connection:
        compared = connection.scalar(select(staff.c.password).where(staff.c.login == login))
    right = is_right(compared, password)
    kept = keep(password) if right and compared and is_outdated(compared) else compared
    now = now_ms()
    with ledger.write() as connection:
        # Changes nothing, but locks the row: others who try at once wait for what comes of this.
        row = connection.execute(
            update(staff)
            .where(staff.c.login == login)
            .values(failures=staff.c.failures)
            .returning(*staff.c)
        ).first()
        # What was compared must still be the password.
        same = row is not None and row.disabled_at is None and row.password == compared
        closed = row is not None and is_closed(row, now)
        if row is None or closed or not (right and same):
            _failed(connection, row, closed, now)
            return None
        connection.execute(
            update(staff)
            .where(staff.c.id == row.id)
            .values(failures=0, locked_until=None, password=kept)
        )
        return then(connection, row.id)


def _new_link(connection: Connection, member: str, by: str) -> str:
    alone(connection)
    row = connection.execute(select(staff.c.disabled_at).where(staff.c.id == member)).first()
    if row is None:
        raise Unfit("unknown")
    if row.disabled_at is not None:
        raise Unfit("disabled")
    shut(connection, member)
    secret, now = secrets.token_urlsafe(32), now_ms()
    connection.execute(delete(links).where(links.c.expires_at <= now))
    connection.execute(
        insert(links).values(token=digest(secret), staff=member, expires_at=now + LINK_MS)
    )
    append(connection, by, "link.made", member)
    return secret


def _failed(connection: Connection, row: Any, closed: bool, now: int) -> None:
    """Count and record a failure. The login that was typed is not kept: it may be a password."""
    if row is not None and not closed:
        failures = row.failures + 1
        lock = lock_ms(failures)
        connection.execute(
            update(staff)
            .where(staff.c.id == row.id)
            .values(failures=failures, locked_until=now + lock if lock else None)
        )
    subject = row.id if row is not None else "unknown"
    append(connection, PROGRAM, "login.failed", subject, {"closed": closed})
