"""The sign that the main loop of a part goes round: a file that says when it last did.

It tells of the loop and of nothing else. A part that waits for a broker or a ledger that is away
beats on, so that nobody kills what could go on by itself; one that hangs stops beating.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

BEAT_SECONDS: Final = 3.0
_DIGITS: Final = 20


@dataclass(slots=True)
class Heartbeat:
    """The file of one part. `beat` costs nothing when it is called often."""

    path: Path
    _last: float = float("-inf")
    _trouble: str | None = None

    def beat(self) -> None:
        """Say that the loop goes round, every few seconds however often it is called.

        What cannot be written is logged once, and the part goes on: its work comes first.
        """
        now = time.monotonic()
        if now - self._last < BEAT_SECONDS:
            return
        self._last = now
        try:
            _write(self.path, now)
            self._trouble = None
        except OSError as error:
            if self._trouble != str(error):
                log.warning("heartbeat_fails", why=str(error))
            self._trouble = str(error)

    def end(self) -> None:
        """The part stops by itself: nobody is to miss it. It beats no more."""
        self._last = float("inf")
        with suppress(OSError):  # it could not be written either
            self.path.unlink(missing_ok=True)


def last_beat(folder: Path, name: str) -> float | None:
    """Seconds since a part of that name last beat, or None where none has since the boot.

    `worker` is any of `worker`, `worker-1`, `worker-2` ...; of several it is the liveliest.
    """
    now = time.monotonic()
    found = [_read(path) for path in (folder / name, *folder.glob(f"{name}-*"))]
    ages = [now - beat for beat in found if beat is not None and beat <= now]
    return min(ages, default=None)


def _write(path: Path, moment: float) -> None:
    """In place and in one piece: a reader sees a whole number, and a full disk does not matter."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        # Of the clock that all processes of a machine share and nobody sets.
        # Not rounded: a beat of the future would count as one from before the boot.
        os.pwrite(descriptor, f"{moment!r:0>{_DIGITS}}\n".encode(), 0)
    finally:
        os.close(descriptor)


def _read(path: Path) -> float | None:
    try:
        return float(path.read_text())
    except (FileNotFoundError, ValueError):  # ValueError: made just now, and still empty
        return None
