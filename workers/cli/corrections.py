"""`saring corrections`: where people overruled the program, as cases to evaluate it with."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import orjson
import typer

from workers.cli.results import parse_since
from workers.ledger.corrections import corrections as found
from workers.settings import load_settings
from workers.wiring import existing_ledger


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(corrections)


def corrections(
    jsonl: Annotated[
        Path, typer.Option("--jsonl", help="Where to, one case (JSON) a line; - prints them.")
    ],
    since: Annotated[
        str | None, typer.Option(help="Only what was corrected since: 30m, 7d, or ISO 8601.")
    ] = None,
) -> None:
    """Write where people overruled the program. To evaluate with; never to train on."""
    start = 0 if since is None else int(parse_since(since).timestamp() * 1000)
    cases = found(existing_ledger(load_settings()), start)
    printed = str(jsonl) == "-"
    count = 0
    with nullcontext(sys.stdout.buffer) if printed else jsonl.open("wb") as out:
        for count, one in enumerate(cases, 1):  # noqa: B007 - counted, said below
            out.write(orjson.dumps(one) + b"\n")
    if not printed:
        print(f"{jsonl}: {count}")
