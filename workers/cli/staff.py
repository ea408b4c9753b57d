"""`saring staff`: who works at the desks."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from workers.desk.rendering import when
from workers.ledger import Ledger
from workers.ledger.credentials import make_link
from workers.ledger.desk_tables import ROLES, Role
from workers.ledger.staff import (
    Account,
    Unfit,
    accounts,
    add_staff,
    disable,
    enable,
    find_staff,
    set_roles,
)
from workers.run import link_url
from workers.settings import load_settings
from workers.wiring import existing_ledger

_Login = Annotated[str, typer.Argument(help="The user name of the member of staff.")]
_Roles = Annotated[
    list[str], typer.Option("--role", help=f"One of {', '.join(ROLES)}; repeatable.")
]

_commands = typer.Typer(help="Who works at the desks, and in which roles.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_commands, name="staff")


@_commands.command()
def add(
    login: _Login,
    role: _Roles,
    name: Annotated[str, typer.Option(help="Their full name, as the desk shows it.")],
) -> None:
    """Add a member of staff. Their one-time link is printed once, alone on standard output."""
    ledger = _ledger()
    _print_link(ledger, add_staff(ledger, login, name, _known(role)).id)


@_commands.command()
def link(login: _Login) -> None:
    """Make a new one-time link. The password and all sessions end at once."""
    ledger = _ledger()
    _print_link(ledger, find_staff(ledger, login).id)


@_commands.command("list")
def list_staff(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List the staff."""
    found = accounts(_ledger())
    if as_json:
        print(json.dumps([_shown(one) for one in found], indent=2, ensure_ascii=False))
        return
    table = Table("login", "name", "roles", "state")
    for column in table.columns:
        column.overflow = "fold"
    for one in found:
        table.add_row(*(str(value) for value in _shown(one).values()))
    Console().print(table, markup=False)


@_commands.command()
def roles(login: _Login, role: _Roles) -> None:
    """Give a member of staff these roles instead of theirs; it holds at once."""
    ledger = _ledger()
    set_roles(ledger, find_staff(ledger, login).id, _known(role))


@_commands.command("disable")
def disable_account(login: _Login) -> None:
    """Put a member of staff out at once, and keep their name in what they decided."""
    ledger = _ledger()
    disable(ledger, find_staff(ledger, login).id)


@_commands.command("enable")
def enable_account(login: _Login) -> None:
    """Let a disabled member of staff back. A new link is printed, alone on standard output."""
    ledger = _ledger()
    member = find_staff(ledger, login).id
    enable(ledger, member)
    _print_link(ledger, member)


def _ledger() -> Ledger:
    return existing_ledger(load_settings())


def _known(given: list[str]) -> list[Role]:
    if not set(given) <= set(ROLES):
        raise Unfit("roles")
    return [role for role in ROLES if role in given]


def _print_link(ledger: Ledger, member: str) -> None:
    print(link_url(load_settings(), make_link(ledger, member)))
    print("It works once, for 24 hours, and is shown only now.", file=sys.stderr)


def _shown(one: Account) -> dict[str, Any]:
    return {
        "login": one.staff.login,
        "name": one.staff.name,
        "roles": " ".join(role for role in ROLES if role in one.staff.roles),
        "state": _state(one),
    }


def _state(one: Account) -> str:
    if one.disabled_at_ms is not None:
        return f"disabled since {when(one.disabled_at_ms, 'en')}"
    if one.link_until_ms is not None:
        return f"link until {when(one.link_until_ms, 'en')}"
    if not one.has_password:
        return "needs a new link"
    if one.locked_until_ms is not None:
        return f"closed until {when(one.locked_until_ms, 'en')}"
    return "active"
