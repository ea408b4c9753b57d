"""A clock that a test moves, and batches that fail or pass at its word."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pytest
from sqlalchemy import select

from tasks.models import Batch, Item
from tasks.stage import ItemError
from tests.items import entry, finished
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.flow import Stop, stopped
from workers.ledger.leases import Settled, claim, give_back
from workers.ledger.probes import probe
from workers.ledger.release import record
from workers.ledger.schema import items
from workers.limit import FEW, HELD_SECONDS, IN_A_ROW

_CLOCKS: Final = ("accept", "clocks", "leases", "probes", "quarantine", "release", "views")
LEASE: Final = 60.0
BROKEN: Final = ItemError("text: no weights")


@dataclass
class Clock:
    """What the ledger takes for the time."""

    now: int = 1_700_000_000_000

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


def push(ledger: Ledger, number: int, source: str = "pantau", first: int = 0) -> None:
    accept(ledger, [entry(first + one, source) for one in range(number)])


def claimed(ledger: Ledger, batches: int = 16, size: int = 64) -> list[Batch]:
    return claim(ledger, batches, size, LEASE)


def fail(
    ledger: Ledger, batch: Batch, reason: Exception = BROKEN, among: Iterable[Item] | None = None
) -> Settled:
    failed = batch.items if among is None else among
    return give_back(ledger, batch.id, [(item.seq, reason) for item in failed])


def publish(ledger: Ledger, batch: Batch, among: Iterable[Item] | None = None) -> None:
    record(ledger, [finished(item) for item in (batch.items if among is None else among)])


def stop(ledger: Ledger) -> Stop:
    found = stopped(ledger)
    assert found is not None
    return found


def tries(ledger: Ledger, batch: Batch) -> set[tuple[str, int]]:
    with ledger.read() as connection:
        seqs = [item.seq for item in batch.items]
        found = select(items.c.state, items.c.attempts).where(items.c.seq.in_(seqs))
        return {(row.state, row.attempts) for row in connection.execute(found)}


def make_it_stand(ledger: Ledger, clock: Clock, sources: Iterable[str] = ("pantau",)) -> None:
    """Nothing was quarantined by it, and every item is due."""
    for source in sources:
        push(ledger, FEW, source)
    for batch in claimed(ledger):
        fail(ledger, batch, ValueError())
    assert stop(ledger)
    clock.pass_seconds(HELD_SECONDS)


def pass_probes(ledger: Ledger, number: int = IN_A_ROW) -> None:
    for _ in range(number):
        sent = probe(ledger, LEASE)
        assert sent is not None
        publish(ledger, sent)


def own_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until the test moves it."""
    clock = Clock()
    for module in _CLOCKS:
        monkeypatch.setattr(f"workers.ledger.{module}.now_ms", lambda: clock.now)
    return clock
