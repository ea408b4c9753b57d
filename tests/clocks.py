"""A clock that a test sets, in the place of the one that the ledger reads."""

import time
from dataclasses import dataclass
from typing import Final

import pytest

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
_NOON: Final = 1_795_608_000_000  # some day in 2026


@dataclass(slots=True)
class Clock:
    """It stands until it is moved. Waiting goes by the real one."""

    now: int = _NOON

    def time_ns(self) -> int:
        """As time.time_ns."""
        return self.now * 1_000_000

    @staticmethod
    def monotonic() -> float:
        """As time.monotonic."""
        return time.monotonic()

    @staticmethod
    def sleep(seconds: float) -> None:
        """As time.sleep."""
        time.sleep(seconds)  # the ledger, between two tries at a lock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the ledger from now on."""
    made = Clock()
    monkeypatch.setattr("workers.ledger.database.time", made)
    return made
