"""`saring push FILE|-`: JSON lines through the intake."""

from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from workers.cli.lines import open_lines
from workers.client import Client
from workers.push import Pusher, PushFailed, Refusal, Tally
from workers.run import NotRunning, intake_url, read_run
from workers.settings import Settings, load_settings

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
    client, console = client_of(load_settings(), wait), Console(stderr=True)
    pusher = Pusher(client)
    try:
        with client, open_lines(file) as lines:
            _send(pusher, lines, file, console)
    except PushFailed as failed:
        console.print(f"saring: {failed}", style="red", markup=False)
        console.print(f"{_summary(pusher.tally)}; pushing the whole file again is safe")
        raise typer.Exit(_NOTHING_REACHED) from None
    console.print(_summary(pusher.tally))
    raise typer.Exit(_SOME_REFUSED if pusher.tally.refusals else _ALL)


def client_of(settings: Settings, patience: float) -> Client:
    """Of the intake in use. Raises NotRunning with the remedy, ValueError."""
    url, token = intake_url(settings), settings.intake_token
    if settings.intake_source is not None:
        if settings.intake_secret is None:
            raise NotRunning("SARING_INTAKE_SOURCE is set: set SARING_INTAKE_SECRET too")
        secret = settings.intake_secret.get_secret_value()
        return Client(url, source=settings.intake_source, secret=secret, patience=patience)
    # The token of an intake that `saring up` started here is not for one elsewhere.
    if token is None and settings.intake_url is None and (run := read_run(settings.data_dir)):
        token = run.intake_token
    if token is None:
        raise NotRunning(f"no token for {url}: set SARING_INTAKE_TOKEN")
    return Client(url, token=token.get_secret_value(), patience=patience)


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
            bar.update(task, completed=tally.read_bytes, items=tally.reached)


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
