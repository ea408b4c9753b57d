"""The FactChecks port on the ledger."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tasks.factcheck import Library
from workers.ledger import Ledger, factchecks

LOOK_SECONDS: Final = 1.0
"""How old the answer may be: an import or a withdrawal is in force after this long."""


@dataclass(slots=True)
class LedgerFactChecks:
    """Looks at the version once a second at most, and loads the library only if it changed."""

    ledger: Ledger
    clock: Callable[[], float] = time.monotonic
    _held: Library | None = field(default=None, init=False, repr=False)
    _looked_at: float = field(default=0.0, init=False)

    def library(self) -> Library:
        """See tasks.ports.FactChecks."""
        now = self.clock()
        if self._held is not None and now - self._looked_at < LOOK_SECONDS:
            return self._held
        if self._held is None or self._held.version != factchecks.library_version(self.ledger):
            self._held = factchecks.library(self.ledger)
        self._looked_at = now
        return self._held
