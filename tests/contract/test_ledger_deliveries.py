"""The queue of outgoing webhooks, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import insert, select, update

from tasks.models import MAX_BATCH
from tasks.words import Desk
from tests.items import entry, finished
from tests.ledgers import statements, together
from workers.ledger import Ledger, views
from workers.ledger.accept import accept
from workers.ledger.deliveries import (
    Counts,
    delivered,
    due,
    failed,
    parked,
    resend,
    set_subscriptions,
    waiting,
)
from workers.ledger.leases import claim
from workers.ledger.release import record
from workers.ledger.schema import deliveries, items, subscriptions

_HOLD = 60.0
_numbers = count(1)


def publish(ledger: Ledger, *desks: Desk) -> list[int]:
    """Publish one item for each desk, in order; return their seqs."""
    accept(ledger, [entry(next(_numbers)) for _ in desks])
    batches = claim(ledger, 16, MAX_BATCH, _HOLD)
    accepted = [item for batch in batches for item in batch.items]
    released = []
    for item, desk in zip(accepted, desks, strict=True):
        done, publication = finished(item)
        released.append((done, publication.model_copy(update={"desk": desk})))
    assert len(record(ledger, released)) == len(desks)
    assert record(ledger, released) == {}, "publishing twice has one effect"
    return [item.seq for item in accepted]


def queued(ledger: Ledger) -> set[tuple[int, str]]:
    with ledger.read() as connection:
        rows = connection.execute(select(deliveries.c.seq, deliveries.c.subscriber))
        return {(row.seq, row.subscriber) for row in rows}


def pass_time(ledger: Ledger, seconds: float) -> None:
    with ledger.write() as connection:
        earlier = deliveries.c.due_at - int(seconds * 1000)
        connection.execute(update(deliveries).values(due_at=earlier))


def test_a_publication_is_delivered_once_to_each_subscriber_of_its_desk(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer", "service"], "arsip": ["answer"], "sepi": []})
    first, second, _ = publish(ledger, "answer", "service", "review")
    assert queued(ledger) == {(first, "humas"), (first, "arsip"), (second, "humas")}
    one, two = due(ledger, "humas", 10, _HOLD)
    assert (one.seq, one.subscriber, one.attempts) == (first, "humas", 0)
    assert one.publication.desk == "answer"
    assert two.publication.desk == "service"
    status = views.item_status(ledger, "pantau", one.publication.id)
    assert status is not None
    assert one.created_at == status.finished_at


def test_without_subscriptions_nothing_is_queued(ledger: Ledger) -> None:
    publish(ledger, "answer")
    assert queued(ledger) == set()
    set_subscriptions(ledger, {"humas": ["answer"]})
    (later,) = publish(ledger, "answer")
    assert queued(ledger) == {(later, "humas")}, "what is published from then on"


def test_subscriptions_are_written_only_when_they_change(ledger: Ledger) -> None:
    wanted: dict[str, list[Desk]] = {"humas": ["answer", "service"], "arsip": ["answer"]}
    set_subscriptions(ledger, wanted)
    with statements(ledger) as sent:
        set_subscriptions(ledger, {"arsip": ["answer"], "humas": ["service", "answer"]})
    assert not [one for one in sent if not one.startswith(("SELECT", "BEGIN"))]
    with ledger.read() as connection:
        rows = connection.execute(select(subscriptions.c.subscriber, subscriptions.c.desk)).all()
    assert {tuple(row) for row in rows} == {
        ("humas", "answer"),
        ("humas", "service"),
        ("arsip", "answer"),
    }


def test_what_no_subscription_covers_is_not_delivered(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer", "service"], "arsip": ["answer"]})
    first, _ = publish(ledger, "answer", "service")
    set_subscriptions(ledger, {"humas": ["answer"]})
    assert queued(ledger) == {(first, "humas")}
    set_subscriptions(ledger, {})
    assert queued(ledger) == set()


def test_a_worker_that_publishes_meanwhile_leaves_no_orphan(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"]})
    (seq,) = publish(ledger, "answer")
    (one,) = due(ledger, "humas", 1, _HOLD)
    delivered(ledger, [(one.seq, "humas")])
    with ThreadPoolExecutor(1) as threads:
        with ledger.write() as connection:  # a worker in the middle of recording
            connection.execute(
                insert(deliveries).values(seq=seq, subscriber="humas", created_at=0, due_at=0)
            )
            removal = threads.submit(set_subscriptions, ledger, {})
            with pytest.raises(TimeoutError):
                removal.result(timeout=0.5)
        removal.result()
    assert queued(ledger) == set()


def test_a_claim_holds_for_its_time_and_no_longer(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"], "arsip": ["answer"]})
    seqs = publish(ledger, "answer", "answer", "answer")
    assert [one.seq for one in due(ledger, "humas", 2, _HOLD)] == seqs[:2]
    assert [one.seq for one in due(ledger, "humas", 2, _HOLD)] == seqs[2:]
    with statements(ledger) as sent:
        assert due(ledger, "humas", 2, _HOLD) == []
    assert not [one for one in sent if one.startswith("UPDATE")], "nothing due, nothing locked"
    assert len(due(ledger, "arsip", 9, _HOLD)) == 3, "another subscriber has its own"
    pass_time(ledger, _HOLD)  # the deliverer died
    again = due(ledger, "humas", 9, _HOLD)
    assert [(one.seq, one.attempts) for one in again] == [(seq, 0) for seq in seqs]


def test_two_deliverers_never_hold_the_same_delivery(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"]})
    many: list[Desk] = ["answer"] * 200
    seqs = publish(ledger, *many)

    def drain() -> list[int]:
        found: list[int] = []
        while claimed := due(ledger, "humas", 7, _HOLD):
            found += [one.seq for one in claimed]
        return found

    first, second = together(drain, drain)
    assert sorted(first + second) == seqs


def test_what_arrived_is_gone_and_only_that(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"], "arsip": ["answer"]})
    first, second = publish(ledger, "answer", "answer")
    delivered(ledger, [])
    delivered(ledger, [(first, "humas"), (second, "arsip")])
    assert queued(ledger) == {(second, "humas"), (first, "arsip")}
    delivered(ledger, [(first, "humas")])
    failed(ledger, first, "humas", "terlambat", None)
    assert queued(ledger) == {(second, "humas"), (first, "arsip")}, "too late changes nothing"


def test_a_failed_delivery_comes_again_at_its_time(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"]})
    (seq,) = publish(ledger, "answer")
    (one,) = due(ledger, "humas", 1, _HOLD)
    failed(ledger, seq, "humas", "status 503", one.created_at + 3_600_000)
    pass_time(ledger, 3_500)
    assert due(ledger, "humas", 1, _HOLD) == []
    pass_time(ledger, 200)
    (again,) = due(ledger, "humas", 1, _HOLD)
    assert (again.seq, again.attempts, again.created_at) == (seq, 1, one.created_at)
    assert parked(ledger) == []


def test_a_parked_delivery_waits_for_a_person(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"humas": ["answer"], "arsip": ["answer"]})
    first, second = publish(ledger, "answer", "answer")
    failed(ledger, second, "humas", "x" * 500, None)
    failed(ledger, first, "arsip", "status 410", None)
    (one,) = parked(ledger, "humas")
    assert (one.subscriber, one.desk, one.attempts) == ("humas", "answer", 1)
    assert one.error == "x" * 200
    with ledger.read() as connection:
        id_ = connection.scalar(select(items.c.id).where(items.c.seq == second))
    assert one.ref == f"pantau/{id_}"
    assert [it.subscriber for it in parked(ledger)] == ["humas", "arsip"]
    pass_time(ledger, 3_600)
    assert [it.seq for it in due(ledger, "humas", 9, _HOLD)] == [first]

    assert resend(ledger, "humas") == 1
    assert resend(ledger, "humas") == 0
    (again,) = due(ledger, "humas", 9, _HOLD)
    assert (again.seq, again.attempts) == (second, 0)
    assert again.created_at >= one.since_ms
    assert [it.subscriber for it in parked(ledger)] == ["arsip"]


def test_waiting_and_parked_are_counted_for_each_subscriber(ledger: Ledger) -> None:
    assert waiting(ledger) == {}
    set_subscriptions(ledger, {"humas": ["answer"], "arsip": ["answer"], "lunas": ["answer"]})
    first, second = publish(ledger, "answer", "answer")
    delivered(ledger, [(first, "lunas"), (second, "lunas"), (second, "arsip")])
    failed(ledger, first, "humas", "status 500", None)
    failed(ledger, first, "arsip", "status 500", None)
    with ledger.write() as connection:
        connection.execute(update(deliveries).values(created_at=deliveries.c.created_at - 5_000))
    counts = waiting(ledger)
    assert counts == {
        "humas": Counts(1, 1, counts["humas"].oldest_seconds),
        "arsip": Counts(0, 1, None),
    }
    assert counts["humas"].oldest_seconds == pytest.approx(5, abs=4)
