"""The Publisher port in memory, for `saring try` and unit tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.models import Item, Publication

_Key = tuple[int, str]


@dataclass(slots=True)
class MemoryPublisher:
    """Keeps publications by row and identity, in the order of their first release."""

    published: dict[_Key, Publication] = field(default_factory=dict)

    def publish(self, released: Sequence[tuple[Item, Publication]]) -> None:
        """See the Publisher port."""
        for item, publication in released:
            self.published.setdefault((item.seq, item.ref), publication)

    def take(self) -> list[Publication]:
        """The publications since the last call; they are forgotten, so memory stays flat."""
        released = list(self.published.values())
        self.published.clear()
        return released
