"""One suite for the ledger, run on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, update

from tasks.models import (
    Batch,
)
from tasks.stage import ItemError, Unavailable
from tests.items import entry, finished
from workers.ledger import Ledger, LedgerAway, open_ledger, views
from workers.ledger.accept import accept
from workers.ledger.leases import Settled, claim, give_back, overdue, release
from workers.ledger.quarantine import quarantined
from workers.ledger.release import announced, ledger_id, record, unannounced
from workers.ledger.schema import items, outbox
from workers.retry import MAX_ATTEMPTS, Lost

_LEASE = 60.0


def claimed(ledger: Ledger, batches: int = 16, size: int = 64) -> list[Batch]:
    return claim(ledger, batches, size, _LEASE)


def set_all(ledger: Ledger, **values: Any) -> None:
    with ledger.write() as connection:
        connection.execute(update(items).values(**values))


def test_what_is_promised_waits_for_the_disk_and_what_can_be_done_again_does_not(
    ledger: Ledger,
) -> None:
    sqlite = ledger.engine.dialect.name == "sqlite"
    asked, durable = (
        ("PRAGMA synchronous", {2: True, 1: False})
        if sqlite
        else ("SHOW synchronous_commit", {"on": True, "off": False})
    )
    waited: list[bool] = []
    event.listen(
        ledger.engine,
        "commit",
        lambda connection: waited.append(durable[connection.exec_driver_sql(asked).scalar()]),
    )

    def waits(step: Callable[[], object]) -> list[bool]:
        waited.clear()
        step()
        return list(waited)

    assert waits(lambda: accept(ledger, [entry(1), entry(2)])) == [True]
    batches: list[Batch] = []
    assert waits(lambda: batches.extend(claimed(ledger))) == [False]
    first, second = batches[0].items
    assert waits(lambda: record(ledger, [finished(first)])) == [True]
    assert waits(lambda: announced(ledger, [first.seq])) == [False]
    failed = [(second.seq, ItemError("kosong"))]
    assert waits(lambda: give_back(ledger, batches[0].id, failed)) == [True]


def test_migrating_twice_is_harmless(ledger: Ledger) -> None:
    before = ledger_id(ledger)
    ledger.migrate()
    assert ledger_id(ledger) == before
    assert not ledger.behind()


def test_what_is_accepted_is_known_afterwards(ledger: Ledger) -> None:
    receipts = accept(ledger, [entry(1), entry(2)])
    assert [(one.ref, one.status) for one in receipts] == [
        ("pantau/no-1", "accepted"),
        ("pantau/no-2", "accepted"),
    ]
    assert [one.status for one in accept(ledger, [entry(2), entry(3)])] == [
        "already_known",
        "accepted",
    ]
    assert views.counts(ledger)["ready"] == 3


def test_the_same_identity_with_another_body_is_a_conflict(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    (receipt,) = accept(ledger, [entry(1, text="lain sama sekali")])
    assert receipt.status == "conflict"
    assert receipt.known_digest != receipt.digest
    assert claimed(ledger)[0].items[0].content.text == "banjir di hulu 1"


def test_an_identity_twice_in_one_commit_counts_once(ledger: Ledger) -> None:
    receipts = accept(ledger, [entry(1), entry(1), entry(1, text="lain")])
    assert [one.status for one in receipts] == ["accepted", "already_known", "conflict"]


def test_the_same_id_of_two_sources_are_two_items(ledger: Ledger) -> None:
    receipts = accept(ledger, [entry(1, source="a"), entry(1, source="b")])
    assert [one.status for one in receipts] == ["accepted", "accepted"]


def test_claims_are_whole_ordered_and_exclusive(ledger: Ledger) -> None:
    accept(ledger, [entry(number) for number in range(150)])
    batches = claimed(ledger)
    assert [len(batch.items) for batch in batches] == [64, 64, 22]
    order = [item.content.id for batch in batches for item in batch.items]
    assert order == [f"no-{number}" for number in range(150)]
    assert claimed(ledger) == []


def test_sources_take_turns(ledger: Ledger) -> None:
    accept(ledger, [entry(number, source="ramai") for number in range(500)])
    accept(ledger, [entry(1, source="sepi")])
    (batch,) = claimed(ledger, batches=1)
    assert "sepi" in {item.content.source for item in batch.items}


def test_two_dispatchers_never_claim_the_same_item(ledger: Ledger) -> None:
    accept(ledger, [entry(number) for number in range(400)])
    found: list[int] = []
    start = threading.Barrier(2)

    def take() -> None:
        start.wait()
        while batches := claimed(ledger, batches=1, size=10):
            found.extend(item.seq for batch in batches for item in batch.items)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 400


def test_publishing_twice_has_one_effect(ledger: Ledger) -> None:
    accept(ledger, [entry(1), entry(2)])
    (batch,) = claimed(ledger)
    first, second = batch.items
    released = [finished(first), finished(second, duplicate_of=first.ref)]
    assert set(record(ledger, released)) == {first.seq, second.seq}
    assert record(ledger, released) == {}
    assert len(list(views.results(ledger))) == 2
    assert views.counts(ledger) == {
        "ready": 0,
        "leased": 0,
        "published": 1,
        "duplicate": 1,
        "quarantined": 0,
    }


def test_what_is_not_announced_waits_in_the_outbox(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    record(ledger, [finished(batch.items[0])])
    assert unannounced(ledger) == {}, "the worker itself has its time first"
    with ledger.write() as connection:
        connection.execute(update(outbox).values(due_at=0))
    waiting = unannounced(ledger)
    assert [one.ref for one in waiting.values()] == ["pantau/no-1"]
    announced(ledger, waiting)
    assert unannounced(ledger) == {}
    assert views.outbox_length(ledger) == 0


def test_an_item_error_goes_to_quarantine_at_once(ledger: Ledger) -> None:
    accept(ledger, [entry(1), entry(2)])
    (batch,) = claimed(ledger)
    settled = give_back(ledger, batch.id, [(batch.items[0].seq, ItemError("text: nothing left"))])
    assert (settled.again, settled.quarantined) == (0, 1)
    (waiting,) = quarantined(ledger)
    assert (waiting.ref, waiting.error) == ("pantau/no-1", "text: nothing left")
    assert record(ledger, [finished(batch.items[0])]) == {}, "one terminal state only"


def test_a_failed_item_travels_alone_and_ends_after_five_attempts(ledger: Ledger) -> None:
    accept(ledger, [entry(1), entry(2)])
    (batch,) = claimed(ledger)
    bad = batch.items[0].seq
    give_back(ledger, batch.id, [(item.seq, RuntimeError()) for item in batch.items])
    for attempt in range(2, MAX_ATTEMPTS + 1):
        set_all(ledger, due_at=0)
        batches = claimed(ledger)
        assert all(len(one.items) == 1 for one in batches)
        (alone,) = [one for one in batches if one.items[0].seq == bad]
        assert alone.attempt == attempt
        give_back(ledger, alone.id, [(bad, RuntimeError())])
    (waiting,) = quarantined(ledger)
    assert waiting.error.endswith("given up after 5 attempts")


def test_an_unavailable_outside_costs_no_attempt(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    for _ in range(MAX_ATTEMPTS + 2):
        set_all(ledger, due_at=0)
        (batch,) = claimed(ledger)
        assert batch.attempt == 1
        settled = give_back(ledger, batch.id, [(batch.items[0].seq, Unavailable("away"))])
        assert settled.again == 1
    assert claimed(ledger) == [], "it is not due yet"


def test_a_late_worker_undoes_nothing(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    (old,) = claimed(ledger)
    release(ledger, [old])
    (new,) = claimed(ledger)
    give_back(ledger, old.id, [(old.items[0].seq, ItemError("late"))])
    assert views.counts(ledger)["leased"] == 1
    assert set(record(ledger, [finished(new.items[0])])) == {new.items[0].seq}


def test_an_item_that_is_just_being_published_is_not_given_back(
    ledger: Ledger, until: Callable[..., None]
) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    (item,) = batch.items
    with ThreadPoolExecutor(1) as other:
        with ledger.write() as connection:
            connection.execute(update(items).values(state="published"))
            settled = other.submit(give_back, ledger, batch.id, [(item.seq, Lost("late"))])
            if ledger.engine.dialect.name == "postgresql":
                until(lambda: waits_for_a_lock(ledger), "the other waits")
        assert settled.result() == Settled()
    assert views.counts(ledger)["published"] == 1


def waits_for_a_lock(ledger: Ledger) -> bool:
    with ledger.read() as connection:
        waiting = connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(waiting.scalar_one())


def test_an_ended_lease_brings_the_item_back(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    (batch,) = claimed(ledger)
    assert overdue(ledger) == {}
    set_all(ledger, lease_until=0)
    late = overdue(ledger)
    assert late == {batch.id: [batch.items[0].seq]}
    assert give_back(ledger, batch.id, [(seq, Lost("died")) for seq in late[batch.id]]).again == 1
    (again,) = claimed(ledger)
    assert again.attempt == 2


def test_results_come_page_by_page_in_order(ledger: Ledger) -> None:
    accept(ledger, [entry(number) for number in range(1100)])
    for batch in claimed(ledger, batches=32):
        record(ledger, [finished(item) for item in batch.items])
    refs = [one.id for one in views.results(ledger)]
    assert refs == [f"no-{number}" for number in range(1100)]
    assert list(views.results(ledger, desk="review")) == []
    assert len(views.latencies_ms(ledger)) == 1100


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    def half_done() -> None:
        with ledger.write() as connection:
            connection.execute(
                items.insert().values(
                    source="a", id="1", digest=b"", content="{}", accepted_at=0, due_at=0
                )
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert views.counts(ledger)["ready"] == 0


def test_an_absent_database_is_away() -> None:
    away = open_ledger("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(LedgerAway):
        views.counts(away)


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql is not supported"):
        open_ledger("mysql://localhost/x")
