"""What the broker holds of items, and how it is taken out: the index of stories and the stream."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import orjson
import redis

from tasks.stage import Unavailable
from workers.adapters.valkey_announcer import STREAM
from workers.adapters.valkey_stories import ValkeyStories

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ValkeyErasing:
    """Each method may be called again; nothing is done twice. All raise Unavailable."""

    client: redis.Redis

    def forget(self, refs: Collection[str]) -> int:
        """Take these items out of the index of copies and narratives; how many were there."""
        return ValkeyStories(self.client).erase(refs)

    def trim(self, before_ms: int) -> int:
        """Take events out of the stream that were added before then; how many."""
        try:
            return int(self.client.xtrim(STREAM, minid=before_ms, approximate=False))
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error

    def withdraw(self, refs: Collection[str]) -> int:
        """Take the events of these items out of the stream, sought from the newest on; how many.

        Whoever has read them has them.
        """
        wanted, before, gone = set(refs), "+", 0
        try:
            while wanted and (events := self._events(before)):
                mine = {key: ref for key, ref in events if ref in wanted}
                gone += int(self.client.xdel(STREAM, *mine)) if mine else 0
                wanted.difference_update(mine.values())
                before = f"({events[-1][0]}"
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error
        return gone

    def _events(self, before: str) -> list[tuple[str, str]]:
        """The next older events of the stream: id, and ref of the item."""
        found = cast(list[Any], self.client.xrevrange(STREAM, max=before, count=_AT_ONCE))
        return [(key.decode(), orjson.loads(fields[b"event"])["id"]) for key, fields in found]

    def rewrite(self) -> None:
        """Have the append-only file written anew: until then it holds what was taken out."""
        try:
            with suppress(redis.ResponseError):  # one is being written already
                self.client.bgrewriteaof()
        except redis.RedisError as error:
            raise Unavailable("the broker does not answer") from error
