"""What the intake said it took, and what was seen of it: kept outside broker and ledger."""

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO, cast

import httpx
import redis

from tests.running import MARK, OPERATOR, PLACES, THINGS
from workers.adapters.valkey_announcer import STREAM
from workers.broker import connect

PER_REQUEST: Final = 50
_AGAIN_SECONDS: Final = 0.1


@dataclass
class History:
    """Refs that were accepted and seen, in memory and, as they come, in a file of lines."""

    path: Path
    accepted: dict[str, float] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    twice: set[str] = field(default_factory=set)
    """Refs that one stream told more than once."""
    answers: Counter[int] = field(default_factory=Counter)
    """Status codes of the intake; 0: no answer."""
    _stream: set[str] = field(default_factory=set)
    _file: TextIO = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._file = self.path.open("w")

    def accept(self, refs: Sequence[str]) -> None:
        """The intake has answered for these."""
        now = time.time()
        with self._lock:
            for ref in refs:
                self.accepted.setdefault(ref, now)
            self._write("accepted", refs)

    def see(self, refs: Sequence[str]) -> None:
        """A consumer of the stream has read an event of each."""
        with self._lock:
            self.seen.update(refs)
            self.twice |= {ref for ref in refs if ref in self._stream}
            self._stream.update(refs)
            self._write("seen", refs)

    def new_stream(self) -> None:
        """The stream is lost: what the next one tells again comes under ids that are known."""
        with self._lock:
            self._stream.clear()

    def close(self) -> None:
        self._file.close()

    def _write(self, what: str, refs: Sequence[str]) -> None:
        self._file.write("".join(f"{time.time():.3f} {what} {ref}\n" for ref in refs))
        self._file.flush()


def post(source: str, number: int, words: str = "") -> dict[str, str]:
    """A post unlike all others, with `words` at its end."""
    thing, place = THINGS[number % len(THINGS)], PLACES[number // 7 % len(PLACES)]
    return {
        "source": source,
        "id": f"p-{number}",
        "kind": "post",
        "text": f"Mohon dibantu, {thing} di {place} sejak hari ke-{number} {MARK} {words}".strip(),
        "published_at": "2026-11-21T07:00:00+07:00",
    }


@dataclass
class Pusher:
    """Pushes until the intake has taken it, whatever happens meanwhile."""

    url: str
    history: History
    over: threading.Event = field(default_factory=threading.Event)
    _numbers: Counter[str] = field(default_factory=Counter)
    _threads: list[threading.Thread] = field(default_factory=list)

    def push(self, count: int, source: str = "pantau", words: str = "") -> list[str]:
        """Push `count` new posts of a source; returns their refs once all are taken."""
        refs: list[str] = []
        with httpx.Client(base_url=self.url, headers=OPERATOR, timeout=15.0) as client:
            while len(refs) < count and not self.over.is_set():
                size = min(PER_REQUEST, count - len(refs))
                first = self._numbers[source] + 1
                self._numbers[source] += size
                posts = [post(source, first + step, words) for step in range(size)]
                refs += self._until_taken(client, posts)
        return refs

    def give(self, posts: list[dict[str, str]]) -> list[str]:
        """Push these very posts until they are taken; returns their refs."""
        with httpx.Client(base_url=self.url, headers=OPERATOR, timeout=15.0) as client:
            return self._until_taken(client, posts)

    def once(self, posts: list[dict[str, str]]) -> httpx.Response:
        """Push once, and return the answer; what it accepts is kept."""
        answer = httpx.post(f"{self.url}/v1/items", json=posts, headers=OPERATOR, timeout=15.0)
        self._keep(answer)
        return answer

    def stream(self, per_second: float, source: str = "pantau") -> None:
        """Go on pushing from a thread, until `stop`."""

        def run() -> None:
            size = max(1, round(per_second / 5))
            while not self.over.is_set():
                begun = time.monotonic()
                self.push(size, source)
                self.over.wait(max(0.0, size / per_second - (time.monotonic() - begun)))

        thread = threading.Thread(target=run, name=f"push-{source}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def stop(self) -> None:
        """Push no more; what is not taken yet was never accepted."""
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _until_taken(self, client: httpx.Client, posts: list[dict[str, str]]) -> list[str]:
        while not self.over.is_set():
            try:
                answer = client.post("/v1/items", json=posts)
            except httpx.HTTPError:
                self.history.answers[0] += 1
            else:
                refs = self._keep(answer)
                if len(refs) == len(posts):
                    return refs
            self.over.wait(_AGAIN_SECONDS)
        return []

    def _keep(self, answer: httpx.Response) -> list[str]:
        self.history.answers[answer.status_code] += 1
        if answer.status_code not in (202, 207):
            return []
        rows = answer.json()["items"]
        refs = [row["ref"] for row in rows if row["status"] in ("accepted", "already_known")]
        self.history.accept(refs)
        return refs


@dataclass
class Reader:
    """A consumer of the stream, in a thread: reads on from where it was, whatever happens."""

    url: str
    history: History
    over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)
    _last: str = "0"

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self.over.set()
        self._thread.join()

    def _run(self) -> None:
        client = connect(self.url)
        while not self.over.is_set():
            try:
                self._read(client)
            except redis.RedisError:
                with contextlib.suppress(redis.RedisError):
                    client.connection_pool.disconnect()
                self.over.wait(_AGAIN_SECONDS)

    def _read(self, client: redis.Redis) -> None:
        found = cast(list[Any], client.xread({STREAM: self._last}, count=500, block=200))
        for _, entries in found or []:
            for name, fields in entries:
                self.history.see([json.loads(fields[b"event"])["id"]])
                self._last = name.decode()
