"""What the dispatcher does with ended leases and unannounced publications, on real stores."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
import redis
from sqlalchemy import select, update

from tasks.models import Batch
from tasks.ports import Ports
from tests.items import entry, finished
from tests.marks import age
from workers.adapters.valkey_announcer import STREAM, ValkeyAnnouncer
from workers.broker import connect
from workers.dispatcher import Dispatcher
from workers.ledger import Ledger, views
from workers.ledger.accept import accept
from workers.ledger.database import now_ms
from workers.ledger.leases import claim
from workers.ledger.release import ledger_id, record
from workers.ledger.schema import items, outbox
from workers.queue import QUEUES, Progress
from workers.settings import Settings
from workers.wiring import Outside


@pytest.fixture
def client(broker_url: str) -> Iterator[redis.Redis]:
    with connect(broker_url) as opened:
        yield opened


@pytest.fixture
def dispatcher(ledger: Ledger, client: redis.Redis) -> Dispatcher:
    announcer = ValkeyAnnouncer(client, ledger_id(ledger))
    nothing = cast(Any, None)
    outside = Outside(Settings(), ledger, client, Progress(client), announcer, cast(Ports, nothing))
    dispatcher = Dispatcher(nothing, outside)
    while dispatcher.step() != 0:  # it finds a broker without memory, and mends it first
        continue
    return dispatcher


def lapsed_batch(ledger: Ledger) -> Batch:
    """Two leased items whose lease has ended."""
    accept(ledger, [entry(1), entry(2)])
    (batch,) = claim(ledger, 1, 64, 60.0)
    with ledger.write() as connection:
        connection.execute(update(items).values(lease_until=0))
    return batch


def tries(ledger: Ledger) -> list[tuple[str, int, int]]:
    with ledger.read() as connection:
        columns = select(items.c.state, items.c.attempts, items.c.deferrals).order_by(items.c.seq)
        return [(row.state, row.attempts, row.deferrals) for row in connection.execute(columns)]


def test_a_batch_that_began_and_never_ended_costs_each_item_an_attempt(
    dispatcher: Dispatcher, ledger: Ledger, client: redis.Redis
) -> None:
    batch = lapsed_batch(ledger)
    assert dispatcher.outside.progress.begin(batch, "normalise")
    age(client, batch.id, 61)
    dispatcher.sweep()
    assert tries(ledger) == [("ready", 1, 0)] * 2


def test_the_lease_of_a_batch_that_gets_on_lasts_one_lease_from_its_latest_stage(
    dispatcher: Dispatcher, ledger: Ledger, client: redis.Redis
) -> None:
    batch = lapsed_batch(ledger)
    assert dispatcher.outside.progress.begin(batch, "normalise")
    age(client, batch.id, 61)
    begun = now_ms()
    assert dispatcher.outside.progress.begin(batch, "group")
    dispatcher.sweep()
    assert tries(ledger) == [("leased", 0, 0)] * 2
    with ledger.read() as connection:
        until = set(connection.scalars(select(items.c.lease_until)))
    assert len(until) == 1
    assert begun + 59_990 <= until.pop() <= now_ms() + 60_000
    with ledger.write() as connection:
        connection.execute(update(items).values(lease_until=0))
    age(client, batch.id, 61)
    dispatcher.sweep()
    assert tries(ledger) == [("ready", 1, 0)] * 2


@pytest.mark.parametrize("busy", [False, True])
def test_a_batch_that_nobody_began_costs_nothing_and_comes_back_also_under_load(
    dispatcher: Dispatcher, ledger: Ledger, client: redis.Redis, busy: bool
) -> None:
    lapsed_batch(ledger)
    if busy:  # other messages wait: the lost one must not wait behind them for ever
        client.rpush(QUEUES[0], "another")
    dispatcher.sweep()
    assert tries(ledger) == [("ready", 0, 1)] * 2


def test_a_lease_that_runs_is_left_alone(dispatcher: Dispatcher, ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    claim(ledger, 1, 64, 60.0)
    dispatcher.sweep()
    assert tries(ledger) == [("leased", 0, 0)]


def test_what_a_worker_could_not_announce_is_announced_once(
    dispatcher: Dispatcher, ledger: Ledger, client: redis.Redis
) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claim(ledger, 1, 64, 60.0)
    record(ledger, [finished(batch.items[0])])
    with ledger.write() as connection:
        connection.execute(update(outbox).values(due_at=0))
    dispatcher.sweep()
    dispatcher.sweep()
    assert client.xlen(STREAM) == 1
    assert views.outbox_length(ledger) == 0


@pytest.mark.parametrize("over", [0, 10])
def test_a_full_queue_is_not_filled_further(
    dispatcher: Dispatcher,
    ledger: Ledger,
    client: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
    over: int,
) -> None:
    sent: list[Batch] = []
    monkeypatch.setattr(Dispatcher, "send", lambda _self, batches: sent.extend(batches))
    accept(ledger, [entry(number) for number in range(2000)])
    client.rpush(QUEUES[3], *["waiting"] * (Settings().queue_limit + over))
    assert dispatcher.step() == 0
    client.ltrim(QUEUES[3], 0, Settings().queue_limit - 3)
    assert dispatcher.step() == len(sent) == 2
