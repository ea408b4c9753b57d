"""Keeping the house by itself: items are erased when their time is over, without anybody asking.

A thread of the desk. Several desks on one ledger take turns: who claims the day does it.
"""

import threading
from dataclasses import dataclass, field
from typing import Final

import structlog

from tasks.stage import Unavailable
from workers import retention
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.broker import connect
from workers.ledger import Ledger
from workers.ledger.redactions import cleaned, uncleaned
from workers.ledger.shredding import shred
from workers.ledger.turns import claim_turn, postpone_turn
from workers.run import NotRunning, broker_url
from workers.settings import Settings

log = structlog.get_logger()

_TURN: Final = "retention_turn"
_LOOK_SECONDS: Final = 60.0
_AGAIN_MS: Final = 3_600_000
"""A run that failed is tried again after this long."""


@dataclass(slots=True)
class Keeper:
    """Looks every minute until stopped."""

    settings: Settings
    ledger: Ledger
    stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> "Keeper":
        """Start in the background."""
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()
        return self

    def end(self) -> None:
        """Stop; a run under way ends after its current batch."""
        self.stopped.set()
        if self._thread is not None:
            self._thread.join(10)

    def look(self) -> retention.Outcome | None:
        """Do what is due: clean the broker of what was redacted, and erase once a day.

        None where nothing was to be erased by us today. Raises Unavailable.
        """
        broker = self._broker()
        if broker is not None:
            clean(self.ledger, broker)
        if not claim_turn(self.ledger, _TURN, _AGAIN_MS):
            return None
        before = retention.before(self.settings.retention_days)
        done = retention.run(self.ledger, broker, before, stopped=self.stopped)
        if not done.proof.clean:
            log.warning("retention_left", due=done.proof.due, rows=done.proof.rows)
        postpone_turn(self.ledger, _TURN, retention.DAY_MS)
        return done

    def _run(self) -> None:
        away = False
        while not self.stopped.is_set():
            try:
                self.look()
                away = False
            except Unavailable as error:
                if not away:  # said once
                    log.warning("retention_waits", why=str(error))
                away = True
            self.stopped.wait(_LOOK_SECONDS)

    def _broker(self) -> ValkeyErasing | None:
        try:
            return ValkeyErasing(connect(broker_url(self.settings)))
        except NotRunning:
            return None


def clean(ledger: Ledger, broker: ValkeyErasing) -> int:
    """Take what was redacted out of the broker's index and stream; how many items.

    A copy that comes later is then a new text. Raises Unavailable; then it is done next time.
    """
    number, refs = uncleaned(ledger)
    if not refs:
        return 0
    broker.forget(refs)
    broker.withdraw(refs)
    broker.rewrite()
    shred(ledger)
    cleaned(ledger, number)
    return len(refs)
