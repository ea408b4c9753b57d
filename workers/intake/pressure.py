"""When the intake answers 429: a pure decision, and a monitor of what it is decided by."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

import redis
import structlog

from workers.ledger import Ledger, LedgerAway, views

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_STRAINED, _HARD = 1.0, 2.0
_MOST_BY_AGE: Final = 1.99
_RELIEVED = 0.9  # below the limit, so that the log does not tell of every second at it
_MAX_RETRY: Final = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What waits, and how full the broker is."""

    waiting: Mapping[str, int]
    """Open items by item source."""
    oldest_seconds: float | None
    """Age of the oldest open item; None: none is open."""
    broker_memory: float | None
    """Share of the broker's memory in use; None: not known, or without limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The load at which callers are refused that send more than others."""

    backlog: int
    age_seconds: float
    broker_memory: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a caller has to wait, for people, and for how many seconds."""

    retry_after: int
    detail: str


def refuse(load: Load, limits: Limits, mine: Callable[[str], bool]) -> Refusal | None:
    """Whether the caller has to wait; `mine` tells which item sources are the caller's.

    Under all limits nobody has. From a limit on, those who have as much waiting as the average
    source or more: a flood, never a quiet source beside it. At twice the backlog, or when half of
    the memory above its limit is full, everybody has.
    """
    strain, why = _strain(load, limits)
    if strain < _STRAINED:
        return None
    # From 1 s at the limit to a minute at twice the limit.
    retry = math.ceil(min(_MAX_RETRY, 1 + (_MAX_RETRY - 1) * (strain - _STRAINED)))
    if strain >= _HARD:
        return Refusal(retry, f"{why}: so far over the limit nothing is taken from anybody")
    if _is_quiet(load.waiting, mine):
        return None
    return Refusal(retry, f"{why}, and you have as many items waiting as others or more")


def _strain(load: Load, limits: Limits) -> tuple[float, str]:
    """How far the worst of the three has gone: 1 is at its limit, 2 where nobody may pass."""
    return max(_strains(load, limits), key=itemgetter(0))


def _strains(load: Load, limits: Limits) -> Iterator[tuple[float, str]]:
    total = sum(load.waiting.values())
    yield total / limits.backlog, f"{total} items wait (limit {limits.backlog})"
    if load.oldest_seconds is not None:
        yield (
            # One item that is put off again and again must not close the door to everybody.
            min(load.oldest_seconds / limits.age_seconds, _MOST_BY_AGE),
            f"the oldest item has waited {load.oldest_seconds:.0f} s "
            f"(limit {limits.age_seconds:.0f} s)",
        )
    if load.broker_memory is not None:
        yield (
            _memory_strain(load.broker_memory, limits.broker_memory),
            f"the broker's memory is {load.broker_memory:.0%} full "
            f"(limit {limits.broker_memory:.0%})",
        )


def _memory_strain(used: float, limit: float) -> float:
    if used < limit:
        return used / limit
    room = (1 - limit) / 2
    return _STRAINED + (used - limit) / room if room > 0 else _HARD


def _is_quiet(waiting: Mapping[str, int], mine: Callable[[str], bool]) -> bool:
    own = sum(number for source, number in waiting.items() if mine(source))
    sources = sum(number > 0 for number in waiting.values())
    # A source that waits alone is the average itself, and the flood: so less, not "no more".
    return own == 0 or own * sources < sum(waiting.values())


@dataclass(slots=True)
class Monitor:
    """Looks at the load once a second, in a thread of its own, between `start` and `stop`."""

    ledger: Ledger
    broker: redis.Redis
    limits: Limits
    _waiting: Counter[str] = field(default_factory=Counter)
    _unseen: Counter[str] = field(default_factory=Counter)
    _load: Load = field(init=False)
    _strained: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._load = Load(self._waiting, None, None)

    @property
    def load(self) -> Load:
        """The latest load, with what was accepted since. To be read where `accepted` is called."""
        return self._load

    def accepted(self, source: str, number: int) -> None:
        """Count what the intake has just committed, so that the next look need not be awaited."""
        with self._lock:
            self._waiting[source] += number
            self._unseen[source] += number

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._run, name="pressure", daemon=True).start()

    def stop(self) -> None:
        """Look no more. A look at a server that does not answer is not waited for."""
        self._over.set()

    def look(self) -> None:
        """Renew the load, or keep it while the ledger is away."""
        with self._lock:
            self._unseen = Counter()  # what is accepted from here on, the ledger may not tell yet
        try:
            backlog = views.backlog(self.ledger)
        except LedgerAway:
            return  # the intake itself answers 503 now
        memory = self._broker_memory()
        with self._lock:
            self._waiting = self._unseen + Counter(backlog.waiting)
            self._load = Load(self._waiting, backlog.oldest_seconds, memory)
            worst = _strain(self._load, self.limits)
        self._tell(*worst)

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                # Without looks, what `accepted` counts would grow until nobody may pass.
                log.exception("look_failed")
            if self._over.wait(_LOOK_SECONDS):
                return

    def _broker_memory(self) -> float | None:
        try:
            memory = self.broker.info("memory")
        except redis.RedisError:
            self.broker.connection_pool.disconnect()
            return None  # what is accepted is safe in the ledger
        most = memory.get("maxmemory", 0)
        return memory["used_memory"] / most if most else None

    def _tell(self, strain: float, why: str) -> None:
        if not self._strained and strain >= _STRAINED:
            self._strained = True
            log.warning("intake_strained", why=why)
        elif self._strained and strain < _RELIEVED:
            self._strained = False
            log.warning("intake_relieved")
