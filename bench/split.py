"""The arithmetic: from what was measured in each round to the rows of the table."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.cpu import Cpu

STAGES: Final = "stages"
LEDGER: Final = "ledger"
REST: Final = ("broker", "queue", "intake", "deliverer", "Flower")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured.

    `stages`, `heads` (within them) and `ledger` (accept, claim, record) are CPU seconds measured
    alone; `parts` are those of each process of the running system. `others`: share of all CPUs
    taken by other work, in the worse of the two measurements.
    """

    items: int
    seconds: float
    latencies_ms: Sequence[int]
    batches: int
    others: float
    stages: Mapping[str, float]
    heads: Mapping[str, float]
    ledger: Mapping[str, float]
    parts: Mapping[str, Cpu]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over all rounds."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """CPU milliseconds of one item. `part_of` names the row that this one is counted in."""

    name: str
    part_of: str | None
    cost: Spread
    share: float
    """Of the sum, 0 to 1, from the medians."""


def spread(values: Sequence[float]) -> Spread:
    """Median, lowest and highest."""
    return Spread(statistics.median(values), min(values), max(values))


def processes(one: Round) -> dict[str, float]:
    """CPU milliseconds of one item in each kind of process, as measured."""
    workers = [cpu for name, cpu in one.parts.items() if name.startswith("worker-")]
    seconds = {
        "broker": _all(one.parts["broker"]),
        "intake": _all(one.parts["intake"]),
        "dispatcher": _all(one.parts["dispatch"]),
        "workers, main": sum(cpu.own for cpu in workers),
        "workers, pool": sum(cpu.children for cpu in workers),
        "deliverer": _all(one.parts["deliver"]),
        "Flower": _all(one.parts["flower"]),
    }
    return {name: _ms(value, one.items) for name, value in seconds.items()}


def costs(one: Round) -> dict[str, float]:
    """CPU milliseconds of one item by what it was spent on; together, what the processes spent.

    queue: dispatcher and workers without stages, claim and record. intake: without accept.
    Either is negative if its parts cost more alone than in the running system.
    """
    spent = processes(one)
    working = spent["dispatcher"] + spent["workers, main"] + spent["workers, pool"]
    stages = _ms(sum(one.stages.values()), one.items)
    ledger = {name: _ms(value, one.items) for name, value in one.ledger.items()}
    return {
        STAGES: stages,
        LEDGER: sum(ledger.values()),
        "broker": spent["broker"],
        "queue": working - stages - ledger["claim"] - ledger["record"],
        "intake": spent["intake"] - ledger["accept"],
        "deliverer": spent["deliverer"],
        "Flower": spent["Flower"],
    }


def rows(rounds: Sequence[Round]) -> list[Row]:
    """All rows: each stage, stages, each step of the ledger, ledger, the rest, and the sum."""
    split = [costs(one) for one in rounds]
    total = spread([sum(one.values()) for one in split])

    def row(name: str, values: Sequence[float], part_of: str | None = None) -> Row:
        cost = spread(values)
        return Row(name, part_of, cost, cost.median / total.median)

    found = [
        row(name, [_ms(one.stages[name], one.items) for one in rounds], STAGES)
        for name in rounds[0].stages
    ]
    found.append(row(STAGES, [one[STAGES] for one in split]))
    found += [
        row(name, [_ms(one.ledger[name], one.items) for one in rounds], LEDGER)
        for name in rounds[0].ledger
    ]
    found += [row(name, [one[name] for one in split]) for name in (LEDGER, *REST)]
    return [*found, Row("sum", None, total, 1.0)]


def _all(cpu: Cpu) -> float:
    return cpu.own + cpu.children


def _ms(seconds: float, items: int) -> float:
    return seconds * 1000 / items
