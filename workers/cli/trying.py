"""`saring try FILE|-`: the same PIPELINE in this process, without broker or ledger."""

import secrets
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from tasks.models import MAX_BATCH, Batch, Item
from tasks.pipeline import PIPELINE
from tasks.ports import Ports
from tasks.stage import run_stage
from workers.cli.push import open_lines
from workers.door import Refused, admit
from workers.retry import describe
from workers.settings import load_settings
from workers.wiring import wire_in_memory

_UNDATED: Final = "1970-01-01T00:00:00Z"
"""`published_at` of a line of plain text: trying the same file twice prints the same bytes."""
_SOME_FAILED = 2


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("try")(try_)


def try_(
    file: Annotated[Path, typer.Argument(help="A file of JSON lines, or - for standard input.")],
    text: Annotated[bool, typer.Option("--text", help="Each line is one plain text.")] = False,
) -> None:
    """Print one Publication (JSON) for each line, in input order; nothing is stored.

    Lines that cannot be processed are reported on standard error; then the exit code is 2.
    """
    ports, publisher = wire_in_memory(load_settings())
    key = secrets.token_bytes(32)
    failed = False
    with open_lines(file) as lines:
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        while chunk := list(islice(numbered, MAX_BATCH)):
            items, problems = _admit(chunk, text, key)
            problems += _run(items, ports)
            for publication in publisher.take():
                sys.stdout.write(publication.model_dump_json() + "\n")
            for problem in sorted(problems):
                print(f"line {problem[0]}: {problem[1]}", file=sys.stderr)
            failed = failed or bool(problems)
    if failed:
        raise typer.Exit(_SOME_FAILED)


_Problem = tuple[int, str]


def _admit(
    chunk: Iterable[tuple[int, bytes]], text: bool, key: bytes
) -> tuple[list[Item], list[_Problem]]:
    items, problems = [], []
    for number, line in chunk:
        try:
            entry = admit(_submission(number, line) if text else line, key)
        except Refused as refused:
            problems += [
                (number, f"{one.field or 'line'} {one.problem}: {one.remedy}")
                for one in refused.problems
            ]
        else:
            items.append(Item(seq=number, content=entry.content))
    return items, problems


def _submission(number: int, line: bytes) -> bytes:
    return orjson.dumps(
        {
            "source": "try",
            "id": str(number),
            "kind": "post",
            "text": line.decode(errors="replace").rstrip("\r\n"),
            "published_at": _UNDATED,
        }
    )


def _run(items: list[Item], ports: Ports) -> list[_Problem]:
    batch = Batch(id="try", items=tuple(items))
    problems = []
    for stage in PIPELINE:
        batch, held = run_stage(stage, batch, ports)
        problems += [(one.item.seq, f"{stage.name}: {describe(one.reason)}") for one in held]
    return problems
