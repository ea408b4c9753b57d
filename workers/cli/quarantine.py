"""`saring quarantine`: what could not be processed, and what a person does about it."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from workers.ledger import Ledger
from workers.ledger.quarantine import Choice, content, drop, quarantined, replay
from workers.settings import load_settings
from workers.wiring import existing_ledger

Refs = Annotated[list[str] | None, typer.Argument(help="Items, as source/id.")]
OfSource = Annotated[str | None, typer.Option(help="Only items of this source.")]
OfError = Annotated[str | None, typer.Option(help="Only items whose error holds this text.")]
Every = Annotated[bool, typer.Option("--all", help="All that wait.")]
Reason = Annotated[str, typer.Option(help="Why: one sentence, kept in the audit log.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(
        name="quarantine", help="What could not be processed, and why.", no_args_is_help=True
    )
    group.command("list")(show_list)
    group.command("show")(show)
    group.command("replay")(try_again)
    group.command("drop")(give_up)
    app.add_typer(group)


def show_list(
    source: OfSource = None,
    error: OfError = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
) -> None:
    """List what waits, oldest first."""
    found = quarantined(_ledger(), Choice(source=source, error=error))
    if as_json:
        print(orjson.dumps(found).decode())
        return
    rows = Table("item", "since", "attempts", "error")
    for one in found:
        rows.add_row(one.ref, _time(one.since_ms), str(one.attempts), one.error)
    Console().print(rows)


def show(ref: Annotated[str, typer.Argument(help="The item, as source/id.")]) -> None:
    """Show one item with its text, masked as at the door."""
    ledger = _ledger()
    held = content(ledger, ref)
    (one,) = quarantined(ledger, Choice(refs=[ref]))
    console = Console(highlight=False)
    console.print(f"{one.ref}  {held.kind}, {held.platform or '-'}, {held.published_at:%Y-%m-%d}")
    console.print(f"since {_time(one.since_ms)}, {one.attempts} attempts: {one.error}")
    for text in (held.title, held.text):
        if text is not None:
            console.print(text, markup=False, soft_wrap=True)


def try_again(
    reason: Reason,
    refs: Refs = None,
    source: OfSource = None,
    error: OfError = None,
    every: Every = False,
    rate: Annotated[float, typer.Option(help="Items a second.")] = 10.0,
) -> None:
    """Send items through the stages again, some a second."""
    done = replay(_ledger(), _choice(refs, source, error, every=every), reason, rate)
    print(f"{len(done)} items wait for the workers again")


def give_up(
    reason: Reason,
    refs: Refs = None,
    source: OfSource = None,
    error: OfError = None,
    every: Every = False,
) -> None:
    """Give items up: their text is erased, and cannot be had back."""
    done = drop(_ledger(), _choice(refs, source, error, every=every), reason)
    print(f"{len(done)} items given up, their texts erased")


def _choice(
    refs: list[str] | None, source: str | None, error: str | None, *, every: bool
) -> Choice:
    if not (refs or source or error or every):
        raise ValueError("name items, or --source, --error, or --all")
    return Choice(refs or (), source, error)


def _ledger() -> Ledger:
    return existing_ledger(load_settings())


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
