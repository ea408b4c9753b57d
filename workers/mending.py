"""Looks whether the broker has lost its memory, and gives it back before anything is dispatched."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog

from tasks.stage import Unavailable
from workers.adapters.valkey_memory import Loss, ValkeyMemory
from workers.adapters.valkey_stories import ValkeyStories
from workers.ledger import views
from workers.ledger.leases import release_all
from workers.rebuild import Rebuild
from workers.wiring import Outside

log = structlog.get_logger()

_LOOK_SECONDS: Final = 1.0
_AT_ONCE_SECONDS: Final = 0.5
"""Of one piece of work: the dispatcher sweeps between two, and can be stopped."""


class Interrupted(Unavailable):
    """The broker was lost again, or another dispatcher took over: it is begun again."""


@dataclass(slots=True)
class Mending:
    """One for each dispatcher. Of several, one mends and the others wait."""

    outside: Outside
    _me: str = field(default_factory=lambda: uuid.uuid4().hex)
    _work: Iterator[int] | None = None
    _waits: bool = True
    _looked: float = float("-inf")

    def mend(self) -> int | None:
        """None: all is there, items may be dispatched. Else do a piece of what must be done first.

        Returns how many items that was; 0: another dispatcher does it. Raises Unavailable.
        """
        if self._work is None and time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._look()
        if self._work is not None:
            return self._piece(self._work)
        return 0 if self._waits else None

    def _look(self) -> None:
        found = memory_of(self.outside).look(self._me)
        self._looked = time.monotonic()
        self._waits = found != "whole"
        if isinstance(found, Loss):
            self._work = mended(self.outside, found, self._me)

    def _piece(self, work: Iterator[int]) -> int | None:
        done, end = 0, time.monotonic() + _AT_ONCE_SECONDS
        try:
            for count in work:
                done += count
                if time.monotonic() >= end:
                    return max(done, 1)
        except BaseException:
            self._work = None  # it cannot be gone on with
            raise
        self._work, self._waits = None, False
        return None


def mended(outside: Outside, loss: Loss, me: str) -> Iterator[int]:
    """Give the broker back what it lost, holding the lock `me`; yields how many items at a time.

    Raises Interrupted, Unavailable; then it is looked at anew.
    """
    began, work = time.monotonic(), rebuild_of(outside, me)
    total = views.count_released(outside.ledger, work.since(loss))
    # All batches of that time: their messages are gone. In a restart most are still there.
    back = release_all(outside.ledger) if loss.since_ms is None else 0
    if total or back:  # else there was nothing to lose, as at the first start
        why = "broker_emptied" if loss.since_ms is None else "broker_restarted"
        log.warning(why, items=total, leases_undone=back)
    yield from _held(outside, me, work.restore(loss), total)
    if total or back:
        log.warning("index_rebuilt", items=total, seconds=round(time.monotonic() - began, 1))


def _held(outside: Outside, me: str, work: Iterator[int], total: int) -> Iterator[int]:
    """Do it under the lock `me`, then open the index."""
    memory, done = memory_of(outside), 0
    for count in work:
        done += count
        if not memory.go_on(me, done, total):
            raise Interrupted("the broker was lost while its memory was given back")
        yield count
    if not memory.open(me):
        raise Interrupted("the broker was lost while its memory was given back")


def refilled(outside: Outside, me: str, *, fresh: bool) -> Iterator[int]:
    """Tell an index that is whole all of its time again; yields how many items at a time.

    `fresh`: empty it before; nothing is dispatched then until it is done. Raises Interrupted when
    somebody else holds the lock or the broker is lost meanwhile, Unavailable.
    """
    memory, work = memory_of(outside), rebuild_of(outside, me)
    if not memory.take(me, empty=fresh):
        raise Interrupted("the index is being filled already: see `saring status`")
    if fresh:
        work.stories.forget()
    since = work.since(Loss(None))
    yield from _held(outside, me, work.fill(since), views.count_released(outside.ledger, since))


def memory_of(outside: Outside) -> ValkeyMemory:
    """The memory of the broker for this ledger."""
    return ValkeyMemory(outside.client, outside.announcer.ledger_id)


def rebuild_of(outside: Outside, me: str) -> Rebuild:
    """What fills it again, for whoever holds the lock `me`."""
    stories = ValkeyStories(outside.client, guard=memory_of(outside).lock, owner=me)
    days = outside.settings.retention_days
    return Rebuild(outside.ledger, stories, outside.announcer, days)
