"""Announces publications on the Redis Stream `saring:published`, as CloudEvents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import orjson
import redis

from tasks.models import Publication
from tasks.stage import Unavailable

STREAM: Final = "saring:published"
EVENT_TYPE: Final = "id.saring.publication.v1"
STREAM_LENGTH: Final = 100_000
"""Events that the stream keeps, about; the ledger keeps all."""

# One bit for each ledger row tells that its event was added: a repeated announcement adds none.
_ANNOUNCE = """
if redis.call('SETBIT', KEYS[2], ARGV[1], 1) == 0 then
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'desk', ARGV[3], 'event', ARGV[4])
end
return 1
"""


@dataclass(frozen=True, slots=True)
class ValkeyAnnouncer:
    """The stream of one ledger. The marks carry its id, so that a new ledger starts afresh."""

    client: redis.Redis
    ledger_id: str

    def announce(self, publications: Mapping[int, Publication]) -> None:
        """Add an event for each (ledger row, publication) that has none, in one round trip.

        Raises Unavailable; then some may have been added, and announcing again adds the rest.
        """
        script = self.client.register_script(_ANNOUNCE)
        keys = [STREAM, self._marks]
        try:
            with self.client.pipeline(transaction=False) as pipe:
                for seq, publication in publications.items():
                    event = orjson.dumps(cloud_event(self.ledger_id, publication))
                    script(keys, [seq, STREAM_LENGTH, publication.desk, event], client=pipe)
                pipe.execute()
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error

    def mark(self, seqs: Sequence[int]) -> None:
        """Mark these ledger rows, in order, as announced: one write for all. Raises Unavailable."""
        if not seqs:
            return
        first = seqs[0] // 8
        bits = np.zeros((seqs[-1] // 8 - first + 1) * 8, np.uint8)
        bits[np.array(seqs) - first * 8] = 1
        part = f"{self._marks}:part"
        try:
            with self.client.pipeline() as pipe:
                pipe.delete(part)
                pipe.setrange(part, first, np.packbits(bits).tobytes())
                pipe.bitop("OR", self._marks, self._marks, part)  # workers set others meanwhile
                pipe.delete(part)
                pipe.execute()
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error

    @property
    def _marks(self) -> str:
        return f"{STREAM}:marks:{self.ledger_id}"


def cloud_event(ledger_id: str, publication: Publication) -> dict[str, Any]:
    """The publication in a CloudEvents 1.0 envelope; its id is the item's and never changes."""
    return {
        "specversion": "1.0",
        "id": publication.ref,
        "source": f"/saring/{ledger_id}",
        "type": EVENT_TYPE,
        "subject": publication.desk,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": orjson.Fragment(publication.model_dump_json()),
    }
