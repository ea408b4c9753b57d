"""The dispatcher: due items from the ledger, in batches, down the chain; the lost ones again."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final, cast

import redis
import structlog
from celery import Celery, chain
from celery.canvas import Signature
from kombu.exceptions import OperationalError

from tasks.models import Batch
from tasks.stage import Unavailable
from workers.heartbeat import Heartbeat
from workers.ledger import views
from workers.ledger.clocks import astray, straighten
from workers.ledger.flow import Stop, stopped
from workers.ledger.leases import claim, give_back, overdue, prolong, release
from workers.ledger.probes import probe
from workers.ledger.release import announced, unannounced
from workers.mending import Mending
from workers.patience import Patience
from workers.queue import QUEUES
from workers.retry import Lost
from workers.wiring import Outside

log = structlog.get_logger()

AT_ONCE: Final = 2
"""Batches of one claim: intake and workers wait for the ledger's lock meanwhile."""
_SWEEP_SECONDS = 1.0
_STRAIGHTEN_SECONDS = 10.0
_AWAY_SECONDS = 1.0
_DIED = Lost("the worker died or took longer than the lease")
# No worker has touched it: its message was lost, or waits behind others. It is innocent, and if
# the old message still comes, whoever is first publishes it.
_WAITED = Unavailable("no worker began it within the lease")


@dataclass(slots=True)
class Dispatcher:
    """Runs until `stop`. Two may run at once: a claim is exclusive."""

    app: Celery
    outside: Outside
    stop: threading.Event = field(default_factory=threading.Event)
    heartbeat: Heartbeat | None = None
    _swept: float = float("-inf")
    _stands: Stop | None = None
    _straightened: float = float("-inf")
    _patience: Patience = field(default_factory=Patience)
    _mending: Mending = field(init=False)

    def __post_init__(self) -> None:
        self._mending = Mending(self.outside)

    def run(self) -> None:
        """Dispatch until stopped; while broker or ledger are away, wait and say so once."""
        away: str | None = None
        while not self.stop.is_set():
            if self.heartbeat is not None:
                self.heartbeat.beat()
            try:
                pause = 0.0 if self.step() else self.outside.settings.poll_seconds
                if away is not None:
                    log.warning("dispatch_resumed")
                away = None
            except (Unavailable, redis.RedisError, OperationalError) as error:
                if away != type(error).__name__:
                    away = type(error).__name__
                    log.warning("dispatch_waits", why=away)
                pause = _AWAY_SECONDS
            self.stop.wait(pause)

    def step(self) -> int:
        """One look into the ledger; returns how many batches were sent.

        While the broker lacks what it held, give that back instead; 0 where nothing could be done.
        """
        if time.monotonic() - self._swept >= _SWEEP_SECONDS:
            self.sweep()
            self._swept = time.monotonic()
        mended = self._mending.mend()
        if mended is not None:
            return mended
        settings = self.outside.settings
        room = 0 if self._stands is not None else self._room()
        if room <= 0:
            return 0
        batches = claim(
            self.outside.ledger,
            min(room, AT_ONCE),
            settings.batch_size,
            settings.lease_seconds,
        )
        if batches:
            self.send(batches)
        return len(batches)

    def send(self, batches: list[Batch]) -> None:
        """Send each batch down the chain. If the broker refuses, their leases are undone."""
        try:
            with self.app.producer_pool.acquire(block=True) as producer:
                together = cast(Any, producer).batch  # kombu 5.7; its stubs are older
                with together():
                    for batch in batches:
                        pipeline(self.app).apply_async((batch,), producer=producer)
        except (redis.RedisError, OperationalError):
            # Some may have gone out all the same: they are published once, whoever is first.
            release(self.outside.ledger, batches)
            raise

    def sweep(self) -> None:
        """Take back items whose lease has ended, and announce what a worker could not.

        While the pipeline stands because most items fail, probe it.
        """
        self._take_back()
        self._look_at_flow()
        self._straighten()
        waiting = unannounced(self.outside.ledger)
        if waiting:
            self.outside.announcer.announce(waiting)
            announced(self.outside.ledger, waiting)

    def _room(self) -> int:
        return self.outside.settings.queue_limit - self.outside.progress.depth()

    def _look_at_flow(self) -> None:
        ledger = self.outside.ledger
        before, self._stands = self._stands, stopped(ledger)
        if self._stands is None:
            if before is not None:
                log.warning("pipeline_resumed", stood_seconds=views.age_seconds(before.since_ms))
            return
        if before is None:
            found = self._stands
            log.error(
                "pipeline_stopped", failing=found.failing, passed=found.passed, why=found.error
            )
        if self._room() > 0:  # probes that no worker took must not pile up
            batch = probe(ledger, self.outside.settings.lease_seconds)
            if batch is not None:
                self.send([batch])

    def _take_back(self) -> None:
        late = overdue(self.outside.ledger)
        if not late:
            return
        # Of a lease under another clock only our own patience tells that it is over: the worker
        # may be busy with it, and taken back each time it would end in quarantine.
        wait = self._patience.needs(
            astray(self.outside.ledger), self.outside.settings.lease_seconds
        )
        late = {batch_id: seqs for batch_id, seqs in late.items() if batch_id not in wait}
        begun = self.outside.progress.begun(late)
        lease = self.outside.settings.lease_seconds
        under_way = {one: lease - ago for one, ago in begun.items() if ago < lease}
        prolong(self.outside.ledger, under_way)  # once for each stage at most: a mark is set once
        for batch_id, seqs in late.items():
            if batch_id in under_way:
                continue
            reason = _DIED if batch_id in begun else _WAITED
            settled = give_back(self.outside.ledger, batch_id, [(seq, reason) for seq in seqs])
            log.warning(
                "lease_ended",
                batch=batch_id,
                begun=batch_id in begun,
                again=settled.again,
                quarantined=settled.quarantined,
            )

    def _straighten(self) -> None:
        if time.monotonic() - self._straightened < _STRAIGHTEN_SECONDS:
            return
        self._straightened = time.monotonic()
        found = straighten(self.outside.ledger)
        if found:
            log.warning("clock_jumped", items=found)


def pipeline(app: Celery) -> Signature[None]:
    """The chain of all stages."""
    return chain(*(app.signature(name) for name in QUEUES))
