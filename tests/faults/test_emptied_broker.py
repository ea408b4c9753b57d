"""The broker's data are gone while everything runs: no item is lost, no copy passes as a first one.

What was seen is written down by a reader of the stream, outside of broker and ledger.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import redis

from tasks.models import Publication
from tests.desks import Said, publish
from tests.running import SARING, write_posts
from tests.workshop import TEXTS, copy_of, outside_of
from workers.adapters.valkey_announcer import STREAM
from workers.broker import EmbeddedBroker, answers, connect, prepare_broker
from workers.ledger import Ledger, views
from workers.mending import Mending

ITEMS = 400
KINDS = [("valkey", "sqlite"), ("redis", "postgres")]


@dataclass(slots=True)
class Server:
    """A broker that the test starts, kills and robs itself."""

    broker: EmbeddedBroker
    until: Callable[..., None]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.broker.command, stdout=subprocess.DEVNULL)
        self.until(lambda: answers(self.broker.url), "the broker answers")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def files(self) -> Path:
        """Where its data are."""
        return self.broker.config.parent


@dataclass(slots=True)
class Reader:
    """Reads the stream as a consumer does, and remembers what it saw."""

    client: redis.Redis
    seen: Counter[str] = field(default_factory=Counter)
    last: bytes = b"0"
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.is_set():
            try:
                self.look()
            except redis.RedisError:
                self.over.wait(0.05)  # it is being started again

    def look(self) -> None:
        found = cast(list[Any], self.client.xread({STREAM: self.last}, count=500, block=50))
        for _, events in found:
            for key, fields in events:
                self.last = key
                self.seen[orjson.loads(fields[b"event"])["id"]] += 1


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def server(kind: tuple[str, str], tmp_path: Path, until: Callable[..., None]) -> Iterator[Server]:
    binary = shutil.which("redis-server") if kind[0] == "redis" else None
    if kind[0] == "redis" and binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    path = None if binary is None else Path(binary)
    made = Server(prepare_broker(tmp_path / "server", binary=path), until)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def ledger_url(kind: tuple[str, str], request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind[1] == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    url: str = request.getfixturevalue("fresh_postgres")
    return url


@pytest.fixture
def up_on(server: Server, ledger_url: str, start_up: Any) -> Any:
    """`start_up` with these two."""
    return partial(start_up, SARING_BROKER_URL=server.broker.url, SARING_LEDGER_URL=ledger_url)


@pytest.fixture
def reader(server: Server) -> Iterator[Reader]:
    made = Reader(connect(server.broker.url))
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.over.set()
    thread.join()


def said(path: Path, first: int, *texts: str) -> Path:
    """Posts with these texts, to be pushed."""
    with path.open("w") as file:
        for number, text in enumerate(texts, first):
            post = {
                "source": "kota",
                "id": f"k-{number}",
                "kind": "post",
                "text": text,
                "published_at": "2026-11-21T07:00:00+07:00",
            }
            file.write(json.dumps(post) + "\n")
    return path


def results(up: Any) -> dict[str, Publication]:
    """What was published, by id; an id that is there twice fails."""
    found = list(views.results(up.outside.ledger))  # a command takes seconds to start
    assert len({one.id for one in found}) == len(found)
    return {one.id: one for one in found}


def check_copies_are_found(up: Any, tmp_path: Path, until: Callable[..., None]) -> None:
    """What is pushed now repeats what was said before the loss, and is found to."""
    firsts = results(up)
    copies = [TEXTS[0].upper(), *(copy_of(number) for number in range(1, len(TEXTS)))]
    pushed = up.saring("push", str(said(tmp_path / "copies.jsonl", 100, *copies)))
    assert pushed.returncode == 0, pushed.stderr
    until(up.all_done, "the copies are done", 120.0)
    again = results(up)
    for number in range(len(TEXTS)):
        first, copy = firsts[f"k-{number}"], again[f"k-{100 + number}"]
        assert (copy.duplicate_of, copy.narrative_id) == (first.ref, first.narrative_id)


def check_nothing_is_lost(up: Any, number: int) -> None:
    assert len(results(up)) == number
    assert up.status().states["quarantined"] == 0


def test_an_emptied_broker_is_filled_again_from_the_ledger(
    server: Server, reader: Reader, up_on: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    posts = write_posts(tmp_path / "posts.jsonl", ITEMS)
    firsts = said(tmp_path / "firsts.jsonl", 0, *TEXTS)
    # A lease that nobody waits for: what the broker lost is due again at once.
    with up_on(SARING_LEASE_SECONDS="600") as up:
        assert up.saring("push", str(firsts)).returncode == 0
        until(up.all_done, "the firsts are done", 120.0)
        with subprocess.Popen([*SARING, "push", str(posts)], env=up.environment) as push:
            until(lambda: up.status().states["published"] > 60, "some are published", 120.0)
            reader.client.flushall()
            assert push.wait(120) == 0
        until(up.all_done, "all items are done", 180.0)
        check_nothing_is_lost(up, ITEMS + len(TEXTS))
        check_copies_are_found(up, tmp_path, until)
        total = ITEMS + 2 * len(TEXTS)
        # What was on the stream and not yet read is gone from it: the ledger has it.
        until(lambda: reader.last == newest(reader), "the reader has read it all")
        assert len(reader.seen) <= total
        assert set(reader.seen.values()) == {1}
        log = (up.data_dir / "logs" / "dispatch.log").read_text()
        assert log.count("broker_emptied") == log.count("index_rebuilt") == 1


def newest(reader: Reader) -> bytes:
    found = cast(list[Any], reader.client.xrevrange(STREAM, count=1))
    return cast(bytes, found[0][0])


def test_a_broker_started_on_an_older_copy_of_its_file_is_mended(
    server: Server, reader: Reader, up_on: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    with up_on() as up:
        posts = write_posts(tmp_path / "posts.jsonl", 60)
        assert up.saring("push", str(posts)).returncode == 0
        until(up.all_done, "the first are done", 120.0)
        shutil.copytree(server.files / "appendonlydir", tmp_path / "older")
        assert up.saring("push", str(said(tmp_path / "firsts.jsonl", 0, *TEXTS))).returncode == 0
        until(up.all_done, "those that it will forget are done", 120.0)
        until(lambda: len(reader.seen) == 60 + len(TEXTS), "all are on the stream")
        server.kill()
        shutil.rmtree(server.files / "appendonlydir")
        shutil.copytree(tmp_path / "older", server.files / "appendonlydir")
        server.start()
        until(
            lambda: reader.client.xlen(STREAM) == 60 + len(TEXTS),
            "what it forgot is on the stream again",
            60.0,
        )
        check_copies_are_found(up, tmp_path, until)
        check_nothing_is_lost(up, 60 + 2 * len(TEXTS))
        on_it = Counter(
            orjson.loads(fields[b"event"])["id"]
            for _, fields in cast(list[Any], reader.client.xrange(STREAM))
        )
        assert set(on_it.values()) == {1}
        assert len(on_it) == 60 + 2 * len(TEXTS)


def test_a_dispatcher_killed_while_it_fills_the_index_is_followed_by_another(
    server: Server,
    ledger: Ledger,
    ledger_url: str,
    up_on: Any,
    tmp_path: Path,
    until: Callable[..., None],
) -> None:
    many = [
        Said(text=f"Warga gang {n} menunggu pipa nomor {n * 7919} diperbaiki petugas unit {n % 97}")
        for n in range(3000)
    ]
    # An index that is whole: saring has enough to do while it starts.
    mending = Mending(outside_of(ledger_url, server.broker.url, tmp_path))
    while mending.mend() is not None:
        continue
    publish(ledger, *many, first=1000)
    with up_on() as up:
        assert up.saring("push", str(said(tmp_path / "a.jsonl", 0, *TEXTS))).returncode == 0
        until(up.all_done, "the firsts are done", 180.0)
        with connect(server.broker.url) as client:
            client.flushall()

        def filling() -> bool:
            index = up.status().index
            return index is not None and 0 < index.done < index.total

        until(filling, "the index is being filled", 60.0)
        (dispatcher,) = [one for one in up.process.children() if "dispatch" in one.cmdline()]
        os.kill(dispatcher.pid, signal.SIGKILL)
        accepted = up.saring("push", str(said(tmp_path / "b.jsonl", 50, TEXTS[0].title())))
        assert accepted.returncode == 0  # the intake goes on
        until(up.all_done, "all is done", 180.0)
        assert results(up)["k-50"].duplicate_of == "kota/k-0"
        check_copies_are_found(up, tmp_path, until)
        log = (up.data_dir / "logs" / "dispatch.log").read_text()
        assert log.count("index_rebuilt") < log.count("broker_emptied")
