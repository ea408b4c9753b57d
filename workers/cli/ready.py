"""`saring ready NAME`: whether a part and all that it needs are there."""

import socket
import sys
from typing import Annotated

import redis
import typer

from tasks.stage import Unavailable
from workers.broker import connect
from workers.presence import parts
from workers.run import broker_url
from workers.settings import load_settings
from workers.wiring import existing_ledger


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(ready)


def ready(
    name: Annotated[str, typer.Argument(help="How the part's name begins: dispatch, worker.")],
) -> None:
    """Exit 0 if a part of that name on this host announced itself just now, else 1.

    The broker and the ledger must answer too. It does not say that the part gets on with its work:
    for that see the oldest waiting item of `saring status`.
    """
    settings, host = load_settings(), socket.gethostname()
    try:
        found = parts(connect(broker_url(settings)))
    except redis.RedisError as error:
        raise Unavailable(f"the broker does not answer ({type(error).__name__})") from error
    existing_ledger(settings).engine.dispose()
    if not any(part.host == host and part.name.startswith(name) for part in found):
        print(f"saring: no part called {name}… on {host} announces itself", file=sys.stderr)
        raise typer.Exit(1)
