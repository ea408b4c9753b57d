"""`saring push FILE|-`: JSON lines through the intake."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from workers.push import Pusher, PushFailed, Refusal, Tally
from workers.run import intake_url
from workers.settings import load_settings

_ALL, _NOTHING_REACHED, _SOME_REFUSED = 0, 1, 2


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(push)


def push(
    file: Annotated[Path, typer.Argument(help="A file of JSON lines, or - for standard input.")],
    wait: Annotated[float, typer.Option(help="Seconds to go on trying when it is busy.")] = 30.0,
) -> None:
    """Push JSON lines; each bad line is reported with its number, field and remedy.

    Exit 0: all accepted (or known already). 2: some refused. 1: not all could be sent.
    """
    settings = load_settings()
    token = settings.intake_token
    pusher = Pusher(intake_url(settings), None if token is None else token.get_secret_value(), wait)
    console = Console(stderr=True)
    try:
        with open_lines(file) as lines:
            _send(pusher, lines, file, console)
    except PushFailed as failed:
        console.print(f"saring: {failed}", style="red", markup=False)
        console.print(f"{_summary(pusher.tally)}; pushing the whole file again is safe")
        raise typer.Exit(_NOTHING_REACHED) from None
    console.print(_summary(pusher.tally))
    raise typer.Exit(_SOME_REFUSED if pusher.tally.refusals else _ALL)


def open_lines(file: Path) -> BinaryIO:
    """The file, or standard input for `-`. Raises OSError."""
    return sys.stdin.buffer if str(file) == "-" else file.open("rb")


def _send(pusher: Pusher, lines: BinaryIO, file: Path, console: Console) -> None:
    total = file.stat().st_size if file.is_file() else None
    bar = Progress(
        TextColumn("pushing"),
        BarColumn(),
        TextColumn("{task.fields[items]} items"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("push", total=total, items=0)
        shown = 0
        for tally in pusher.push(lines):
            for refusal in tally.refusals[shown:]:
                bar.console.print(_complaint(refusal), markup=False, soft_wrap=True)
            shown = len(tally.refusals)
            bar.update(task, completed=tally.sent_bytes, items=tally.reached)


def _complaint(refusal: Refusal) -> str:
    problems = " | ".join(
        f"{problem['field'] or 'line'} {problem['problem']}: {problem['remedy']}"
        for problem in refusal.problems
    )
    return f"line {refusal.line}: {problems}"


def _summary(tally: Tally) -> str:
    return (
        f"{tally.accepted} accepted, {tally.already_known} known already, "
        f"{len(tally.refusals)} refused"
    )
