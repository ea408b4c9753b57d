"""When most items fail the pipeline stands, on SQLite and on PostgreSQL."""

import pytest

from tasks.stage import Unavailable
from tests.flows import (
    BROKEN,
    LEASE,
    Clock,
    claimed,
    fail,
    make_it_stand,
    own_clock,
    pass_probes,
    publish,
    push,
    stop,
    tries,
)
from tests.ledgers import statements, together
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.flow import stopped
from workers.ledger.probes import probe
from workers.ledger.quarantine import quarantined
from workers.limit import FEW, HELD_SECONDS, SPAN, WINDOW_MS
from workers.retry import MAX_ATTEMPTS, Lost


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return own_clock(monkeypatch)


# When it stops


def test_of_a_quiet_pipeline_nineteen_items_are_quarantined_and_no_more(ledger: Ledger) -> None:
    push(ledger, 1000)
    settled = [fail(ledger, batch) for batch in claimed(ledger)]
    assert sum(one.quarantined for one in settled) == FEW - 1
    assert sum(one.again for one in settled) == 1000 - (FEW - 1)
    found = stop(ledger)
    assert (found.failing, found.passed, found.error) == (64, 0, "text: no weights")


def test_what_fails_by_an_attempt_at_a_time_is_not_quarantined_at_all(
    ledger: Ledger, clock: Clock
) -> None:
    push(ledger, 200)
    for _ in range(MAX_ATTEMPTS + 2):
        for batch in claimed(ledger):
            fail(ledger, batch, ValueError())
        clock.pass_seconds(60)
    assert quarantined(ledger) == []
    assert views.counts(ledger)["ready"] == 200


def test_nineteen_bad_items_end_in_quarantine_as_ever(ledger: Ledger, clock: Clock) -> None:
    push(ledger, FEW - 1)
    for _ in range(MAX_ATTEMPTS):
        for batch in claimed(ledger, batches=64):
            fail(ledger, batch, ValueError())
        clock.pass_seconds(30)
    assert len(quarantined(ledger)) == FEW - 1
    assert stopped(ledger) is None


def test_what_was_published_before_hides_a_broken_asset_only_for_so_long(
    ledger: Ledger, clock: Clock
) -> None:
    push(ledger, 1500)
    for batch in claimed(ledger, batches=64):
        publish(ledger, batch)
        clock.pass_seconds(1)
    push(ledger, 500, first=1500)
    for batch in claimed(ledger):
        fail(ledger, batch)
        clock.pass_seconds(1)
    assert stop(ledger)
    assert len(quarantined(ledger)) < SPAN * FEW + 64


def test_a_poor_source_beside_good_ones_stops_nothing(ledger: Ledger, clock: Clock) -> None:
    for source in "abcd":
        push(ledger, 300, source)
    while batches := claimed(ledger, batches=2):
        for batch in batches:
            bad = [item for item in batch.items if item.content.source == "a"]
            fail(ledger, batch, among=bad)
            publish(ledger, batch, [item for item in batch.items if item not in bad])
        clock.pass_seconds(1)
    assert stopped(ledger) is None
    assert len(quarantined(ledger)) == 300


def test_batch_mates_that_go_on_count_before_they_are_published(ledger: Ledger) -> None:
    push(ledger, 64)
    (batch,) = claimed(ledger)
    assert fail(ledger, batch, among=batch.items[:30]).quarantined == 30
    assert stopped(ledger) is None


def test_and_so_do_batches_further_on_but_not_those_that_come_behind(
    ledger: Ledger, clock: Clock
) -> None:
    push(ledger, 192)
    batches = []
    while found := claimed(ledger, batches=1):
        batches += found
        clock.pass_seconds(1)
    assert fail(ledger, batches[1]).quarantined == 64, "64 are ahead of it"
    assert fail(ledger, batches[0]).again == 64, "nothing is: those two failed, the third follows"


def test_a_worker_that_dies_with_a_whole_batch_is_no_sign(ledger: Ledger, clock: Clock) -> None:
    push(ledger, 64)
    (batch,) = claimed(ledger)
    assert fail(ledger, batch, Lost("died")).again == 64
    assert stopped(ledger) is None
    for number, alone in enumerate(claimed(ledger, batches=200)):
        assert (stopped(ledger) is None) == (number < FEW)
        fail(ledger, alone, Lost("died"))


def test_an_outside_that_is_away_is_no_sign(ledger: Ledger, clock: Clock) -> None:
    push(ledger, 200)
    with statements(ledger) as sent:
        for batch in claimed(ledger):
            fail(ledger, batch, Unavailable("away"))
    assert stopped(ledger) is None
    assert not [one for one in sent if "facts" in one], "and it is not even looked at"


def test_an_item_that_passes_in_the_end_failed_for_nothing(ledger: Ledger, clock: Clock) -> None:
    for first in range(0, 60, 10):  # a fault that comes and goes
        push(ledger, 10, first=first)
        for batch in claimed(ledger):
            fail(ledger, batch, ValueError())
        for alone in claimed(ledger, batches=20):
            publish(ledger, alone)
    assert stopped(ledger) is None
    assert views.counts(ledger)["published"] == 60


def test_failures_of_long_ago_do_not_count(ledger: Ledger, clock: Clock) -> None:
    for first in range(0, 90, 9):
        push(ledger, 9, first=first)
        for batch in claimed(ledger):
            fail(ledger, batch)
        clock.pass_seconds(WINDOW_MS / 1000 / 1.5)
    assert stopped(ledger) is None
    assert len(quarantined(ledger)) == 90


def test_a_clock_that_is_set_back_neither_stops_it_nor_blinds_it(
    ledger: Ledger, clock: Clock
) -> None:
    for source in "abc":
        push(ledger, 150, source)
    for batch in claimed(ledger):
        bad = [item for item in batch.items if item.content.source == "a"]
        fail(ledger, batch, among=bad)
        publish(ledger, batch, [item for item in batch.items if item not in bad])
    clock.pass_seconds(-3600)
    push(ledger, 1, "d")
    for batch in claimed(ledger):
        fail(ledger, batch)
    assert stopped(ledger) is None
    push(ledger, 200, "e")
    for batch in claimed(ledger):
        fail(ledger, batch)
    assert stop(ledger)
    assert len(quarantined(ledger)) == 150 + FEW - 1


def test_two_workers_that_settle_at_once_quarantine_no_more_than_one(ledger: Ledger) -> None:
    push(ledger, 128)
    first, second = claimed(ledger)
    settled = together(lambda: fail(ledger, first), lambda: fail(ledger, second))
    assert sum(one.quarantined for one in settled) == FEW - 1
    assert stop(ledger)


# While it stands


@pytest.mark.parametrize("reason", [BROKEN, ValueError(), Lost("died"), Unavailable("away")])
def test_nothing_is_quarantined_or_counted_in_a_batch_that_began_before(
    ledger: Ledger, clock: Clock, reason: Exception
) -> None:
    push(ledger, 128)
    first, late = claimed(ledger)
    fail(ledger, first, ValueError())
    assert stop(ledger)
    assert fail(ledger, late, reason).again == 64
    assert tries(ledger, late) == {("ready", 0)}
    assert quarantined(ledger) == []


def test_attempts_are_kept_and_count_on_when_it_goes_on(ledger: Ledger, clock: Clock) -> None:
    push(ledger, 1, "lama")
    for _ in range(MAX_ATTEMPTS - 1):
        (batch,) = claimed(ledger)
        fail(ledger, batch, ValueError())
        clock.pass_seconds(30)
    (last,) = claimed(ledger)
    make_it_stand(ledger, clock)
    assert fail(ledger, last, ValueError()).again == 1
    assert tries(ledger, last) == {("ready", MAX_ATTEMPTS - 1)}
    pass_probes(ledger)
    probe(ledger, LEASE)
    clock.pass_seconds(HELD_SECONDS)
    (again,) = [one for one in claimed(ledger, 100) if one.attempt == MAX_ATTEMPTS]
    assert fail(ledger, again, ValueError()).quarantined == 1


def test_it_stands_after_a_restart_too(ledger: Ledger, ledger_url: str, clock: Clock) -> None:
    make_it_stand(ledger, clock)
    again = open_ledger(ledger_url)
    assert stopped(again) == stopped(ledger)
    again.engine.dispose()
