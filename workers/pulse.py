"""What a Celery worker's main process does beside Celery: it beats, and is patient with the broker.

Celery's event loop and its timers stand still while it connects to the broker. Then the beat comes
from that waiting, so that an outage of the broker does not look like a hang.
"""

import os
import signal
import sys
from functools import cache
from typing import Any, Final

import structlog
from billiard.process import active_children
from celery import bootsteps
from celery.worker.state import maybe_shutdown

from workers.envelope import DiscreetConsumer
from workers.heartbeat import BEAT_SECONDS, Heartbeat
from workers.settings import load_settings

log = structlog.get_logger()

_LONGEST_WAIT: Final = 5.0
"""Seconds between two tries to connect, after some; Celery's own is 30."""


class Pulse(bootsteps.StartStopStep):
    """Beats from the event loop."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Beat from now on."""
        beat = heartbeat(parent.hostname).beat
        beat()
        parent.timer.call_repeatedly(BEAT_SECONDS, beat)

    def stop(self, parent: Any) -> None:
        """It stops by itself."""
        heartbeat(parent.hostname).end()

    terminate = stop


class PatientConsumer(DiscreetConsumer):
    """Celery's, which waits for the broker without limit, and beats meanwhile.

    When the connection is lost later, it begins anew as the same process.
    """

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, however long it takes; a shutdown ends it. In the place of Celery's own."""
        beat = heartbeat(self.hostname).beat

        def look() -> None:  # each second
            beat()
            maybe_shutdown()

        def waits(error: Exception, seconds: float) -> None:
            log.warning("worker_waits", why=type(error).__name__, seconds=seconds)

        conn.ensure_connection(waits, callback=look, interval_start=1, interval_max=_LONGEST_WAIT)
        self.first_connection_attempt = False
        return conn

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Begin anew with new children. In the place of Celery's own, which connects again.

        Its pool does not always survive that (ADR 22). What was under way comes back by its lease.
        """
        log.warning("worker_begins_anew", why=f"lost the broker: {type(exc).__name__}")
        for child in active_children():
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)
                child.join()
        # The same process by number: whoever supervises it sees none end.
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - our own command line


@cache
def heartbeat(hostname: str) -> Heartbeat:
    """That of the worker, whose name on this machine comes before the @."""
    return Heartbeat(load_settings().heartbeat_path / hostname.partition("@")[0])
