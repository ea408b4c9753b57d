"""The Publisher port on the ledger: record first, then announce."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from tasks.models import Item, Publication
from tasks.stage import Unavailable
from workers.adapters.valkey_announcer import ValkeyAnnouncer
from workers.ledger import Ledger
from workers.ledger.release import announced, record

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LedgerPublisher:
    """Publishes into the ledger; what cannot be announced at once stays in the outbox."""

    ledger: Ledger
    announcer: ValkeyAnnouncer

    def publish(self, released: Sequence[tuple[Item, Publication]]) -> None:
        """See the Publisher port."""
        new = record(self.ledger, released)
        try:
            self.announcer.announce(new)
            announced(self.ledger, new)
        except Unavailable as error:
            # Recorded, so published: the dispatcher announces what the outbox still holds.
            log.warning("announcement_deferred", items=len(new), why=str(error))
