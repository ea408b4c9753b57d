"""`saring bench`: measure in rounds, then print."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bench.alone import admitted, run_heads, run_ledger, run_stages
from bench.cpu import Usage
from bench.live import run_live
from bench.machine import this_machine
from bench.report import Report, as_object, show
from bench.split import Round
from bench.texts import lines
from workers.cli.parts import stoppable
from workers.logs import configure_logs
from workers.settings import Settings, load_settings

ROUNDS: Final = 3
WORKERS: Final = 2
_INTERRUPTED: Final = 130


def bench(items: int, as_json: bool, rounds: int = ROUNDS) -> None:
    """Measure `items` items in `rounds` rounds and print tables, or one JSON object.

    Each round starts the system anew and has texts of its own; what is compared with one
    another (the running system, the stages alone, the ledger alone) takes turns, so that a
    noisy minute of the machine falls on all. Progress goes to standard error.
    """
    report: Report | None = None
    with stoppable():
        report = _report(items, rounds)
    if report is None:
        raise typer.Exit(_INTERRUPTED)
    if as_json:
        json.dump(as_object(report), sys.stdout, indent=2)
        print()
    else:
        show(report, Console())


def _report(items: int, rounds: int) -> Report:
    machine, base = this_machine(), load_settings()
    configure_logs(base.log_level)
    # No refreshing thread: it would be counted with the stages.
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as progress:
        measured = [_round(base, number, items, progress) for number in range(1, rounds + 1)]
    return Report(machine, base.embedded(base.data_dir, WORKERS), measured)


def _round(base: Settings, number: int, items: int, progress: Progress) -> Round:
    pushed = lines(items, seed=number)
    shown = progress.add_task("", total=items)

    def say(done: int, what: str) -> None:
        progress.update(shown, completed=done, description=f"round {number}: {what}")
        progress.refresh()

    with folder(base.data_dir) as name:
        say(0, "stages and ledger alone")
        usage, entries = Usage.look(), admitted(pushed)
        stages, published = run_stages(base, entries)
        heads = run_heads(entries)
        ledger = run_ledger(Path(name), entries, published)
        others = usage.others({})
        say(0, "starting the system")
        settings = base.embedded(Path(name), WORKERS)
        live = run_live(settings, pushed, lambda done: say(done, "running system"))
        say(items, "measured")
    return Round(
        items=items,
        seconds=live.seconds,
        latencies_ms=live.latencies_ms,
        batches=live.batches,
        others=max(others, live.others),
        stages=stages,
        heads=heads,
        ledger=ledger,
        parts=live.spent,
    )


def folder(data_dir: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder on the disk of the real data, so that a commit costs what it costs there."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="bench-", dir=data_dir)
