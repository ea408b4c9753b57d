"""Looks once a minute for narratives that grow, beside the pages."""

import threading
from dataclasses import dataclass, field
from typing import Final, Self

import structlog

from workers.ledger import Ledger, LedgerAway
from workers.ledger.alerts import look

EVERY_SECONDS: Final = 60.0
log = structlog.get_logger()


@dataclass(slots=True)
class Watch:
    """Looks from a thread of its own until `end`. Several at once do no harm."""

    ledger: Ledger
    every_seconds: float = EVERY_SECONDS
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> Self:
        """Look now, and then again and again; a ledger that is away is asked again."""
        threading.Thread(target=self._run, name="alerts", daemon=True).start()
        return self

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _run(self) -> None:
        waits = False
        while True:
            try:
                new = look(self.ledger)
                waits = False
                if new:
                    log.info("narratives_grow", alerts=len(new))
            except LedgerAway as error:
                if not waits:
                    log.warning("alerts_wait", why=str(error))
                waits = True
            if self._over.wait(self.every_seconds):
                return
