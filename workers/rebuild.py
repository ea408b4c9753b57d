"""What the broker has forgotten, from the ledger: the index of stories and what was announced.

Everything here may be done twice, and beside workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import structlog

from tasks.group import group
from tasks.models import MAX_BATCH, Batch, Content, Item, Normalised, Publication
from tasks.ports import Ports
from tasks.stage import Stage, Unavailable, run_stage
from workers.adapters.ledger_publisher import LedgerPublisher
from workers.adapters.valkey_announcer import ValkeyAnnouncer
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.adapters.valkey_memory import Loss
from workers.adapters.valkey_stories import EPOCH_SECONDS, EPOCHS, ValkeyStories
from workers.ledger import Ledger, views
from workers.ledger.database import now_ms
from workers.ledger.redactions import redacted_refs
from workers.ledger.schema import items
from workers.retention import DAY_MS, before
from workers.retry import describe

log = structlog.get_logger()

_REMEMBERED_MS: Final = EPOCHS * EPOCH_SECONDS * 1000
_MARGIN_MS: Final = 30_000
"""Clocks of two parts may be apart by so much, with the time that a transaction takes."""
_WINDOW: Final = 4096
"""Publications within which a copy is told after what it copies: two workers may have released them
the other way round."""
_GROUP: Final = Stage("group", group)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Fills the broker of one ledger again."""

    ledger: Ledger
    stories: ValkeyStories
    """With the lock of whoever does it as its guard: it tells nothing after a second loss."""
    announcer: ValkeyAnnouncer
    retention_days: int

    def restore(self, loss: Loss) -> Iterator[int]:
        """Everything that was lost; yields after each piece how many items that was.

        What was hidden or erased does not come back. Raises Unavailable; then all is to be done
        again.
        """
        began = now_ms()
        yield from self.fill(self.since(loss))
        if loss.since_ms is None:
            yield from self._mark()
        else:
            yield from self._after(loss.since_ms - _MARGIN_MS)
        for _ in self.fill(began - _MARGIN_MS):  # what was published meanwhile
            yield 0

    def since(self, loss: Loss) -> int:
        """From when on publications are told again, in ms: as far back as the index reaches."""
        reach = now_ms() - _REMEMBERED_MS
        return reach if loss.since_ms is None else max(reach, loss.since_ms - _MARGIN_MS)

    def fill(self, since_ms: int) -> Iterator[int]:
        """Tell the index what was published since then; yields after each batch its items.

        Oldest first, so that firsts stay firsts. Raises Unavailable.
        """
        hidden = redacted_refs(self.ledger)
        # Retention may be erasing what is past its period: an hour keeps the two apart.
        kept = items.c.accepted_at >= before(self.retention_days) + DAY_MS // 24
        pages = views.released(self.ledger, since_ms, kept)
        told = (one for _, one in chain.from_iterable(pages) if one.ref not in hidden)
        ports = Ports(self.stories, LedgerPublisher(self.ledger, self.announcer))
        for batch in _batches(_firsts_first(told)):
            _, held = run_stage(_GROUP, batch, ports)
            for one in held:
                if isinstance(one.reason, Unavailable):
                    raise one.reason
                log.warning("not_told_again", ref=one.item.ref, why=describe(one.reason))
            yield len(batch.items)
        self.stories.erase(redacted_refs(self.ledger) - hidden)  # hidden while it was told

    def _mark(self) -> Iterator[int]:
        """Mark what was announced: else an announcement that comes late would come twice."""
        for seqs in views.announced_seqs(self.ledger):
            self.announcer.mark(seqs)
            yield 0

    def _after(self, since_ms: int) -> Iterator[int]:
        """Do once more what was done to the stream since then.

        An event that is lost has lost its mark with it: announcing all adds those, and no other.
        """
        for page in views.released(self.ledger, since_ms):
            self.announcer.announce(dict(page))
            yield 0
        hidden = redacted_refs(self.ledger, since_ms)
        ValkeyErasing(self.stories.client).withdraw(hidden)
        self.stories.erase(hidden)


def _firsts_first(told: Iterator[Publication]) -> Iterator[Publication]:
    while some := list(islice(told, _WINDOW)):
        yield from sorted(some, key=lambda one: one.duplicate_of is not None)


def _batches(told: Iterator[Publication]) -> Iterator[Batch]:
    while some := list(islice(told, MAX_BATCH)):
        yield Batch(id="rebuild", items=tuple(map(_as_before, some)))


def _as_before(publication: Publication) -> Item:
    """The item as it was before `group`."""
    content = Content.model_validate(publication.model_dump(include=set(Content.model_fields)))
    return Item(content=content, normalised=Normalised(text=publication.text))
