"""`saring status`: parts, queue, waiting items."""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workers.ledger.flow import REMEDY
from workers.settings import load_settings
from workers.status import Status, snapshot
from workers.wiring import wire


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(status)


def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show the parts that run, the queue, the oldest waiting item and the states."""
    now = snapshot(wire(load_settings()))
    if json:
        print(now.model_dump_json(indent=2))
    else:
        _show(now, Console())


def _show(now: Status, console: Console) -> None:
    if now.stopped is not None:
        console.print(f"[bold red]stopped[/]          {escape(now.stopped.says())}")
        console.print(f"                 {REMEDY}")
    parts = Table("part", "host", "pid", "up for", "restarts")
    for part in now.parts:
        again = now.restarts.get(part.name.partition("@")[0], 0)
        up_for = f"{time.time() - part.since:.0f} s"
        parts.add_row(part.name, part.host, str(part.pid), up_for, str(again))
    console.print(parts)
    oldest = now.oldest_waiting_seconds
    console.print(f"queue depth      {now.queue_depth} batches")
    console.print(f"oldest waiting   {'none' if oldest is None else f'{oldest:.1f} s'}")
    console.print(f"outbox           {now.outbox}")
    if now.index is not None:
        console.print(
            f"index            {now.index.done} of {now.index.total} items filled again"
            f" since {now.index.seconds:.0f} s; nothing is dispatched meanwhile"
        )
    for subscriber, one in now.deliveries.items():
        console.print(f"webhooks to {subscriber}: {one.waiting} waiting, {one.parked} parked")
    for state, number in now.states.items():
        console.print(f"{state:<16} {number}")
