"""Messages that nobody can read, in the queues of real workers: they go, the workers stay."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import redis

from tests.running import MARK, check_all_published_once, write_posts
from workers.queue import QUEUES
from workers.run import read_run

_HEADERS: Final = {"task": QUEUES[0], "id": "1", "lang": "py", "argsrepr": "", "kwargsrepr": ""}
_PROPERTIES: Final = {
    "correlation_id": "1",
    "delivery_mode": 2,
    "delivery_info": {"exchange": "", "routing_key": QUEUES[0]},
    "priority": 0,
    "body_encoding": "utf-8",
    "delivery_tag": "1",
}
_ENVELOPE: Final = {
    "body": MARK,
    "content-type": "application/vnd.saring+json",
    "content-encoding": "utf-8",
    "headers": _HEADERS,
    "properties": _PROPERTIES,
}
_JUNK: Final[tuple[Any, ...]] = (None, 7, "x", [], {}, [[]], {"x": [1]})


def _changed(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`whole` without each of its fields, and with junk in the place of each."""
    for name in whole:
        yield {key: value for key, value in whole.items() if key != name}
        yield from ({**whole, name: junk} for junk in _JUNK)


def _messages() -> Iterator[bytes]:
    yield from (b"waiting", b"{\xff\xfe", b"", b"1", b"null", b"[]", b"{}", b"[" * 100_000)
    yield b"9" * 10_000
    yield json.dumps({"__type__": "uuid", "__value__": MARK}).encode()
    for name, parts in (("headers", _HEADERS), ("properties", _PROPERTIES)):
        yield from (json.dumps({**_ENVELOPE, name: one}).encode() for one in _changed(parts))
    yield from (json.dumps(one).encode() for one in _changed(_ENVELOPE))
    # Headers that Celery itself reads.
    for name in ("eta", "expires", "retries", "timelimit", "root_id", "group", "compression"):
        for junk in _JUNK:
            headers = {**_HEADERS, name: junk}
            yield json.dumps({**_ENVELOPE, "headers": headers}).encode()
    # Bodies that Celery takes for a task, with a text in it.
    for body in ([[MARK], {}, {}], [[], {"x": MARK}, {}], {"task": MARK}, MARK, [MARK], 7):
        yield json.dumps({**_ENVELOPE, "body": json.dumps(body)}).encode()
    coded = {**_PROPERTIES, "body_encoding": "base64"}
    yield json.dumps({**_ENVELOPE, "properties": coded}).encode()


def test_what_nobody_can_read_ends_no_worker_and_is_not_quoted(
    start_up: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    with start_up() as up:
        workers = sorted(worker.pid for worker in up.workers())
        begun = {child.pid for worker in up.workers() for child in worker.children()}
        run = read_run(up.data_dir)
        assert run is not None
        with redis.Redis.from_url(run.broker_url.get_secret_value()) as broker:
            for queue in QUEUES:
                broker.lpush(queue, *_messages())
            up.saring("push", str(write_posts(tmp_path / "posts.jsonl", 60)))
            until(up.all_done, "all items are done")
            until(lambda: not any(map(broker.llen, QUEUES)), "every message is gone")
        check_all_published_once(up, 60)
        assert up.status().restarts == {}
        assert sorted(worker.pid for worker in up.workers()) == workers
        assert {child.pid for worker in up.workers() for child in worker.children()} == begun
        logs = "".join(log.read_text() for log in (up.data_dir / "logs").glob("*.log"))
        assert "message_refused" in logs
        assert MARK not in logs
