"""The key that turns handles into hashes; replaced every 30 days, the old one destroyed."""

import fcntl
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel

LIFE_SECONDS: Final = 30 * 24 * 3600
"""DESIGN section 1: not a setting."""


class _Stored(BaseModel):
    made_at: float
    key: str


@dataclass(slots=True)
class AccountKey:
    """The key in a file of the intake's own, shared by the intakes of one data directory."""

    path: Path
    _stored: _Stored | None = field(default=None, repr=False)

    def current(self, now: float | None = None) -> bytes:
        """The key in force; a key older than 30 days is overwritten by a new one first.

        Raises OSError when the file cannot be read or written.
        """
        moment = time.time() if now is None else now
        if self._stored is None or moment - self._stored.made_at >= LIFE_SECONDS:
            self._stored = self._load_or_replace(moment)
        return bytes.fromhex(self._stored.key)

    def _load_or_replace(self, now: float) -> _Stored:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            held = file.read()
            if held:
                stored = _Stored.model_validate_json(held)
                if now - stored.made_at < LIFE_SECONDS:
                    return stored
            stored = _Stored(made_at=now, key=secrets.token_hex(32))
            # Written over the old key in place: a renamed file would leave it on the disk.
            file.seek(0)
            file.truncate()
            file.write(stored.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
            return stored
