"""The monitor of the intake's load, on a real broker that fills up and both kinds of ledger."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import update
from structlog.testing import capture_logs

from tests.items import entry
from workers.broker import answers, connect, prepare_broker
from workers.intake.pressure import Limits, Monitor
from workers.ledger import Ledger, open_ledger
from workers.ledger.accept import accept
from workers.ledger.schema import items

LIMITS = Limits(backlog=10, age_seconds=1800.0, broker_memory=0.8)
_MEBIBYTE = 1024 * 1024


@contextmanager
def small_broker(directory: Path, until: Callable[..., None]) -> Iterator[redis.Redis]:
    """A Valkey of 16 MB, gone afterwards."""
    broker = prepare_broker(directory, memory_mb=16)
    process = subprocess.Popen(broker.command, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(broker.url), "the small broker answers")
        with connect(broker.url) as client:
            yield client
    finally:
        process.kill()
        process.wait()


def fill(broker: redis.Redis) -> None:
    for number in range(32):
        broker.set(f"filler-{number}", bytes(_MEBIBYTE))


def finish(ledger: Ledger, source: str) -> None:
    with ledger.write() as connection:
        connection.execute(update(items).where(items.c.source == source).values(state="published"))


def running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pressure"]


def test_it_sees_what_waits_and_since_when(ledger: Ledger, valkey: redis.Redis) -> None:
    monitor = Monitor(ledger, valkey, LIMITS)
    monitor.look()
    assert (monitor.load.waiting, monitor.load.oldest_seconds) == ({}, None)
    accept(ledger, [*(entry(number, "a") for number in range(3)), entry(1, "b")])
    with ledger.write() as connection:
        old = items.c.source == "b"
        connection.execute(
            update(items).where(old).values(accepted_at=items.c.accepted_at - 100_000)
        )
    monitor.look()
    assert monitor.load.waiting == {"a": 3, "b": 1}
    assert monitor.load.oldest_seconds is not None
    assert 100 <= monitor.load.oldest_seconds < 200
    finish(ledger, "b")
    monitor.look()
    assert monitor.load.waiting == {"a": 3}


def test_a_flood_is_counted_before_the_next_look(ledger: Ledger, valkey: redis.Redis) -> None:
    monitor = Monitor(ledger, valkey, LIMITS)
    monitor.accepted("a", 2)
    assert monitor.load.waiting == {"a": 2}
    accept(ledger, [entry(1, "a"), entry(2, "a")])
    monitor.look()
    assert monitor.load.waiting == {"a": 2}  # in the ledger now: not twice
    monitor.accepted("a", 5)
    monitor.accepted("b", 1)
    assert monitor.load.waiting == {"a": 7, "b": 1}


def test_what_is_accepted_during_a_look_is_not_lost(ledger: Ledger, valkey_url: str) -> None:
    class Meanwhile(redis.Redis):
        """Something is accepted after the monitor has read the ledger, and before it is done."""

        def info(self, *sections: Any, **more: Any) -> Any:
            accept(ledger, [entry(2, "a"), entry(1, "b")])
            monitor.accepted("a", 1)
            monitor.accepted("b", 1)
            return super().info(*sections, **more)

    with Meanwhile.from_url(valkey_url) as broker:
        monitor = Monitor(ledger, broker, LIMITS)
        accept(ledger, [entry(1, "a")])
        monitor.accepted("a", 1)
        monitor.look()
    assert monitor.load.waiting == {"a": 2, "b": 1}


def test_the_brokers_memory_is_a_share_of_its_limit(
    tmp_path: Path, until: Callable[..., None], ledger: Ledger
) -> None:
    with small_broker(tmp_path, until) as broker:
        monitor = Monitor(ledger, broker, LIMITS)
        monitor.look()
        before = monitor.load.broker_memory
        assert before is not None
        assert 0 < before < 0.5
        with pytest.raises(redis.OutOfMemoryError):
            fill(broker)
        monitor.look()
        full = monitor.load.broker_memory
        assert full is not None
        assert 0.9 < full < 1.2
        broker.config_set("maxmemory", 0)
        monitor.look()
        assert monitor.load.broker_memory is None  # no limit, no share
    accept(ledger, [entry(1, "a")])
    monitor.look()
    assert monitor.load.broker_memory is None
    assert monitor.load.waiting == {"a": 1}  # a broker that is away hides nothing else


def test_a_ledger_that_is_away_leaves_the_last_load(tmp_path: Path, valkey: redis.Redis) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger = open_ledger(f"sqlite:///{path}")
    ledger.migrate()
    accept(ledger, [entry(1, "a")])
    monitor = Monitor(ledger, valkey, LIMITS)
    monitor.look()
    ledger.engine.dispose()
    for file in tmp_path.glob("ledger.sqlite3*"):
        file.unlink()
    path.mkdir()
    monitor.accepted("a", 1)
    monitor.look()
    assert monitor.load.waiting == {"a": 2}


def test_strain_is_logged_once_when_it_begins_and_when_it_ends(
    ledger: Ledger, valkey: redis.Redis
) -> None:
    monitor = Monitor(ledger, valkey, LIMITS)
    with capture_logs() as logs:
        monitor.look()
        accept(ledger, [entry(number, "a") for number in range(9)])
        accept(ledger, [entry(1, "b")])
        monitor.look()
        monitor.look()
        finish(ledger, "b")
        monitor.look()
        assert len(logs) == 1  # 9 of 10: too near the limit to call it over
        finish(ledger, "a")
        monitor.look()
        monitor.look()
    assert [one["event"] for one in logs] == ["intake_strained", "intake_relieved"]
    assert logs[0]["why"] == "10 items wait (limit 10)"


def test_it_looks_by_itself_until_it_is_stopped(
    ledger: Ledger, valkey: redis.Redis, until: Callable[..., None]
) -> None:
    accept(ledger, [entry(1, "a")])
    monitor = Monitor(ledger, valkey, LIMITS)
    monitor.start()
    try:
        until(lambda: monitor.load.waiting == {"a": 1}, "the first look")
        accept(ledger, [entry(2, "a")])
        until(lambda: monitor.load.waiting == {"a": 2}, "the second look")
        assert len(running()) == 1
    finally:
        monitor.stop()
    until(lambda: not running(), "the monitor has stopped")


def test_a_look_that_breaks_is_not_the_last(
    ledger: Ledger, valkey_url: str, until: Callable[..., None]
) -> None:
    class Broken(redis.Redis):
        """Breaks in a way that nobody has thought of, once."""

        whole = False

        def info(self, *sections: Any, **more: Any) -> Any:
            if not self.whole:
                self.whole = True
                raise ZeroDivisionError
            return super().info(*sections, **more)

    accept(ledger, [entry(1, "a")])
    with capture_logs() as logs, Broken.from_url(valkey_url) as broker:
        monitor = Monitor(ledger, broker, LIMITS)
        monitor.start()
        try:
            until(lambda: monitor.load.waiting == {"a": 1}, "a look that works")
        finally:
            monitor.stop()
        until(lambda: not running(), "the monitor has stopped")
    assert [one["event"] for one in logs] == ["look_failed"]
