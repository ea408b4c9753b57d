"""The same items in this process: CPU seconds of each stage, and of each step of the ledger.

Nothing else may run in this process meanwhile: all of its threads are counted, so that the
threads of a numerical library are not lost.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import Spoilt
from tasks.features import features
from tasks.heads import heads
from tasks.models import MAX_BATCH, Batch, Item, Publication
from tasks.pipeline import PIPELINE
from tasks.ports import Ports
from tasks.stage import run_stage
from workers.adapters.memory_publisher import MemoryPublisher
from workers.door import admit
from workers.entry import Entry
from workers.ledger import Ledger, open_ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.release import announced, record
from workers.push import MAX_LINES
from workers.settings import Settings
from workers.wiring_alone import wire_in_memory


@dataclass(slots=True)
class _Clock:
    """CPU seconds (user and system, all threads) by name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        spent = time.process_time() - begun
        self.seconds[name] = self.seconds.get(name, 0.0) + spent


def admitted(lines: Sequence[bytes]) -> list[Entry]:
    """The lines as they are behind the door; not measured, since that is the intake's work."""
    key = secrets.token_bytes(32)
    return [admit(line, key) for line in lines]


def run_stages(
    settings: Settings, entries: Sequence[Entry]
) -> tuple[dict[str, float], list[Publication]]:
    """CPU seconds of each stage in batches of 64, and what was published, in order.

    The first batch runs twice, the first time unmeasured: it loads weights and rules. Raises
    Spoilt when a stage holds an item.
    """
    items = [Item(seq=number, content=one.content) for number, one in enumerate(entries, 1)]
    _run(items[:MAX_BATCH], *wire_in_memory(settings), _Clock())
    clock = _Clock()
    published = _run(items, *wire_in_memory(settings), clock)
    return clock.seconds, published


def _run(
    items: Sequence[Item], ports: Ports, publisher: MemoryPublisher, clock: _Clock
) -> list[Publication]:
    published: list[Publication] = []
    for start in range(0, len(items), MAX_BATCH):
        batch = Batch(id="bench", items=tuple(items[start : start + MAX_BATCH]))
        for stage in PIPELINE:
            with clock.during(stage.name):
                batch, held = run_stage(stage, batch, ports)
            if held:
                raise Spoilt(f"stage {stage.name} held an item: {held[0].reason}")
        published += publisher.take()
    return published


def run_heads(entries: Sequence[Entry]) -> dict[str, float]:
    """CPU seconds of the hashing that all heads share, of each head alone, and of all at once.

    Alone they cost more together: the pipeline looks a feature up once for all of them.
    """
    texts, clock = [one.content.text for one in entries], _Clock()
    for start in range(0, len(texts), MAX_BATCH):
        with clock.during("hashing"):
            hashed = features(texts[start : start + MAX_BATCH])
        for head in heads().every:
            with clock.during(head.name):
                head.probabilities(hashed)
        with clock.during("all heads at once"):
            heads().judged(hashed)
    return clock.seconds


def run_ledger(
    folder: Path, entries: Sequence[Entry], published: Sequence[Publication]
) -> dict[str, float]:
    """CPU seconds of accept, claim and record for these rows, on a new SQLite file in `folder`.

    Sizes as in the running system: 100 rows accepted in one transaction, 64 claimed, 64
    recorded and then taken out of the outbox. No other process waits for the same file.
    """
    ledger = open_ledger(f"sqlite:///{folder / 'alone.sqlite3'}")
    ledger.migrate()
    try:
        return _steps(ledger, entries, {one.ref: one for one in published})
    finally:
        ledger.engine.dispose()


def _steps(
    ledger: Ledger, entries: Sequence[Entry], published: dict[str, Publication]
) -> dict[str, float]:
    clock = _Clock()
    for start in range(0, len(entries), MAX_LINES):
        with clock.during("accept"):
            accept(ledger, entries[start : start + MAX_LINES])
    while True:
        with clock.during("claim"):
            batches = claim(ledger, 1, MAX_BATCH, lease_seconds=600.0)
        if not batches:
            return clock.seconds
        released = [(item, published[item.ref]) for item in batches[0].items]
        with clock.during("record"):
            announced(ledger, record(ledger, released))
