"""What people and programs read of the bench: tables, or one JSON object."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.machine import Machine
from bench.split import Round, Row, Spread, processes, rows, spread
from workers.settings import Settings

_BUSY: Final = 0.1
"""Share of all cores taken by other work from which figures must not be compared."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one bench."""

    machine: Machine
    settings: Settings
    rounds: Sequence[Round]

    @property
    def negative(self) -> list[str]:
        """Rows that came out below zero in some round: the parts cost more alone."""
        return [row.name for row in rows(self.rounds) if row.cost.low < 0]


def as_object(report: Report) -> dict[str, Any]:
    """Every figure. CPU in ms per item, latency in ms, shares from 0 to 1."""
    return {
        "machine": asdict(report.machine),
        "items": report.rounds[0].items,
        "rounds": len(report.rounds),
        "workers": report.settings.workers,
        "pool_children": report.settings.worker_concurrency,
        "batch_size": report.settings.batch_size,
        "items_per_second": asdict(_rate(report)),
        "items_per_batch": asdict(_filled(report)),
        "latency_p50_ms": asdict(_latency(report, 50)),
        "latency_p95_ms": asdict(_latency(report, 95)),
        "others": asdict(_others(report)),
        "cpu_ms_per_item": [_row(row) for row in rows(report.rounds)],
        "heads": {name: asdict(cost) for name, cost in _heads(report).items()},
        "processes": {name: asdict(cost) for name, cost in _processes(report).items()},
        "negative": report.negative,
    }


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    items = report.rounds[0].items
    console.print(report.machine.line, soft_wrap=True, highlight=False)
    console.print(
        _cost_table(report, f"CPU ms per item ({items} items, {len(report.rounds)} rounds)")
    )
    console.print(_head_table(report))
    console.print(_process_table(report))
    console.print(_flow_table(report))
    if _others(report).high > _BUSY:
        console.print(
            "the machine was busy with other work: do not compare these figures with others"
        )
    for name in report.negative:
        console.print(f"{name} is below zero in a round: its parts cost more alone than together")


def _cost_table(report: Report, title: str) -> Table:
    table = _table(title, "", "median", "min-max", "share")
    for row in rows(report.rounds):
        last = row.name == "sum"
        if last:
            table.add_section()
        table.add_row(
            f"  {row.name}" if row.part_of else row.name,
            *_cells(row.cost, 3),
            f"{row.share:.0%}",
            style="bold" if row.part_of is None else "dim",
        )
    return table


def _head_table(report: Report) -> Table:
    table = _table(
        "CPU ms per item of each head, within enrich and classify", "", "median", "min-max"
    )
    for name, cost in _heads(report).items():
        table.add_row(name, *_cells(cost, 3))
    return table


def _process_table(report: Report) -> Table:
    table = _table("The same CPU ms by process", "", "median", "min-max")
    for name, cost in _processes(report).items():
        table.add_row(name, *_cells(cost, 3))
    return table


def _flow_table(report: Report) -> Table:
    table = _table("All items pushed at once", "", "median", "min-max")
    table.add_row("items/s, first push to last release", *_cells(_rate(report), 0))
    table.add_row("items in a batch, mean", *_cells(_filled(report), 0))
    others = spread([one.others * 100 for one in report.rounds])
    table.add_row("% of all cores taken by other work", *_cells(others, 0))
    table.add_row("ms from acceptance to release, p50", *_cells(_latency(report, 50), 0))
    table.add_row("ms from acceptance to release, p95", *_cells(_latency(report, 95), 0))
    return table


def _others(report: Report) -> Spread:
    return spread([one.others for one in report.rounds])


def _table(title: str, first: str, *figures: str) -> Table:
    table = Table(first, title=title, title_justify="left")
    for figure in figures:
        table.add_column(figure, justify="right", no_wrap=True)
    return table


def _cells(cost: Spread, digits: int) -> tuple[str, str]:
    return f"{cost.median:.{digits}f}", f"{cost.low:.{digits}f}-{cost.high:.{digits}f}"


def _row(row: Row) -> dict[str, Any]:
    return {"name": row.name, "part_of": row.part_of, **asdict(row.cost), "share": row.share}


def _rate(report: Report) -> Spread:
    return spread([one.items / one.seconds for one in report.rounds])


def _filled(report: Report) -> Spread:
    return spread([one.items / one.batches for one in report.rounds])


def _latency(report: Report, percent: int) -> Spread:
    cut = percent - 1
    return spread([statistics.quantiles(one.latencies_ms, n=100)[cut] for one in report.rounds])


def _heads(report: Report) -> dict[str, Spread]:
    return {
        name: spread([one.heads[name] / one.items * 1000 for one in report.rounds])
        for name in report.rounds[0].heads
    }


def _processes(report: Report) -> dict[str, Spread]:
    each = [processes(one) for one in report.rounds]
    return {name: spread([one[name] for one in each]) for name in each[0]}
