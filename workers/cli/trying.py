"""`saring try FILE|-`: the same PIPELINE in this process, without broker or ledger."""

import secrets
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Final, cast

import orjson
import typer
from rich.console import Console

from tasks.models import MAX_BATCH, Batch, Item, Publication
from tasks.pipeline import PIPELINE, load_assets
from tasks.ports import Ports
from tasks.stage import run_stage
from workers.cli import explaining
from workers.cli.lines import open_lines
from workers.door import Refused, admit
from workers.factchecks.importing import read_whole
from workers.retry import describe
from workers.settings import load_settings
from workers.wiring_alone import wire_in_memory

_UNDATED: Final = "2000-01-01T00:00:00Z"
"""`published_at` of a line of plain text: trying the same file twice prints the same bytes."""
_SOME_FAILED = 2
_READ: Final = 1 << 18
"""Bytes read at once, at most."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("try")(try_)


def try_(
    file: Annotated[Path, typer.Argument(help="A file of JSON lines, or - for standard input.")],
    text: Annotated[bool, typer.Option("--text", help="Each line is one plain text.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show people what was found, where, and why.")
    ] = False,
    factchecks: Annotated[
        Path | None,
        typer.Option(exists=True, help="Published fact-checks, a file or folder, to match with."),
    ] = None,
) -> None:
    """Print one Publication (JSON) for each line, in input order; nothing is stored.

    Lines are processed as they come. Those that cannot be are reported on standard error; then
    the exit code is 2.
    """
    settings = load_settings()
    load_assets()
    checks = () if factchecks is None else read_whole(factchecks)
    ports, publisher = wire_in_memory(settings, checks)
    show = partial(explaining.show, settings.language, Console()) if explain else _print
    key = secrets.token_bytes(32)
    failed = False
    with open_lines(file) as lines:
        for chunk in _chunks(lines):
            items, problems = _admit(chunk, text, key)
            problems += _run(items, ports)
            for publication in publisher.take():
                show(publication)
            sys.stdout.flush()  # a reader at the other end of a pipe waits for no full buffer
            for problem in sorted(problems):
                print(f"line {problem[0]}: {problem[1]}", file=sys.stderr)
            failed = failed or bool(problems)
    if failed:
        raise typer.Exit(_SOME_FAILED)


def _print(publication: Publication) -> None:
    sys.stdout.write(publication.model_dump_json() + "\n")


_Problem = tuple[int, str]
_Line = tuple[int, bytes]


def _chunks(lines: BinaryIO) -> Iterator[list[_Line]]:
    """Numbered lines, up to MAX_BATCH at once: what has come is not kept waiting for more."""
    number, begun = 1, list[bytes]()  # the pieces of a line that has not ended
    # Files and standard input are buffered readers, though `open` does not say so.
    while piece := cast(BufferedReader, lines).read1(_READ):
        *ended, rest = piece.split(b"\n")
        if ended:
            ended[0] = b"".join((*begun, ended[0]))
            begun = []
            yield from _numbered(ended, number)
            number += len(ended)
        begun.append(rest)
    yield from _numbered([b"".join(begun)], number)


def _numbered(lines: list[bytes], first: int) -> Iterator[list[_Line]]:
    """The lines that are not blank, in chunks."""
    told = ((number, line) for number, line in enumerate(lines, first) if line.strip())
    while chunk := list(islice(told, MAX_BATCH)):
        yield chunk


def _admit(chunk: Iterable[_Line], text: bool, key: bytes) -> tuple[list[Item], list[_Problem]]:
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
