"""Whether the broker still remembers what it was given, and who mends it when it does not.

A hash, the guard, holds the run id of the server for which the index was last found whole, the
time of that, and the generation of its numbers. Emptied, the server has no guard; started
again, it has another run id, and what it has kept is what came before that time. Another hash is
the lock of whoever fills the index again; it fades.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

import redis

from tasks.stage import Unavailable
from workers.adapters.valkey_stories import GUARD_SCRIPT
from workers.ledger.database import now_ms

LOCK_SECONDS: Final = 15
"""After so long without a sign whoever mends is taken for dead."""
_SCRIPT: Final = GUARD_SCRIPT + Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Loss:
    """What the broker may have forgotten; who is told of it holds the lock."""

    since_ms: int | None
    """What it was given before that time it still has; None: it has nothing."""


@dataclass(frozen=True, slots=True)
class Mended:
    """How far the filling of the index is, in items."""

    done: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ValkeyMemory:
    """The memory of one broker for one ledger. Every method is one round trip, in one script.

    All raise Unavailable when the broker does not answer.
    """

    client: redis.Redis
    ledger_id: str

    @property
    def guard(self) -> str:
        """The key of the guard, which the index and the marks of batches ask for."""
        return f"saring:indexed:{self.ledger_id}"

    @property
    def lock(self) -> str:
        """The key of the lock: the guard of whoever holds it."""
        return f"saring:indexing:{self.ledger_id}"

    def look(self, me: str) -> Loss | Literal["whole", "held"]:
        """Whether all is there; if not, take the lock and shut the index, or say it is held."""
        found: bytes = self._run("look", me)
        if found in {b"whole", b"held"}:
            return "whole" if found == b"whole" else "held"
        return Loss(int(found) if found else None)

    def take(self, me: str, *, empty: bool = False) -> bool:
        """Take the lock all the same; False: it is held. `empty`: shut the index, it is emptied."""
        return bool(self._run("empty" if empty else "take", me) != b"held")

    def go_on(self, me: str, done: int, total: int) -> bool:
        """Keep the lock, and say how far it is. False: it is lost, with what was done."""
        return bool(self._run("go", me, done, total))

    def open(self, me: str) -> bool:
        """Say that the index is whole again, and give the lock back. False: it was lost before."""
        return bool(self._run("open", me))

    def progress(self) -> Mended | None:
        """How far whoever holds the lock is; None: nobody does."""
        try:
            found = cast(dict[bytes, bytes], self.client.hgetall(self.lock))
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error
        if not found:
            return None
        seconds = (now_ms() - int(found[b"began"])) / 1000
        return Mended(int(found[b"done"]), int(found[b"total"]), seconds)

    def _run(self, act: str, me: str, *more: int) -> Any:
        script = self.client.register_script(_SCRIPT)
        try:
            return script([self.guard, self.lock], [act, me, now_ms(), LOCK_SECONDS, *more])
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error
