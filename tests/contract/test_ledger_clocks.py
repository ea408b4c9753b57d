"""A clock that jumps by an hour holds nothing back, and counts nobody up to quarantine."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
import redis
from sqlalchemy import insert, select

from tasks.models import Batch
from tasks.ports import Ports
from tasks.stage import ItemError, Unavailable
from tests.clocks import HOUR, MINUTE, Clock
from tests.items import entry, finished
from tests.marks import age
from workers.adapters.valkey_announcer import ValkeyAnnouncer
from workers.dispatcher import Dispatcher
from workers.ledger import Ledger, deliveries
from workers.ledger.accept import accept
from workers.ledger.clocks import astray, straighten
from workers.ledger.leases import claim, give_back, overdue
from workers.ledger.quarantine import Choice, quarantined, replay
from workers.ledger.release import ledger_id, record, unannounced
from workers.ledger.schema import items, subscriptions
from workers.patience import Patience
from workers.queue import Progress
from workers.settings import Settings
from workers.wiring import Outside

LEASE = 60.0


def claimed(ledger: Ledger) -> list[Batch]:
    return claim(ledger, 16, 64, LEASE)


def refs(batches: list[Batch]) -> list[str]:
    return [item.content.id for batch in batches for item in batch.items]


def test_after_a_jump_back_what_waits_is_due_in_the_order_of_arrival(
    ledger: Ledger, clock: Clock
) -> None:
    accept(ledger, [entry(number) for number in range(3)])
    clock.now += 20
    accept(ledger, [entry(1, "lain")])
    clock.now -= HOUR
    accept(ledger, [entry(9)])
    assert refs(claimed(ledger)) == ["no-9"]
    assert straighten(ledger) == 4
    assert refs(claimed(ledger)) == ["no-0", "no-1", "no-2", "no-1"]
    assert straighten(ledger) == 0


@pytest.mark.parametrize(("back", "due"), [(10 * MINUTE, False), (HOUR, True)])
def test_what_was_put_off_waits_half_an_hour_at_most(
    ledger: Ledger, clock: Clock, back: int, due: bool
) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    give_back(ledger, batch.id, [(batch.items[0].seq, Unavailable("away"))])
    assert straighten(ledger) == 0
    clock.now -= back
    assert straighten(ledger) == due
    assert len(claimed(ledger)) == due
    clock.now += 30 * MINUTE
    assert len(claimed(ledger)) == (not due)


def test_what_a_person_spread_over_half_an_hour_stays_so(ledger: Ledger, clock: Clock) -> None:
    # Fewer than would stop the pipeline.
    accept(ledger, [entry(number) for number in range(16)])
    for batch in claimed(ledger):
        give_back(ledger, batch.id, [(item.seq, ItemError("rusak")) for item in batch.items])
    with pytest.raises(ValueError, match=r"--rate 1 or more, or choose fewer"):
        replay(ledger, Choice(), "coba lagi", 1 / 121)
    assert len(quarantined(ledger)) == 16
    replay(ledger, Choice(), "coba lagi", 1 / 120)
    assert straighten(ledger) == 0
    assert len(refs(claimed(ledger))) == 1
    clock.now += 30 * MINUTE
    assert len(refs(claimed(ledger))) == 15


def test_a_lease_of_a_clock_set_back_is_overdue_and_its_end_is_not_believed(
    ledger: Ledger, clock: Clock
) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    assert (overdue(ledger), astray(ledger)) == ({}, set())
    clock.now -= HOUR
    assert (set(overdue(ledger)), astray(ledger)) == ({batch.id}, {batch.id})
    clock.now += HOUR + 2 * MINUTE
    assert (set(overdue(ledger)), astray(ledger)) == ({batch.id}, set())
    clock.now += HOUR
    assert (set(overdue(ledger)), astray(ledger)) == ({batch.id}, {batch.id})


def test_a_publication_of_another_clock_is_announced_at_once(ledger: Ledger, clock: Clock) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    record(ledger, [finished(batch.items[0])])
    assert unannounced(ledger) == {}, "its worker does it"
    clock.now -= HOUR
    assert set(unannounced(ledger)) == {batch.items[0].seq}


def test_a_delivery_of_another_clock_is_due_and_a_failed_one_keeps_its_time(
    ledger: Ledger, clock: Clock
) -> None:
    with ledger.write() as connection:
        connection.execute(insert(subscriptions).values(subscriber="aduan", desk="answer"))
    accept(ledger, [entry(1), entry(2)])
    (batch,) = claimed(ledger)
    record(ledger, [finished(item) for item in batch.items])
    first = batch.items[0].seq
    deliveries.failed(ledger, first, "aduan", "500", clock.now + 5_000)
    clock.now -= HOUR
    assert deliveries.due(ledger, "aduan", 8, 60.0) == []
    assert deliveries.straighten(ledger, 60.0) == 1
    (sent,) = deliveries.due(ledger, "aduan", 8, 60.0)
    assert sent.seq != first
    assert deliveries.straighten(ledger, 60.0) == 0, "it is claimed, not held back"


@dataclass(slots=True)
class Hours:
    """What `time.monotonic` says: nobody sets it."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def monotonic() -> Hours:
    return Hours()


@pytest.fixture
def dispatcher(ledger: Ledger, valkey: redis.Redis, monotonic: Hours) -> Dispatcher:
    announcer = ValkeyAnnouncer(valkey, ledger_id(ledger))
    nothing = cast(Any, None)
    outside = Outside(Settings(), ledger, valkey, Progress(valkey), announcer, cast(Ports, nothing))
    return Dispatcher(nothing, outside, _patience=Patience(monotonic))


def attempts(ledger: Ledger) -> list[tuple[str, int]]:
    with ledger.read() as connection:
        rows = connection.execute(select(items.c.state, items.c.attempts))
        return [(row.state, row.attempts) for row in rows]


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_worker_that_is_busy_during_a_jump_is_left_alone_and_one_that_died_is_not(
    jump: int,
    dispatcher: Dispatcher,
    ledger: Ledger,
    clock: Clock,
    monotonic: Hours,
    valkey: redis.Redis,
) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    dispatcher.outside.progress.begin(batch, "normalise")
    clock.now += jump
    dispatcher.sweep()
    monotonic.seconds += LEASE - 1
    dispatcher.sweep()
    assert attempts(ledger) == [("leased", 0)]
    monotonic.seconds += 2
    age(valkey, batch.id, LEASE + 1)
    dispatcher.sweep()
    assert attempts(ledger) == [("ready", 1)]


def test_two_dispatchers_an_hour_apart_do_not_count_each_others_items_up(
    dispatcher: Dispatcher, ledger: Ledger, clock: Clock, monotonic: Hours
) -> None:
    """Each takes what the other sends for lost; the workers need ten seconds for a batch."""
    for number in range(12):
        accept(ledger, [entry(number)])
        dispatcher._straightened = float("-inf")  # ten seconds are over
        dispatcher.sweep()
        (batch,) = claimed(ledger)
        dispatcher.outside.progress.begin(batch, "normalise")
        clock.now += HOUR if number % 2 else -HOUR
        dispatcher.sweep()
        monotonic.seconds += 10
        dispatcher.sweep()
        record(ledger, [finished(batch.items[0])])
    assert set(attempts(ledger)) == {("published", 0)}
