"""`saring alive NAME`: whether the main loop of a part goes round.

It asks neither broker nor ledger, and is run every few seconds: it loads as little as it can.
"""

import sys
from typing import Annotated

import typer

from workers.heartbeat import last_beat
from workers.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(alive)


def alive(
    name: Annotated[str, typer.Argument(help="dispatch, worker, worker-1, deliver, relate.")],
    within: Annotated[float, typer.Option(help="Seconds since its last beat.", min=1)] = 30.0,
) -> None:
    """Exit 0 if the main loop of the part of that name went round just now, else 1.

    So it is while it waits for a broker or a ledger that is away; `saring ready` tells that.
    """
    folder = load_settings().heartbeat_path
    age = last_beat(folder, name)
    if age is None:
        print(f"saring: no {name} has ever beaten in {folder}", file=sys.stderr)
    elif age > within:
        print(f"saring: {name} beat last {age:.0f} s ago", file=sys.stderr)
    else:
        return
    raise typer.Exit(1)
