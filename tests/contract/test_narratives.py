"""Narratives in the ledger, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tasks.models import MAX_BATCH, Grouping
from tasks.publish import publication
from tests.items import entry, finished
from workers.ledger import Ledger, open_ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.narratives import HOURS, Summary, current, forward, growing, profile
from workers.ledger.release import record
from workers.ledger.schema import forwards

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
NOON = START + timedelta(hours=6)
_numbers = count(1)


@dataclass(frozen=True)
class Said:
    """One item, as it was published."""

    text: str = "sumur bor dusun kering"
    minute: float = 0
    narrative: str = "n-a"
    copy_of: str | None = None
    account: int | None = None
    platform: str | None = None
    forwards: tuple[str, ...] = ()


def milliseconds(minute: float) -> int:
    return int((START + timedelta(minutes=minute)).timestamp() * 1000)


def account(number: int) -> bytes:
    return f"AKUN{number:012}".encode()


def publish(ledger: Ledger, *said: Said) -> list[str]:
    """Publish these, in order; return their refs."""
    entries = []
    for one in said:
        made = entry(next(_numbers))
        content = made.content.model_copy(
            update={
                "text": one.text,
                "platform": one.platform,
                "published_at": START + timedelta(minutes=one.minute),
            }
        )
        known = None if one.account is None else account(one.account)
        entries.append(replace(made, content=content, account=known))
    accept(ledger, entries)
    batches = claim(ledger, 16, MAX_BATCH, 60.0)
    released = []
    for item, one in zip((item for batch in batches for item in batch.items), said, strict=True):
        done, _ = finished(item)
        done = done.with_grouping(
            Grouping(narrative_id=one.narrative, duplicate_of=one.copy_of, forwards=one.forwards)
        )
        released.append((done, publication(done)))
    record(ledger, released)
    return [f"pantau/{one.content.id}" for one in entries]


def rows(ledger: Ledger) -> dict[str, str]:
    """What leads where."""
    with ledger.read() as connection:
        found = connection.execute(select(forwards.c.narrative_id, forwards.c.leads_to))
        return dict(found.all())


def join(ledger: Ledger, ids: list[str], to: str) -> None:
    with ledger.write() as connection:
        forward(connection, ids, to)


def test_chains_are_flattened(ledger: Ledger) -> None:
    join(ledger, ["n-b"], "n-a")
    join(ledger, ["n-c"], "n-b")  # which leads on
    join(ledger, ["n-a"], "n-0")  # to which others lead

    assert rows(ledger) == {"n-a": "n-0", "n-b": "n-0", "n-c": "n-0"}
    assert [current(ledger, one) for one in ("n-c", "n-0", "n-z")] == ["n-0", "n-0", "n-z"]


def test_joining_again_changes_nothing(ledger: Ledger) -> None:
    join(ledger, ["n-b", "n-c", "n-a"], "n-a")
    before = rows(ledger)
    join(ledger, ["n-b", "n-c", "n-b"], "n-a")
    join(ledger, [], "n-b")

    assert rows(ledger) == before == {"n-b": "n-a", "n-c": "n-a"}


def test_the_other_way_round_makes_no_circle(ledger: Ledger) -> None:
    join(ledger, ["n-b"], "n-a")
    join(ledger, ["n-a"], "n-b")

    assert rows(ledger) == {"n-b": "n-a"}


NAMES = st.sampled_from([f"n-{letter}" for letter in "abcdefg"])


# Each example empties the table itself.
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.lists(NAMES, max_size=3), NAMES), max_size=12))
def test_whatever_the_order_no_row_leads_to_one_that_leads_on(
    ledger: Ledger, calls: list[tuple[list[str], str]]
) -> None:
    with ledger.write() as connection:
        connection.execute(delete(forwards))
        for ids, to in calls:
            forward(connection, ids, to)
            found = connection.execute(select(forwards.c.narrative_id, forwards.c.leads_to))
            leads = dict(found.all())
            assert not leads.keys() & set(leads.values())
            # the last call holds, whatever came before
            assert len({leads.get(one, one) for one in (*ids, to)}) == 1


def test_two_that_join_at_once_make_no_chain(
    fresh_postgres: str, until: Callable[..., None]
) -> None:
    ledger = open_ledger(fresh_postgres)
    ledger.migrate()

    def one_waits() -> bool:
        with ledger.read() as connection:
            locks = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            return bool(connection.exec_driver_sql(locks).scalar())

    calls = (["n-c"], "n-b"), (["n-b"], "n-a")
    with ThreadPoolExecutor(2) as threads:
        with ledger.write() as connection:
            forward(connection, ["n-b"], "n-a")
            others = [threads.submit(join, ledger, *call) for call in calls]
            until(lambda: one_waits() or all(one.done() for one in others), "they came so far")
        for one in others:
            one.result()
    assert rows(ledger) == {"n-b": "n-a", "n-c": "n-a"}
    ledger.engine.dispose()


def test_publications_bring_their_forwards(ledger: Ledger) -> None:
    publish(ledger, Said(narrative="n-b"), Said(narrative="n-c"))
    publish(ledger, Said(narrative="n-a", forwards=("n-b", "n-c")))

    assert rows(ledger) == {"n-b": "n-a", "n-c": "n-a"}
    (summary,) = growing(ledger, 0)
    assert (summary.narrative_id, summary.items) == ("n-a", 3)


def test_growing_shows_the_largest_first_and_none_of_one_item(ledger: Ledger) -> None:
    publish(ledger, Said(narrative="n-x"))
    publish(ledger, *[Said(narrative="n-b", minute=minute) for minute in (1, 2)])
    publish(ledger, *[Said(narrative="n-a", minute=minute) for minute in (3, 4)])
    publish(ledger, *[Said(narrative="n-c", minute=minute) for minute in (5, 6, 7)])

    assert [one.narrative_id for one in growing(ledger, 0)] == ["n-c", "n-a", "n-b"]
    assert [one.narrative_id for one in growing(ledger, 0, limit=1)] == ["n-c"]


def test_growing_counts_only_what_was_written_since(ledger: Ledger) -> None:
    publish(ledger, *[Said(minute=minute) for minute in (0, 1, 2, 3)])

    (summary,) = growing(ledger, milliseconds(2))
    assert summary == Summary("n-a", 2, 0, "<5", milliseconds(2), milliseconds(3))
    assert growing(ledger, milliseconds(3)) == []


@pytest.mark.parametrize(
    ("accounts", "shown"), [(0, "<5"), (1, "<5"), (4, "<5"), (5, "5"), (6, "6")]
)
def test_accounts_are_counted_from_five_on(ledger: Ledger, accounts: int, shown: str) -> None:
    # Each account twice, in narratives that were joined, and one item that came without.
    publish(ledger, Said(), *[Said(account=number) for number in range(accounts)])
    again = [Said(narrative="n-b", account=number) for number in range(accounts)]
    publish(ledger, *again, Said(forwards=("n-b",)))

    whole = profile(ledger, "n-a")
    assert whole is not None
    assert whole.summary.items == 2 * accounts + 2
    assert whole.summary.accounts == (str(accounts) if accounts >= 5 else "<5")
    assert growing(ledger, 0) == [whole.summary]


def test_nothing_of_an_account_is_in_anything_returned(ledger: Ledger) -> None:
    publish(ledger, *[Said(account=7, minute=minute) for minute in range(0, 60, 5)])
    whole = profile(ledger, "n-a")
    assert whole is not None
    said = repr((asdict(whole), growing(ledger, 0), current(ledger, "n-a")))

    assert whole.summary.accounts == "<5"
    for form in (account(7).decode(), account(7).hex(), repr(account(7)), str(list(account(7)))):
        assert form not in said


def test_a_profile_is_found_under_every_id_that_leads_to_it(ledger: Ledger) -> None:
    publish(ledger, Said(narrative="n-b"), Said(narrative="n-c"))
    publish(ledger, Said(narrative="n-a", forwards=("n-b",)))

    assert profile(ledger, "n-b") == profile(ledger, "n-a")
    assert profile(ledger, "n-c") != profile(ledger, "n-a")
    assert profile(ledger, "n-tidak-ada") is None


def test_platforms_are_counted_and_none_is_one(ledger: Ledger) -> None:
    publish(ledger, *[Said(platform=name) for name in ("x", "facebook", None, "x")])
    whole = profile(ledger, "n-a")

    assert whole is not None
    assert whole.platforms == {"": 1, "facebook": 1, "x": 2}


def test_versions_come_in_order_of_appearance_with_their_copies(ledger: Ledger) -> None:
    late, early = publish(
        ledger,
        Said("Sumur bor di dusun mengering", minute=30),
        Said("Air sumur habis, warga antre tangki", minute=10),
    )
    publish(
        ledger,
        Said("sumur bor di dusun mengering!!", minute=31, copy_of=late),
        Said("SUMUR BOR DI DUSUN MENGERING", minute=5, copy_of=late),
        Said("lain sekali", narrative="n-z", copy_of=late),
    )
    whole = profile(ledger, "n-a")

    assert whole is not None
    assert [(one.ref, one.text, one.copies) for one in whole.versions] == [
        (early, "Air sumur habis, warga antre tangki", 0),
        (late, "Sumur bor di dusun mengering", 2),
    ]
    assert whole.versions[0].first_ms == milliseconds(10)
    assert (whole.summary.copies, whole.summary.share_of_copies) == (2, 0.5)
    assert (whole.summary.first_ms, whole.summary.last_ms) == (milliseconds(5), milliseconds(31))


def test_at_most_fifty_versions_are_shown(ledger: Ledger) -> None:
    publish(ledger, *[Said(f"versi {number}", minute=number) for number in range(55)])
    whole = profile(ledger, "n-a")

    assert whole is not None
    assert [one.text for one in whole.versions] == [f"versi {number}" for number in range(50)]
    assert whole.summary.items == 55


def test_hours_end_with_the_current_one(ledger: Ledger) -> None:
    publish(ledger, *[Said(minute=60 * hour) for hour in (0, 0, 3, 5.5, -30)])
    whole = profile(ledger, "n-a", now=int(NOON.timestamp() * 1000))

    assert whole is not None
    assert whole.hours == (*([0] * (HOURS - 7)), 2, 0, 0, 1, 0, 0, 1)


def test_what_is_pressed_together_is_said_and_of_few_nothing(ledger: Ledger) -> None:
    publish(ledger, *[Said(minute=minute) for minute in (0, 600, 601, 602, 603, 604)])
    publish(ledger, *[Said(narrative="n-b", minute=minute) for minute in (0, 600, 601, 602)])
    many, few = profile(ledger, "n-a"), profile(ledger, "n-b")

    assert many is not None
    assert many.burst is not None
    assert many.burst.share == 5 / 6
    assert many.burst.compression > 2
    assert few is not None
    assert few.burst is None
