"""Which parts are alive: each writes a mark that fades after a few seconds."""

import json
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Self, cast

import redis

from workers.broker import connect
from workers.run import broker_url
from workers.settings import Settings

_NAMES = "saring:parts"
_PREFIX = "saring:part:"
_RESTARTS = "saring:restarts"
BEAT_SECONDS = 3
"""How often a part announces itself."""
_FADE_SECONDS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A part that announced itself in the last few seconds."""

    name: str
    host: str
    pid: int
    since: float
    version: str = ""
    """Of its code; empty for parts older than this field."""


@dataclass(slots=True)
class Presence:
    """Announces one part from a thread of its own until `end`."""

    settings: Settings
    name: str
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> Self:
        """Start announcing; a broker that is away is tried again at the next beat.

        Raises NotRunning when no broker is known at all.
        """
        client = connect(broker_url(self.settings))
        threading.Thread(target=self._beat, args=(client,), name="presence", daemon=True).start()
        return self

    def end(self) -> None:
        """Stop announcing; the mark fades by itself."""
        self._over.set()

    def _beat(self, client: redis.Redis) -> None:
        since = time.time()
        while True:
            try:
                announce(client, self.name, os.getpid(), since)
            except redis.RedisError:
                client.connection_pool.disconnect()
            if self._over.wait(BEAT_SECONDS):
                return


def announce(client: redis.Redis, name: str, pid: int, since: float) -> None:
    """Write the mark of a part that started at `since` (seconds since 1970).

    Raises redis.RedisError.
    """
    mark = {
        "host": socket.gethostname(),
        "pid": pid,
        "since": since,
        "version": metadata.version("saring"),
    }
    with client.pipeline(transaction=False) as pipe:
        pipe.sadd(_NAMES, name)  # so that nobody has to scan a broker full of fingerprints
        pipe.set(f"{_PREFIX}{name}", json.dumps(mark), ex=_FADE_SECONDS)
        pipe.execute()


def parts(client: redis.Redis) -> list[Part]:
    """The parts that are alive, by name. Raises redis.RedisError."""
    names = sorted(name.decode() for name in cast(set[bytes], client.smembers(_NAMES)))
    keys = [f"{_PREFIX}{name}" for name in names]
    marks = cast(list[bytes | None], client.mget(keys)) if keys else []
    return [
        _part(name, json.loads(mark))
        for name, mark in zip(names, marks, strict=True)
        if mark is not None
    ]


def _part(name: str, mark: dict[str, Any]) -> Part:
    # Whatever newer code writes beside these is passed over.
    return Part(name, mark["host"], mark["pid"], mark["since"], mark.get("version", ""))


def count_restart(client: redis.Redis, name: str) -> None:
    """Count that the supervisor started `name` again. Raises redis.RedisError."""
    client.hincrby(_RESTARTS, name, 1)


def restarts(client: redis.Redis) -> dict[str, int]:
    """How often each part was restarted. Raises redis.RedisError."""
    counted = cast(dict[bytes, bytes], client.hgetall(_RESTARTS))
    return {name.decode(): int(number) for name, number in sorted(counted.items())}
