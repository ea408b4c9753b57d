"""`saring bench intake`: the door under load, and a flood beside a quiet source."""

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table

from bench.crowd import BATCH, Crowd, run_crowd
from bench.door import Say
from bench.flood import Fairness, run_flood
from bench.machine import Machine, this_machine
from workers.cli.parts import stoppable
from workers.logs import configure_logs
from workers.settings import load_settings

ROUNDS: Final = 3
_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run."""

    machine: Machine
    crowd: Crowd
    fairness: Sequence[Fairness]


def bench_intake(items: int, as_json: bool, rounds: int = ROUNDS) -> None:
    """Push `items` at once, one in eleven alone and the others in batches of 100; then a flood
    beside a quiet source."""
    report: Report | None = None
    console = Console(stderr=True)
    with stoppable(), console.status("making items") as status:
        report = _report(items, rounds, status.update)
    if report is None:
        raise typer.Exit(_INTERRUPTED)
    if as_json:
        json.dump(as_object(report), sys.stdout, indent=2)
        print()
    else:
        show(report, Console())


def _report(items: int, rounds: int, say: Say) -> Report:
    machine, base = this_machine(), load_settings()
    configure_logs(base.log_level)
    crowd = run_crowd(base, items // 11 * 10 // BATCH, items // 11, say)
    fairness = [
        run_flood(base, "at the default rate", None, rounds, say),
        run_flood(base, "without a rate limit", 1e9, 1, say),
    ]
    return Report(machine, crowd, fairness)


def as_object(report: Report) -> dict[str, Any]:
    """Every figure. Latencies in ms."""
    return {
        "machine": asdict(report.machine),
        "answered": report.crowd.answered,
        "missing": report.crowd.missing,
        "loads": [
            {
                "kind": one.kind,
                "items": one.items,
                "items_per_second": one.items / one.seconds,
                **_ranks(one.latencies_ms, ""),
                "put_off": one.put_off,
            }
            for one in report.crowd.loads
        ],
        "fairness": [
            {
                "flood": one.flood,
                **_ranks(one.alone_ms, "alone_"),
                **_ranks(one.beside_ms, "beside_"),
                "p99_ratio": _p(one.beside_ms, 99) / _p(one.alone_ms, 99),
                "flood_taken": one.flood_taken,
                "flood_put_off": one.flood_put_off,
            }
            for one in report.fairness
        ],
    }


def _ranks(latencies: Sequence[float], name: str) -> dict[str, float]:
    return {f"{name}p{percent}_ms": _p(latencies, percent) for percent in (50, 99)}


def _p(latencies: Sequence[float], percent: int) -> float:
    return statistics.quantiles(latencies, n=100)[percent - 1]


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(report.machine.line, soft_wrap=True, highlight=False)
    crowd = Table("pushed", "items", "items/s", "p50 ms", "p99 ms", "put off (429)")
    for load in report.crowd.loads:
        ranks = [f"{_p(load.latencies_ms, percent):.1f}" for percent in (50, 99)]
        rate = f"{load.items / load.seconds:.0f}"
        crowd.add_row(load.kind, str(load.items), rate, *ranks, str(load.put_off))
    console.print(crowd)
    found = (
        "none is missing" if report.crowd.missing == 0 else f"{report.crowd.missing} ARE MISSING"
    )
    console.print(f"{report.crowd.answered} items were answered 202; in the ledger {found}")
    fair = Table("flood of 1,000 to 1", "", "p50 ms", "p99 ms", "p99 ratio", "flood: taken, 429s")
    for one in report.fairness:
        ratio = f"{_p(one.beside_ms, 99) / _p(one.alone_ms, 99):.1f}"
        alone, beside = (
            [f"{_p(latencies, percent):.1f}" for percent in (50, 99)]
            for latencies in (one.alone_ms, one.beside_ms)
        )
        fair.add_row(one.flood, "quiet source alone", *alone, "", "")
        flooded = f"{one.flood_taken} items, {one.flood_put_off}"
        fair.add_row("", "quiet source beside it", *beside, ratio, flooded)
    console.print(fair)
