"""How often somebody may try to log in: from one address, and at one account."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

FREE_FAILURES: Final = 5
"""Failures in a row at one account without a consequence."""
LONGEST_LOCK_MS: Final = 15 * 60_000

_TRIES: Final = 20
"""That an address may fail at once: an office shares one."""
_SECONDS_A_TRY: Final = 15.0
_MOST_ADDRESSES: Final = 10_000


def lock_ms(failures: int) -> int:
    """How long an account is closed after this many failures in a row: 1, 2, 4, 8, 15 minutes.

    So nobody makes more than 100 tries a day at one account, and who is kept out by a stranger
    can enter after 15 minutes.
    """
    if failures < FREE_FAILURES:
        return 0
    return min(60_000 << min(failures - FREE_FAILURES, 10), LONGEST_LOCK_MS)


@dataclass(slots=True)
class Throttle:
    """A bucket of tries for each address, in the memory of this process; safe between threads.

    Beyond 10,000 addresses the one that tried longest ago is forgotten: it has its tries back,
    which an attacker with as many addresses had anyway.
    """

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str) -> int | None:
        """Take a try; None, or the seconds to wait if there is none left."""
        with self._lock:
            level, key = self._level(address), network(address)
            if level < 1:
                return math.ceil((1 - level) * _SECONDS_A_TRY)
            self._buckets[key] = (level - 1, self.clock())
            self._buckets.move_to_end(key)
            if len(self._buckets) > _MOST_ADDRESSES:
                self._buckets.popitem(last=False)
            return None

    def give_back(self, address: str) -> None:
        """Return the try of somebody who was who they said."""
        with self._lock:
            self._buckets[network(address)] = (
                min(_TRIES, self._level(address) + 1),
                self.clock(),
            )

    def _level(self, address: str) -> float:
        level, at = self._buckets.get(network(address), (float(_TRIES), self.clock()))
        return min(_TRIES, level + (self.clock() - at) / _SECONDS_A_TRY)


def network(address: str) -> str:
    """What counts as one address: in IPv6 a /64, as one household or office has all of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
