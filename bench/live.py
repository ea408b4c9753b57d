"""The items through the whole running system: what each of its processes spends on them."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import redis
from sqlalchemy import select

from bench import Spoilt
from bench.cpu import Cpu, Usage, sample, spent
from bench.texts import SOURCE, lines
from workers.broker import connect
from workers.client import Client
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.database import now_ms
from workers.ledger.quarantine import quarantined
from workers.ledger.schema import TERMINAL, items, publications
from workers.push import Pusher
from workers.queue import Progress
from workers.settings import Settings
from workers.system import System, running

WARM_UP: Final = 512
"""Items pushed first, so that every process has loaded what it needs."""
_WITHIN_SECONDS = 120
_LOOK_SECONDS = 0.05

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Live:
    """One run: CPU seconds of each part, wall seconds, and how the items went through.

    Wall time begins with the first push and ends when the ledger stamps the last release.
    `others` is the share of all CPUs that other work took meanwhile, 0 to 1.
    """

    spent: dict[str, Cpu]
    seconds: float
    latencies_ms: list[int]
    batches: int
    others: float


def run_live(settings: Settings, pushed: Sequence[bytes], advance: Advance) -> Live:
    """Start the system, push the lines (all of `SOURCE`), and stop it when all are released.

    Raises Spoilt, PushFailed, StartFailed; nothing is left running.
    """
    with running(settings) as system, _watching(system) as bench:
        bench.through(lines(WARM_UP, 0, "bench-warm-up"), lambda _done: None)
        before, batches = sample(bench.pids), bench.batches()
        usage, begun_ms = Usage.look(), now_ms()
        bench.through(pushed, advance)
        used = spent(before, sample(bench.pids))
        others = usage.others(used)
        times = _times_ms(bench.ledger)
        return Live(
            spent=used,
            seconds=(max(released for _, released in times) - begun_ms) / 1000,
            latencies_ms=[released - accepted for accepted, released in times],
            batches=bench.batches() - batches,
            others=others,
        )


@dataclass(frozen=True, slots=True)
class _Bench:
    system: System
    pids: dict[str, int]
    ledger: Ledger
    client: redis.Redis

    def through(self, pushed: Sequence[bytes], advance: Advance) -> None:
        """Push the lines; wait until all are released, announced and acknowledged."""
        deadline = time.monotonic() + _WITHIN_SECONDS
        run, earlier = self.system.run, self._released()
        with Client(run.intake_url, token=run.intake_token.get_secret_value()) as client:
            pusher = Pusher(client)
            for _ in pusher.push(pushed):
                advance(self._released() - earlier)
        if pusher.tally.accepted != len(pushed):
            raise Spoilt(f"only {pusher.tally.accepted} of {len(pushed)} items were accepted")
        while (done := self._released() - earlier) < len(pushed) or self._carried():
            advance(done)
            if time.monotonic() > deadline:
                raise Spoilt(f"only {done} of {len(pushed)} items in {_WITHIN_SECONDS} s")
            time.sleep(_LOOK_SECONDS)  # a look at the ledger, which has nothing to wait on

    def batches(self) -> int:
        """Batches that were begun so far."""
        marks = self.client.scan_iter("saring:begun:*", count=1000)
        return len({bytes(mark).split(b":")[2] for mark in marks})

    def _released(self) -> int:
        if self.system.supervisor.pids() != self.pids:
            raise Spoilt("a part of saring died, and its CPU time with it; run the bench again")
        found = views.counts(self.ledger)
        if found["quarantined"]:
            raise Spoilt(f"an item was quarantined: {quarantined(self.ledger)[0].error}")
        return sum(found[state] for state in TERMINAL)

    def _carried(self) -> int:
        """What follows the last release: announcements, and messages not acknowledged yet."""
        held = int(self.client.hlen("unacked"))
        return views.outbox_length(self.ledger) + Progress(self.client).depth() + held


@contextmanager
def _watching(system: System) -> Iterator[_Bench]:
    bench = _Bench(
        system,
        system.supervisor.pids(),
        open_ledger(system.run.ledger_url.get_secret_value()),
        connect(system.run.broker_url.get_secret_value()),
    )
    try:
        yield bench
    except BaseException:
        _kill(bench.pids)
        raise
    finally:
        bench.ledger.engine.dispose()
        bench.client.close()


def _kill(pids: dict[str, int]) -> None:
    """End all parts at once. The data are thrown away, so no worker has to hand its work back."""
    for pid in pids.values():
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # the supervisor makes each part a group


def _times_ms(ledger: Ledger) -> list[tuple[int, int]]:
    """When each item of `SOURCE` was accepted and released."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.accepted_at, publications.c.released_at)
            .join(publications, publications.c.seq == items.c.seq)
            .where(items.c.source == SOURCE)
        )
        return [(row.accepted_at, row.released_at) for row in rows]
