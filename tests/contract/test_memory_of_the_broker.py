"""The broker is emptied, on both kinds and both databases: all of it comes back from the ledger."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import orjson
import pytest
import redis
from sqlalchemy import select, update
from structlog.testing import capture_logs

from tasks.group import tellings
from tasks.stage import Forgotten, Unavailable
from tasks.telling import Join
from tests.workshop import (
    TEXTS,
    accepted,
    copy_of,
    grouped,
    leased,
    outside_of,
    published,
    pushed,
)
from workers.adapters.valkey_announcer import STREAM
from workers.adapters.valkey_memory import LOCK_SECONDS, Loss
from workers.adapters.valkey_stories import PREFIX
from workers.ledger import Ledger, views
from workers.ledger.database import now_ms
from workers.ledger.published import published_as
from workers.ledger.redactions import Hiding, hide
from workers.ledger.schema import items, outbox, publications
from workers.mending import Interrupted, Mending, memory_of, mended
from workers.status import snapshot
from workers.wiring import Outside


@pytest.fixture
def outside(ledger: Ledger, ledger_url: str, broker_url: str, tmp_path: Path) -> Iterator[Outside]:
    """A broker that is whole, and a ledger, both empty."""
    assert ledger.engine is not None
    found = outside_of(ledger_url, broker_url, tmp_path)
    mend(found)
    yield found
    found.ledger.engine.dispose()
    found.client.close()


def mend(outside: Outside) -> None:
    """As a dispatcher does, until it may dispatch."""
    mending = Mending(outside)
    while mending.mend() is not None:
        pass


def restarted(outside: Outside) -> None:
    """Let the broker look as if it had been started again just now."""
    outside.client.hset(memory_of(outside).guard, "server", "0" * 40)


def events(outside: Outside) -> list[str]:
    found = cast(list[tuple[bytes, dict[bytes, bytes]]], outside.client.xrange(STREAM))
    return [orjson.loads(fields[b"event"])["id"] for _, fields in found]


def refs_in_the_index(outside: Outside) -> list[str]:
    records = [
        record
        for key in outside.client.scan_iter(f"{PREFIX}r:*")
        for record in cast(list[bytes], outside.client.hvals(key))
    ]
    return sorted(record[2 : 2 + int.from_bytes(record[:2])].decode() for record in records)


def index_of(outside: Outside) -> dict[bytes, bytes]:
    """Everything that the index holds."""
    keys = list(outside.client.scan_iter(f"{PREFIX}*"))
    return {key: cast(bytes, outside.client.dump(key)) for key in keys}


def states(outside: Outside) -> list[tuple[str, int, int]]:
    with outside.ledger.read() as connection:
        columns = select(items.c.state, items.c.attempts, items.c.deferrals).order_by(items.c.seq)
        return [(row.state, row.attempts, row.deferrals) for row in connection.execute(columns)]


def test_copies_of_what_was_said_before_are_found_again(outside: Outside) -> None:
    before = pushed(outside, 1, *TEXTS)
    again = pushed(outside, 11, copy_of(0))
    outside.client.flushall()
    mend(outside)
    (near, same) = pushed(outside, 21, copy_of(2), TEXTS[1].upper())

    assert (again[0].duplicate_of, again[0].narrative_id) == ("pantau/no-1", before[0].narrative_id)
    assert (near.duplicate_of, near.match) == ("pantau/no-3", "near")
    assert near.narrative_id == before[2].narrative_id
    assert (same.duplicate_of, same.match) == ("pantau/no-2", "normalised")
    assert same.narrative_id == before[1].narrative_id
    assert pushed(outside, 31, copy_of(0).upper())[0].duplicate_of == "pantau/no-1"


def test_until_then_nothing_passes_as_a_first_one(outside: Outside) -> None:
    pushed(outside, 1, TEXTS[0])
    accepted(outside, 2, copy_of(0))
    batch = leased(outside)
    outside.client.flushall()
    with pytest.raises(Unavailable, match="filled again first"):
        grouped(outside, batch)
    assert list(outside.client.scan_iter(f"{PREFIX}*")) == []

    mend(outside)
    assert published(outside, grouped(outside, batch))[0].duplicate_of == "pantau/no-1"


def test_what_a_batch_told_before_the_loss_is_told_again(outside: Outside) -> None:
    accepted(outside, 1, TEXTS[0])
    batch = leased(outside)
    progress = outside.progress
    assert progress.begin(batch, "normalise")
    assert progress.begin(batch, "group")
    grouped(outside, batch)
    outside.client.flushall()
    with pytest.raises(Forgotten):
        progress.begin(batch, "enrich")
    mend(outside)
    with pytest.raises(Forgotten):
        progress.begin(batch, "enrich")
    assert progress.begin(leased(outside), "normalise")


def test_numbers_of_before_mean_nothing_afterwards(outside: Outside) -> None:
    stories = outside.ports.stories
    pushed(outside, 1, *TEXTS[:2])
    texts = list(tellings(["pantau/no-1", "pantau/no-2"], TEXTS[:2]).values())
    numbers = [one.number for one in stories.tell(texts)]
    assert all(place.digests for place in stories.settle([], numbers))
    outside.client.flushall()
    mend(outside)
    (new, _) = stories.tell(texts)
    assert stories.settle([], [new.number])[0].digests
    for later in (numbers[1], new.number):
        with pytest.raises(Forgotten):
            stories.settle([Join(later, numbers[0])], [later])


def test_batches_whose_messages_are_gone_are_due_at_once_and_uncounted(outside: Outside) -> None:
    accepted(outside, 1, *TEXTS[:2])
    batch = leased(outside)
    outside.client.flushall()
    with capture_logs() as logs:
        mend(outside)
    assert states(outside) == [("ready", 0, 0)] * 2
    assert [(one["event"], one.get("leases_undone")) for one in logs] == [
        ("broker_emptied", 2),
        ("index_rebuilt", None),
    ]
    # A worker may have been running one of them all the same: whoever is first publishes it.
    again = leased(outside)
    published(outside, grouped(outside, batch))
    published(outside, grouped(outside, again))
    assert events(outside) == ["pantau/no-1", "pantau/no-2"]


def test_a_late_announcement_adds_no_second_event(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS[:3])
    with outside.ledger.write() as connection:  # as a worker leaves it that dies before announcing
        connection.execute(outbox.insert(), {"seq": 3, "due_at": 0})
    outside.client.flushall()
    mend(outside)
    for page in views.released(outside.ledger, 0):
        outside.announcer.announce(dict(page))
        outside.announcer.announce(dict(page))
    assert events(outside) == ["pantau/no-3"]


def test_many_marks_are_set_where_they_belong(outside: Outside) -> None:
    seqs = [1, 7, 8, 9, 63, 64, 1000, 70_001]
    outside.announcer.mark(seqs[4:])
    outside.announcer.mark(seqs[:4])
    outside.announcer.mark([])
    (marks,) = outside.client.scan_iter(f"{STREAM}:marks:*")
    assert outside.client.bitcount(marks) == len(seqs)
    assert all(outside.client.getbit(marks, seq) for seq in seqs)


def test_emptied_again_meanwhile_it_is_begun_again_in_order(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS)
    pushed(outside, 11, *map(str.upper, TEXTS))
    outside.client.flushall()
    assert memory_of(outside).look("a") == Loss(None)
    work = mended(outside, Loss(None), "a")
    assert next(work) == 12
    outside.client.flushall()
    with pytest.raises(Unavailable):
        sum(work)
    assert list(outside.client.scan_iter(f"{PREFIX}*")) == []
    mend(outside)
    assert pushed(outside, 21, TEXTS[4].title())[0].duplicate_of == "pantau/no-5"


def test_of_two_dispatchers_one_mends_and_the_other_waits(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS)
    outside.client.flushall()
    assert memory_of(outside).look("one") == Loss(None)
    work = mended(outside, Loss(None), "one")
    next(work)
    other = Mending(outside)
    assert (other.mend(), other.mend()) == (0, 0)
    shown = snapshot(outside).index
    assert shown is not None
    assert (shown.done, shown.total) == (6, 6)
    sum(work)
    assert memory_of(outside).look("two") == "whole"
    assert snapshot(outside).index is None


def test_the_lock_of_a_dead_dispatcher_fades_and_its_ghost_writes_nothing(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS)
    outside.client.flushall()
    memory = memory_of(outside)
    assert memory.look("dead") == Loss(None)
    ghost = mended(outside, Loss(None), "dead")
    next(ghost)
    assert 0 < outside.client.ttl(memory.lock) <= LOCK_SECONDS
    outside.client.pexpire(memory.lock, 0)  # its time is over
    assert memory.look("heir") == Loss(None)
    with pytest.raises(Interrupted):
        sum(ghost)
    assert not memory.open("dead")
    sum(mended(outside, Loss(None), "heir"))
    assert pushed(outside, 11, copy_of(0))[0].duplicate_of == "pantau/no-1"


def test_what_a_restarted_broker_forgot_is_said_again_and_nothing_else(outside: Outside) -> None:
    pushed(outside, 1, TEXTS[0])
    accepted(outside, 2, TEXTS[1])
    leased(outside)
    kept = {key: outside.client.dump(key) for key in outside.client.scan_iter("saring:*")}
    pushed_later(outside)
    outside.client.flushall()  # of all that it did after the copy, it knows nothing
    for key, value in kept.items():
        outside.client.restore(key, 0, cast(bytes, value))
    restarted(outside)
    assert events(outside) == ["pantau/no-1"]
    with capture_logs() as logs:
        mend(outside)

    assert events(outside) == ["pantau/no-1", "pantau/no-11"]
    assert pushed(outside, 21, copy_of(2))[0].duplicate_of == "pantau/no-11"
    assert pushed(outside, 22, copy_of(0))[0].duplicate_of == "pantau/no-1"
    assert states(outside)[1] == ("leased", 0, 0)
    assert [one["event"] for one in logs] == ["broker_restarted", "index_rebuilt"]


def pushed_later(outside: Outside) -> None:
    (grouping,) = pushed(outside, 11, TEXTS[2])
    assert grouping.duplicate_of is None


def test_only_what_came_after_its_last_sign_is_told_to_a_restarted_broker(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS[:3])
    with outside.ledger.write() as connection:
        old = update(publications).where(publications.c.seq == 1)
        connection.execute(old.values(released_at=now_ms() - 3_600_000))
    for key in list(outside.client.scan_iter(f"{PREFIX}*")):
        outside.client.delete(key)
    restarted(outside)
    mend(outside)
    assert refs_in_the_index(outside) == ["pantau/no-2", "pantau/no-3"]


def test_a_copy_that_was_released_before_its_first_does_not_become_one(outside: Outside) -> None:
    pushed(outside, 1, TEXTS[0])
    pushed(outside, 2, copy_of(0))
    with outside.ledger.write() as connection:  # another worker had the first, and was slower
        late = update(publications).where(publications.c.seq == 1)
        connection.execute(late.values(released_at=now_ms() + 5))
    outside.client.flushall()
    mend(outside)
    assert pushed(outside, 11, TEXTS[0].upper())[0].duplicate_of == "pantau/no-1"


def test_what_was_hidden_does_not_come_back(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS[:2])
    one = published_as(outside.ledger, 1)
    assert one is not None
    hide(outside.ledger, 1, one.seen, Hiding("Pasar Lemabang", "name", "staff/ab12"))
    for lost in (outside.client.flushall, lambda: restarted(outside)):
        lost()
        mend(outside)
        assert refs_in_the_index(outside) == ["pantau/no-2"]


def test_what_a_restarted_broker_holds_again_of_what_was_hidden_is_taken_out(
    outside: Outside,
) -> None:
    pushed(outside, 1, *TEXTS[:2])
    one = published_as(outside.ledger, 1)
    assert one is not None
    hide(outside.ledger, 1, one.seen, Hiding("Pasar Lemabang", "name", "staff/ab12"))
    restarted(outside)  # before what the keeper took out was written to its file
    assert events(outside) == ["pantau/no-1", "pantau/no-2"]
    mend(outside)
    assert refs_in_the_index(outside) == ["pantau/no-2"]
    assert events(outside) == ["pantau/no-2"]


def test_what_is_hidden_meanwhile_does_not_come_back(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS[:2])
    one = published_as(outside.ledger, 1)
    assert one is not None
    outside.client.flushall()
    assert memory_of(outside).look("a") == Loss(None)
    work = mended(outside, Loss(None), "a")
    next(work)
    assert refs_in_the_index(outside) == ["pantau/no-1", "pantau/no-2"]
    hide(outside.ledger, 1, one.seen, Hiding("Pasar Lemabang", "name", "staff/ab12"))
    sum(work)
    assert refs_in_the_index(outside) == ["pantau/no-2"]


def test_what_retention_erases_now_is_not_told_again(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS[:2])
    period = timedelta(days=outside.settings.retention_days).total_seconds() * 1000
    with outside.ledger.write() as connection:
        old = update(items).where(items.c.seq == 1)
        connection.execute(old.values(accepted_at=now_ms() - int(period) + 60_000))
    outside.client.flushall()
    mend(outside)
    assert refs_in_the_index(outside) == ["pantau/no-2"]


def test_a_full_index_without_a_guard_stays_as_it_is(outside: Outside) -> None:
    pushed(outside, 1, *TEXTS)
    pushed(outside, 11, copy_of(3))
    shown = index_of(outside)
    outside.client.delete(memory_of(outside).guard)  # as an older version leaves it
    mend(outside)
    assert index_of(outside) == shown
    assert len(events(outside)) == 7


def test_at_the_first_start_there_is_nothing_to_lose(outside: Outside) -> None:
    outside.client.flushall()
    with capture_logs() as logs:
        mend(outside)
        mend(outside)
    assert logs == []


def test_where_info_is_forbidden_a_loss_is_still_seen(
    outside: Outside, ledger_url: str, broker_url: str, tmp_path: Path
) -> None:
    name = f"sempit-{tmp_path.name[:20]}"
    outside.client.acl_setuser(
        name, enabled=True, passwords=["+rahasia"], keys=["*"], commands=["+@all", "-info"]
    )
    where = broker_url.rpartition("@")[2]
    narrow = outside_of(ledger_url, f"redis://{name}:rahasia@{where}", tmp_path)
    with pytest.raises(redis.exceptions.NoPermissionError):
        narrow.client.info("server")
    mend(narrow)
    pushed(narrow, 1, TEXTS[0])
    outside.client.flushall()
    mend(narrow)
    assert pushed(narrow, 2, copy_of(0))[0].duplicate_of == "pantau/no-1"
    outside.client.acl_deluser(name)
