"""The broker's side of the queues: names, depth, and which batches have begun."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import redis

from tasks.models import Batch
from tasks.pipeline import PIPELINE
from tasks.stage import Unavailable

_BEGUN_SECONDS = 3600


def queue_name(stage: str) -> str:
    """The queue and the task of a stage have one name."""
    return f"saring.{stage}"


QUEUES = tuple(queue_name(stage.name) for stage in PIPELINE)


@dataclass(frozen=True, slots=True)
class Progress:
    """Which batches have begun which stage, kept in the broker."""

    client: redis.Redis

    def begin(self, batch: Batch, stage: str) -> bool:
        """Mark that `batch` begins `stage`; False when it had begun before.

        Begun twice means that a worker died in it or was cut off: Celery gives such a message
        out again, without end, to one worker after another. Raises Unavailable.
        """
        try:
            return bool(self.client.set(_mark(batch.id, stage), 1, nx=True, ex=_BEGUN_SECONDS))
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error

    def begun(self, batch_ids: Iterable[str]) -> set[str]:
        """Those of the batches that began their first stage. Raises redis.RedisError."""
        ids = list(batch_ids)
        with self.client.pipeline(transaction=False) as pipe:
            for batch_id in ids:
                pipe.exists(_mark(batch_id, PIPELINE[0].name))
            found = pipe.execute()
        return {batch_id for batch_id, there in zip(ids, found, strict=True) if there}

    def depth(self) -> int:
        """Messages that wait in the queues. Raises redis.RedisError."""
        with self.client.pipeline(transaction=False) as pipe:
            for queue in QUEUES:
                pipe.llen(queue)
            return sum(cast(list[int], pipe.execute()))


def _mark(batch_id: str, stage: str) -> str:
    return f"saring:begun:{batch_id}:{stage}"
