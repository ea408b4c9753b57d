"""A pipeline that stands is probed, and goes on when enough passed, on SQLite and on PostgreSQL."""

import pytest

from tests.flows import (
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
)
from tests.ledgers import together
from workers.ledger import Ledger, views
from workers.ledger.flow import stopped
from workers.ledger.leases import give_back, overdue
from workers.ledger.probes import probe
from workers.ledger.quarantine import Choice, replay
from workers.limit import CALM_MS, FEW, HELD_SECONDS, IN_A_ROW, WINDOW_MS
from workers.retry import Lost


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return own_clock(monkeypatch)


def test_a_pipeline_that_runs_is_not_probed(ledger: Ledger) -> None:
    push(ledger, 10)
    assert probe(ledger, LEASE) is None


def test_one_probe_is_on_its_way_at_a_time(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock)
    sent = together(lambda: probe(ledger, LEASE), lambda: probe(ledger, LEASE))
    assert [len(one.items) for one in sent if one is not None] == [1]
    assert probe(ledger, LEASE) is None


def test_probes_go_through_the_items_and_take_turns_between_sources(
    ledger: Ledger, clock: Clock
) -> None:
    make_it_stand(ledger, clock, ["a", "b", "c"])
    refs = []
    for _ in range(3 * FEW):
        sent = probe(ledger, LEASE)
        assert sent is not None
        refs.append(sent.items[0].content.ref)
        fail(ledger, sent)
    assert [one[0] for one in refs] == ["a", "b", "c"] * FEW
    assert len(set(refs)) == 3 * FEW
    assert probe(ledger, LEASE) is None, "each has just failed"
    clock.pass_seconds(HELD_SECONDS)
    sent = probe(ledger, LEASE)
    assert sent is not None
    assert sent.items[0].content.ref == refs[0]


def test_when_three_probes_in_a_row_passed_it_goes_on(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock, ["a", "b"])
    pass_probes(ledger)
    assert stopped(ledger) is not None, "the last is not judged yet"
    assert probe(ledger, LEASE) is None
    assert stopped(ledger) is None
    assert len([item for batch in claimed(ledger, 100) for item in batch.items]) == 2 * FEW - 3


def test_a_row_may_be_of_three_sources(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock, ["a"])
    for source in ("b", "c", "d"):
        push(ledger, 1, source)
    failed = probe(ledger, LEASE)
    assert failed is not None
    fail(ledger, failed)
    pass_probes(ledger)
    assert probe(ledger, LEASE) is None
    assert stopped(ledger) is None


def test_a_probe_that_fails_begins_the_row_anew(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock)
    pass_probes(ledger, IN_A_ROW - 1)
    sent = probe(ledger, LEASE)
    assert sent is not None
    fail(ledger, sent)
    pass_probes(ledger, IN_A_ROW - 1)
    assert probe(ledger, LEASE) is not None, "it stands still, and is probed"


def test_a_source_whose_items_pass_keeps_its_turn(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock, ["racun-1", "sehat", "racun-2"])
    for expected in ("racun-1", "racun-2", "sehat", "sehat", "sehat"):
        sent = probe(ledger, LEASE)
        assert sent is not None
        assert sent.items[0].content.source == expected
        if expected == "sehat":
            publish(ledger, sent)
        else:
            fail(ledger, sent)
    assert probe(ledger, LEASE) is None
    assert stopped(ledger) is None


def test_the_row_of_a_source_outlasts_failures_of_others(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock, ["racun"])
    for number in range(IN_A_ROW):
        push(ledger, 1, "sehat", first=number)  # one at a time: it never has a row of its own
        sources = []
        while "sehat" not in sources:
            sent = probe(ledger, LEASE)
            assert sent is not None
            sources.append(sent.items[0].content.source)
            if sources[-1] == "racun":
                fail(ledger, sent)
        assert sent is not None
        publish(ledger, sent)
        assert len(sources) <= 2
    probe(ledger, LEASE)
    assert stopped(ledger) is None


def test_a_probe_whose_lease_ends_has_failed(ledger: Ledger, clock: Clock) -> None:
    make_it_stand(ledger, clock)
    pass_probes(ledger, IN_A_ROW - 1)
    assert probe(ledger, LEASE) is not None
    clock.pass_seconds(LEASE + 1)
    ((batch_id, seqs),) = overdue(ledger).items()
    give_back(ledger, batch_id, [(seq, Lost("died")) for seq in seqs])
    pass_probes(ledger, IN_A_ROW - 1)
    assert probe(ledger, LEASE) is not None


def test_each_time_it_goes_on_it_takes_twice_as_many_to_stop_it_for_an_hour(
    ledger: Ledger, clock: Clock
) -> None:
    for few in (FEW, 2 * FEW, 4 * FEW):
        push(ledger, few - 1, f"racun-{few}")
        for batch in claimed(ledger, 200):
            fail(ledger, batch)
        assert stopped(ledger) is None
        push(ledger, 1, f"satu-{few}")
        for batch in claimed(ledger):
            fail(ledger, batch)
        assert stop(ledger).failing == few
        push(ledger, IN_A_ROW, f"sehat-{few}")
        clock.pass_seconds(1)  # the one that was held gives way
        pass_probes(ledger)
        assert probe(ledger, LEASE) is None
        clock.pass_seconds(WINDOW_MS / 1000)
        for batch in claimed(ledger):
            publish(ledger, batch)
    clock.pass_seconds(CALM_MS / 1000)
    push(ledger, FEW, "lagi")
    for batch in claimed(ledger):
        fail(ledger, batch)
    assert stop(ledger).failing == FEW


def test_what_was_quarantined_before_it_stopped_can_be_replayed(
    ledger: Ledger, clock: Clock
) -> None:
    push(ledger, 100)
    for batch in claimed(ledger):
        fail(ledger, batch)
    clock.pass_seconds(HELD_SECONDS)
    pass_probes(ledger)
    probe(ledger, LEASE)
    replay(ledger, Choice(), "bobot sudah diperbaiki", 100)
    clock.pass_seconds(1)
    for batch in claimed(ledger):
        publish(ledger, batch)
    assert views.counts(ledger)["published"] == 100
