"""`saring doctor`: what is wrong here, and what to do about it."""

from dataclasses import asdict
from typing import Annotated, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from workers.doctor import Finding, examine
from workers.doctor.finding import Level
from workers.settings import load_settings

_LOOKS: Final[dict[Level, str]] = {"good": "green", "doubtful": "yellow", "bad": "bold red"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what is good.")] = False,
) -> None:
    """Check broker, ledger, parts, clocks, disks and files; exit 1 if something is bad."""
    found = list(examine(load_settings()))
    if as_json:
        print(orjson.dumps([asdict(one) for one in found]).decode())
    else:
        _show(found, Console(), every=every)
    if any(one.level == "bad" for one in found):
        raise typer.Exit(1)


def _show(found: list[Finding], console: Console, *, every: bool) -> None:
    shown = [one for one in found if every or one.level != "good"]
    if shown:
        rows = Table("check", "", "found", "what to do")
        for one in shown:
            rows.add_row(one.check, one.level, one.says, one.remedy, style=_LOOKS[one.level])
        console.print(rows)
    good = sum(one.level == "good" for one in found)
    console.print(f"{good} of {len(found)} checks are good")
