"""How long something has been seen, by a clock that nobody sets."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field


@dataclass(slots=True)
class Patience:
    """Since when each of a changing set of names has been in it, as this process saw."""

    clock: Callable[[], float] = time.monotonic
    _since: dict[str, float] = field(default_factory=dict)

    def needs(self, names: Collection[str], seconds: float) -> set[str]:
        """Those seen for less than `seconds`; a name that was not there the last time is new."""
        now = self.clock()
        self._since = {name: self._since.get(name, now) for name in names}
        return {name for name, since in self._since.items() if now - since < seconds}
