"""The broker's side of the queues: names, depth, and which batches have begun."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final, cast

import redis

from tasks.models import Batch
from tasks.pipeline import PIPELINE
from tasks.stage import Forgotten, Unavailable

BEGUN_SECONDS: Final = 3600
"""How long it is kept that a batch began a stage."""
# The mark of a stage holds the generation of the broker's memory in which it was begun.
_BEGIN = """
local now = redis.call('HGET', KEYS[3], 'generation') or ''
if KEYS[2] ~= '' and redis.call('GET', KEYS[2]) ~= now then return 'forgotten' end
if redis.call('SET', KEYS[1], now, 'NX', 'EX', ARGV[1]) then return 'begun' end
return 'again'
"""


def queue_name(stage: str) -> str:
    """The queue and the task of a stage have one name."""
    return f"saring.{stage}"


QUEUES = tuple(queue_name(stage.name) for stage in PIPELINE)
_BEFORE = {later.name: earlier.name for earlier, later in pairwise(PIPELINE)}


@dataclass(frozen=True, slots=True)
class Progress:
    """Which batches have begun which stage, kept in the broker."""

    client: redis.Redis
    guard: str = ""
    """The key that holds the generation of the broker's memory (`ValkeyMemory`)."""

    def begin(self, batch: Batch, stage: str) -> bool:
        """Mark that `batch` begins `stage`; False when it had begun before.

        Begun twice means that a worker died in it or was cut off: Celery gives such a message
        out again, without end, to one worker after another. Raises Unavailable; and Forgotten when
        the broker lost its memory since the stage before: so may the index what it was told.
        """
        before = _mark(batch.id, _BEFORE[stage]) if stage in _BEFORE else ""
        keys = [_mark(batch.id, stage), before, self.guard]
        try:
            found = self.client.register_script(_BEGIN)(keys, [BEGUN_SECONDS])
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error
        if found == b"forgotten":
            raise Forgotten("the broker lost its memory while this was under way")
        return bool(found == b"begun")

    def begun(self, batch_ids: Iterable[str]) -> dict[str, float]:
        """How many seconds ago each batch began its latest stage; without those that began none.

        By the broker's clock. Raises redis.RedisError.
        """
        ids = list(batch_ids)
        with self.client.pipeline(transaction=False) as pipe:
            for batch_id in ids:
                for stage in PIPELINE:
                    pipe.pttl(_mark(batch_id, stage.name))
            found = iter(cast(list[int], pipe.execute()))
        left = {batch_id: max(islice(found, len(PIPELINE))) for batch_id in ids}
        return {
            batch_id: BEGUN_SECONDS - left_ms / 1000
            for batch_id, left_ms in left.items()
            if left_ms >= 0  # negative: there is no such mark
        }

    def depth(self) -> int:
        """Messages that wait in the queues. Raises redis.RedisError."""
        with self.client.pipeline(transaction=False) as pipe:
            for queue in QUEUES:
                pipe.llen(queue)
            return sum(cast(list[int], pipe.execute()))


def _mark(batch_id: str, stage: str) -> str:
    return f"saring:begun:{batch_id}:{stage}"
