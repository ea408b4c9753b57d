"""`saring thresholds`: the legal thresholds in force, and whether somebody has checked them."""

from typing import Annotated, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from tasks.thresholds import InForce
from tasks.words import DANGER_ACTS, ReaderLanguage
from workers.law import law_in_force
from workers.ledger.referrals import renew
from workers.run import NotRunning
from workers.settings import load_settings
from workers.wiring import existing_ledger

COLUMNS: Final[dict[ReaderLanguage, tuple[str, ...]]] = {
    "id": ("Bahaya", "Hukum", "Unsur", "Sejak", "Diperiksa"),
    "en": ("Danger", "Law", "Element", "Since", "Checked"),
}
LINES: Final[dict[ReaderLanguage, dict[str, str]]] = {
    "id": {
        "version": "Versi {version}, {rows} baris berlaku hari ini",
        "unchecked": "belum diperiksa pejabat hukum: {names}",
        "empty": "pasalnya belum diisi: {names}",
        "none": "tidak ada ambang yang terisi: {names}",
        "reopened": "rujukan yang dibuka kembali karena ambangnya berubah: {names}",
        "not_yet": "belum",
    },
    "en": {
        "version": "Version {version}, {rows} rows in force today",
        "unchecked": "not checked by your legal officer: {names}",
        "empty": "article to be filled in: {names}",
        "none": "no threshold is filled in: {names}",
        "reopened": "referrals reopened since the thresholds changed: {names}",
        "not_yet": "not yet",
    },
}

_commands = typer.Typer(help="The legal thresholds in force.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(_commands, name="thresholds")


@_commands.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
) -> None:
    """Show the rows that hold today, and their version."""
    settings = load_settings()
    law = law_in_force(settings)
    if as_json:
        rows = [one.model_dump(mode="json") for one in law.rows]
        print(orjson.dumps({"title": law.title, "version": law.version, "rows": rows}).decode())
        return
    words, console = LINES[settings.language], Console()
    table = Table(*COLUMNS[settings.language], title=law.title)
    for one in law.rows:
        checked = f"{one.checked_by} {one.checked_on}" if one.checked_by else words["not_yet"]
        table.add_row(
            one.act, f"{one.law}\n{one.article or '…'}", one.element, str(one.since), checked
        )
    console.print(table)
    console.print(words["version"].format(version=law.version, rows=len(law.rows)))


@_commands.command()
def check() -> None:
    """Say what is wrong or missing in the table; reopen referrals that it has overtaken.

    Exit 1 where a danger has no threshold that is filled in.
    """
    settings = load_settings()
    law, words = law_in_force(settings), LINES[settings.language]
    print(words["version"].format(version=law.version, rows=len(law.rows)))
    for name, rows in (
        ("unchecked", [one.id for one in law.rows if not one.checked_by]),
        ("empty", [one.id for one in law.rows if not one.article]),
        ("none", _without(law)),
        ("reopened", _renewed(law)),
    ):
        if rows:
            print(words[name].format(names=", ".join(map(str, rows))))
    if _without(law):
        raise typer.Exit(1)


def _without(law: InForce) -> list[str]:
    return [act for act in DANGER_ACTS if not any(one.article for one in law.of(act))]


def _renewed(law: InForce) -> list[int]:
    try:
        ledger = existing_ledger(load_settings())
    except NotRunning:  # the table is checked before there is anything to refer
        return []
    return renew(ledger, law)
