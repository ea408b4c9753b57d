"""The index of stories on Valkey or Redis, shared by all workers; two scripts do all of it.

A record is the ref (its length in two bytes before it; refs are ASCII), digest (8), exact (8),
sketch (64) and the lead (UTF-8). Records lie in hashes of 128
neighbours, and keys in 2^18 hashes an epoch, small enough for the server's compact encoding.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from struct import pack
from typing import Any, Final, cast

import redis

from tasks.ports import BAND_OWNERS, STORIES, TERM_OWNERS
from tasks.stage import Forgotten, Unavailable
from tasks.telling import Join, Keys, Known, Place, Relation, Telling, Told

PREFIX: Final = "saring:story:"
EPOCH_SECONDS: Final = 15 * 24 * 3600
EPOCHS: Final = 3
"""A key is looked up in this epoch and those before it, so it is found 30 to 45 days long."""
SHARD_BITS: Final = 18

_HERE: Final = Path(__file__).parent
GUARD_SCRIPT: Final = (_HERE / "stories_guard.lua").read_text(encoding="utf-8")
"""Gives a script `run_id()` and `generation(guard, owner)`."""
_TELL: Final = GUARD_SCRIPT + (_HERE / "stories_tell.lua").read_text(encoding="utf-8")
_SETTLE: Final = GUARD_SCRIPT + (_HERE / "stories_settle.lua").read_text(encoding="utf-8")
_NUMBER_BITS: Final = 32
"""Of a number; above them stands the generation: a number says nothing of a later index."""
_SKETCH: Final = 64


@dataclass(frozen=True, slots=True)
class ValkeyStories:
    """See `tasks.ports.Stories`. One round trip for each call."""

    client: redis.Redis
    prefix: str = PREFIX
    guard: str = ""
    """The key that says whether the index is whole (`ValkeyMemory`); "": it always is."""
    owner: str = ""
    """Who fills it again; "": one who may use it when that is done."""

    def tell(self, tellings: Sequence[tuple[Telling, Keys]]) -> list[Told]:
        """See `tasks.ports.Stories`."""
        if not tellings:
            return []
        settings = (EPOCH_SECONDS, EPOCHS, BAND_OWNERS, TERM_OWNERS, STORIES)
        told = (part for telling, keys in tellings for part in _packed(telling, keys))
        since, *reply = self._run(_TELL, *settings, *told)
        base = int(since) << _NUMBER_BITS
        return [
            Told(base + number, tuple(_known(base, known)))
            for number, known in zip(reply[::2], reply[1::2], strict=True)
        ]

    def settle(self, joins: Sequence[Join], numbers: Sequence[int]) -> list[Place]:
        """See `tasks.ports.Stories`."""
        if not numbers and not joins:
            return []
        since = _generation(joins, numbers)
        joined = b"".join(
            pack(">IIB", _plain(join.later), _plain(join.earlier), join.copy) for join in joins
        )
        asked = b"".join(pack(">I", _plain(number)) for number in numbers)
        reply = self._run(_SETTLE, since, EPOCH_SECONDS * EPOCHS, joined, asked)
        return [
            Place(tuple(digests), first.decode() if first else None)
            for digests, first in zip(reply[::2], reply[1::2], strict=True)
        ]

    def forget(self) -> None:
        """Empty the index: `saring reindex` fills it again. Raises Unavailable.

        Numbers go on from the last, since a worker may still hold one.
        """
        kept = f"{self.prefix}last".encode()
        try:
            found = self.client.scan_iter(f"{self.prefix}*", count=1000)
            for keys in _in_hundreds(key for key in found if key != kept):
                self.client.unlink(*keys)
        except redis.RedisError as error:
            raise Unavailable("the index of stories cannot be reached") from error

    def erase(self, refs: Collection[str]) -> int:
        """Take what these items said out of the index, as if its time were over; how many.

        A text that is told again is then a new one; narratives stay joined. Reads every record.
        Raises Unavailable.
        """
        wanted, erased = {ref.encode("ascii") for ref in refs}, 0
        if not wanted:
            return 0
        try:
            for keys in _in_hundreds(self.client.scan_iter(f"{self.prefix}r:*", count=1000)):
                with self.client.pipeline(transaction=False) as pipe:
                    for key in keys:
                        pipe.hgetall(key)
                    shards = zip(keys, pipe.execute(), strict=True)
                for key, records in shards:
                    mine = [number for number, one in records.items() if _ref(one) in wanted]
                    erased += int(self.client.hdel(key, *mine)) if mine else 0
        except redis.RedisError as error:
            raise Unavailable("the index of stories cannot be reached") from error
        return erased

    def _run(self, script: str, *arguments: str | int | bytes) -> list[Any]:
        try:
            reply = self.client.register_script(script)(
                args=(self.prefix, self.guard, self.owner, *arguments)
            )
        except redis.RedisError as error:
            raise Unavailable("the index of stories cannot be reached") from error
        if reply is None:
            raise Unavailable("the index of stories was lost, and is filled again first")
        if reply == b"forgotten":
            raise Forgotten("the index of stories was lost and filled again meanwhile")
        return cast(list[Any], reply)


def _packed(telling: Telling, keys: Keys) -> tuple[str, bytes, bytes]:
    """The ref, the record and the keys of a telling, as the script reads them."""
    ref = telling.ref.encode("ascii")
    kept = telling.digest + telling.exact + telling.sketch + telling.lead.encode()
    record = pack(">H", len(ref)) + ref + kept
    found = b"".join(map(_key, (keys.text, *keys.bands, *keys.terms)))
    return telling.ref, record, bytes((len(keys.bands),)) + found


def _key(key: int) -> bytes:
    """A key of 50 bits: 18 choose the hash, 32 are the field in it."""
    return pack(">II", key & ((1 << SHARD_BITS) - 1), key >> SHARD_BITS)


def _known(base: int, reply: Sequence[Any]) -> Iterator[Known]:
    for number, relation, record in zip(reply[::3], reply[1::3], reply[2::3], strict=True):
        yield Known(base + number, _telling(record), cast(Relation, relation.decode()))


def _plain(number: int) -> int:
    """A number as the scripts know it."""
    return number & ((1 << _NUMBER_BITS) - 1)


def _generation(joins: Sequence[Join], numbers: Sequence[int]) -> int:
    """The one generation of all these numbers. Raises Forgotten if they are of several."""
    named = {*numbers, *(one for join in joins for one in (join.later, join.earlier))}
    found = {number >> _NUMBER_BITS for number in named}
    if len(found) > 1:
        raise Forgotten("the index of stories was lost and filled again between two answers")
    return found.pop()


def _ref(record: bytes) -> bytes:
    return record[2 : 2 + int.from_bytes(record[:2])]


def _telling(record: bytes) -> Telling:
    ref = _ref(record)
    at = 2 + len(ref)
    digest, exact = record[at : at + 8], record[at + 8 : at + 16]
    sketch, lead = record[at + 16 : at + 16 + _SKETCH], record[at + 16 + _SKETCH :]
    return Telling(ref.decode(), digest, exact, sketch, lead.decode())


def _in_hundreds(keys: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(keys, 100)):
        yield some
