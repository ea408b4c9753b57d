"""Who works at the desks: their accounts and roles. Every change is in the audit log."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, delete, func, insert, select, update

from workers.ledger.audit import PROGRAM, append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.desk_tables import ROLES, Role, links, sessions, staff

Fault = Literal["login", "name", "roles", "taken", "unknown", "disabled", "last_admin"]
_SENTENCES: Final[dict[Fault, str]] = {
    "login": "login: 2 to 64 of a-z, 0-9, dot and dash, beginning with a letter",
    "name": "name: 1 to 120 characters",
    "roles": f"roles: at least one of {', '.join(ROLES)}",
    "taken": "login: somebody has it already",
    "unknown": "no member of staff has this login",
    "disabled": "this account is disabled: enable it first",
    "last_admin": "this is the last admin who can log in: give another one the role first",
}
_LOGIN: Final = re.compile(r"[a-z][a-z0-9.-]{1,63}")


class Unfit(ValueError):
    """A change of the staff that cannot be made; nothing was done."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(_SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff: `id` is `staff/...`, and the only name that records know them by."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff, and whether they can log in."""

    staff: Staff
    has_password: bool
    link_until_ms: int | None
    """Until when their one-time link is good; None without one."""
    disabled_at_ms: int | None
    locked_until_ms: int | None


def add_staff(
    ledger: Ledger, login: str, name: str, roles: Collection[Role], by: str = PROGRAM
) -> Staff:
    """Add a member of staff, who cannot log in before they have used a link. Raises Unfit."""
    with ledger.write() as connection:
        alone(connection)
        return new_staff(connection, login, name, roles, by)


def new_staff(
    connection: Connection, login: str, name: str, roles: Collection[Role], by: str
) -> Staff:
    """The same in a transaction that is `alone`."""
    login, name = login.strip().lower(), " ".join(name.split())
    if not _LOGIN.fullmatch(login):
        raise Unfit("login")
    if not 1 <= len(name) <= 120:
        raise Unfit("name")
    member = Staff(f"staff/{secrets.token_hex(4)}", login, name, frozenset(roles))
    kept = _kept(member.roles)
    if connection.scalar(select(func.count()).where(staff.c.login == login)):
        raise Unfit("taken")
    connection.execute(
        insert(staff).values(id=member.id, login=login, name=name, roles=kept, created_at=now_ms())
    )
    append(connection, by, "staff.added", member.id, {"roles": kept})
    return member


def accounts(ledger: Ledger) -> list[Account]:
    """Everybody, by login."""
    now = now_ms()
    link = (
        select(links.c.staff, func.max(links.c.expires_at).label("until"))
        .where(links.c.expires_at > now)
        .group_by(links.c.staff)
        .subquery()
    )
    with ledger.read() as connection:
        rows = connection.execute(
            select(staff, link.c.until)
            .join(link, link.c.staff == staff.c.id, isouter=True)
            .order_by(staff.c.login)
        ).all()
    return [
        Account(
            staff=Staff(row.id, row.login, row.name, held_roles(row.roles)),
            has_password=row.password is not None,
            link_until_ms=row.until,
            disabled_at_ms=row.disabled_at,
            locked_until_ms=row.locked_until if is_closed(row, now) else None,
        )
        for row in rows
    ]


def find_staff(ledger: Ledger, login: str) -> Staff:
    """Who has this login. Raises Unfit if nobody."""
    with ledger.read() as connection:
        row = connection.execute(select(staff).where(staff.c.login == login.lower())).first()
    if row is None:
        raise Unfit("unknown")
    return Staff(row.id, row.login, row.name, held_roles(row.roles))


def set_roles(ledger: Ledger, member: str, roles: Collection[Role], by: str = PROGRAM) -> None:
    """Give a member of staff these roles instead; it holds from their next request on.

    Raises Unfit, also for who would leave nobody to administer.
    """
    kept = _kept(roles)
    with ledger.write() as connection:
        row = _changeable(connection, member)
        if "admin" not in roles:
            _not_last_admin(connection, row)
        connection.execute(update(staff).where(staff.c.id == member).values(roles=kept))
        append(connection, by, "staff.roles", member, {"from": row.roles, "to": kept})


def disable(ledger: Ledger, member: str, by: str = PROGRAM) -> None:
    """Put a member of staff out at once: sessions, links and password are gone. Raises Unfit."""
    with ledger.write() as connection:
        row = _changeable(connection, member)
        if row.disabled_at is not None:
            raise Unfit("disabled")
        _not_last_admin(connection, row)
        connection.execute(update(staff).where(staff.c.id == member).values(disabled_at=now_ms()))
        shut(connection, member)
        append(connection, by, "staff.disabled", member)


def enable(ledger: Ledger, member: str, by: str = PROGRAM) -> None:
    """Let a member of staff come back, by a new link. Raises Unfit."""
    with ledger.write() as connection:
        _changeable(connection, member)
        connection.execute(update(staff).where(staff.c.id == member).values(disabled_at=None))
        append(connection, by, "staff.enabled", member)


def shut(connection: Connection, member: str) -> None:
    """Forget all by which a member of staff could enter or is inside, in a transaction."""
    connection.execute(delete(sessions).where(sessions.c.staff == member))
    connection.execute(delete(links).where(links.c.staff == member))
    connection.execute(
        update(staff)
        .where(staff.c.id == member)
        .values(password=None, failures=0, locked_until=None)
    )


def alone(connection: Connection) -> None:
    """Let no other transaction change the staff before this one ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE")


def is_closed(row: Any, now: int) -> bool:
    """Whether this row's account is closed for a while, after failures to log in."""
    return row.locked_until is not None and row.locked_until > now


def held_roles(kept: str) -> frozenset[Role]:
    """The roles as they are stored."""
    return frozenset(cast(Role, role) for role in kept.split())


def _kept(roles: Collection[Role]) -> str:
    if not roles or not set(roles) <= set(ROLES):
        raise Unfit("roles")
    return " ".join(role for role in ROLES if role in roles)


def _changeable(connection: Connection, member: str) -> Any:
    """The row of a member of staff, in a transaction that nobody else overtakes."""
    alone(connection)
    row = connection.execute(select(staff).where(staff.c.id == member)).first()
    if row is None:
        raise Unfit("unknown")
    return row


def _not_last_admin(connection: Connection, row: Any) -> None:
    if "admin" not in held_roles(row.roles) or row.disabled_at is not None:
        return
    others = connection.scalars(
        select(staff.c.roles).where(
            staff.c.id != row.id, staff.c.disabled_at.is_(None), staff.c.password.is_not(None)
        )
    )
    if not any("admin" in held_roles(roles) for roles in others):
        raise Unfit("last_admin")
