"""What the ledger does for the door, on SQLite and on PostgreSQL: pushes and what it shows."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert, select, text, update

from tasks.models import MAX_BATCH
from tasks.stage import ItemError
from tests.items import entry, finished
from tests.ledgers import statements, together
from workers.entry import Entry
from workers.ledger import Ledger, LedgerAway, open_ledger, views
from workers.ledger.accept import Receipt, accept, take
from workers.ledger.deliveries import due, set_subscriptions
from workers.ledger.leases import claim, give_back
from workers.ledger.pushes import (
    ANSWER_DAYS,
    Answer,
    Key,
    KeyReused,
    Outcome,
    Part,
    Push,
    commit,
    forget_answers,
    key_hash,
)
from workers.ledger.release import record
from workers.ledger.schema import answers, items

_WEEK_MS = ANSWER_DAYS * 24 * 3600 * 1000
_HOLD = 60.0
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def said(receipts: Sequence[Receipt]) -> Answer:
    return Answer(202, " ".join(f"{one.ref}:{one.status}" for one in receipts).encode())


def key(name: str, body: str = "badan") -> Key:
    return Key(key_hash("pantau", name), hashlib.sha256(body.encode()).digest())


def taken(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return list(connection.scalars(select(items.c.id).order_by(items.c.seq)))


def race(ledger: Ledger, one: Sequence[Push], other: Sequence[Push]) -> list[Any]:
    """What two intakes answer that commit at the same time."""
    return together(partial(commit, ledger, one), partial(commit, ledger, other))


def test_each_push_is_answered_from_its_own_receipts(ledger: Ledger) -> None:
    assert commit(
        ledger, [Push([entry(2), entry(1)], said), Push([], said), Push([entry(3)], said)]
    )
    group = [Push([entry(4), entry(2)], said), Push([], said), Push([entry(3), entry(5)], said)]
    assert [one.body for one in commit(ledger, group) if isinstance(one, Answer)] == [
        b"pantau/no-4:accepted pantau/no-2:already_known",
        b"",
        b"pantau/no-3:already_known pantau/no-5:accepted",
    ]
    assert taken(ledger) == ["no-2", "no-1", "no-3", "no-4", "no-5"]


def test_an_item_in_two_pushes_of_a_group_is_accepted_once(ledger: Ledger) -> None:
    same = entry(1)
    group = [Push([same], said), Push([same], said), Push([entry(1, text="lain")], said)]
    assert commit(ledger, group) == [
        Answer(202, b"pantau/no-1:accepted"),
        Answer(202, b"pantau/no-1:already_known"),
        Answer(202, b"pantau/no-1:conflict"),
    ]


def test_a_replay_gets_the_first_answer_and_takes_nothing(ledger: Ledger) -> None:
    (first,) = commit(ledger, [Push([entry(1)], said, key("a"))])
    group = [Push([entry(2)], said, key("a")), Push([entry(1)], said, key("b"))]
    assert commit(ledger, group) == [
        Answer(202, b"pantau/no-1:accepted", replayed=True),
        Answer(202, b"pantau/no-1:already_known"),
    ]
    assert first == Answer(202, b"pantau/no-1:accepted")
    assert taken(ledger) == ["no-1"]


def test_a_key_with_another_body_is_refused_and_takes_nothing(ledger: Ledger) -> None:
    commit(ledger, [Push([entry(1)], said, key("a"))])
    (refused,) = commit(ledger, [Push([entry(2)], said, key("a", "lain"))])
    assert isinstance(refused, KeyReused)
    assert taken(ledger) == ["no-1"]


def test_a_key_twice_in_one_group_is_a_replay_too(ledger: Ledger) -> None:
    first, again, refused = commit(
        ledger,
        [
            Push([entry(1)], said, key("a")),
            Push([entry(2)], said, key("a")),
            Push([entry(3)], said, key("a", "lain")),
        ],
    )
    assert first == Answer(202, b"pantau/no-1:accepted")
    assert again == Answer(202, b"pantau/no-1:accepted", replayed=True)
    assert isinstance(refused, KeyReused)
    assert taken(ledger) == ["no-1"]


def test_an_answer_is_remembered_for_seven_days(ledger: Ledger) -> None:
    def at(now: int, body: str) -> Outcome:
        (answer,) = commit(ledger, [Push([], lambda _: Answer(200, body.encode()), key("a"))], now)
        return answer

    assert at(0, "lama") == Answer(200, b"lama")
    assert at(_WEEK_MS - 1, "baru") == Answer(200, b"lama", replayed=True)
    assert at(_WEEK_MS, "baru") == Answer(200, b"baru")
    assert at(2 * _WEEK_MS - 1, "nanti") == Answer(200, b"baru", replayed=True)


def test_expired_answers_are_forgotten_and_no_others(ledger: Ledger) -> None:
    old = [Push([], said, key(f"lama-{number}")) for number in range(1001)]
    commit(ledger, old, now=0)
    commit(ledger, [Push([], said, key("baru"))], now=1)
    assert forget_answers(ledger, now=_WEEK_MS - 1) == 0
    assert forget_answers(ledger, now=_WEEK_MS) == 1001
    with ledger.read() as connection:
        assert connection.scalars(select(answers.c.key)).all() == [key("baru").hash]


def test_two_intakes_with_one_key_give_one_answer(ledger: Ledger) -> None:
    for turn in range(16):
        group = [Push([entry(turn)], said, key(str(turn)))]
        replies = [one for reply in race(ledger, group, group) for one in reply]
        bodies = {one.body for one in replies}
        assert bodies == {f"pantau/no-{turn}:accepted".encode()}
        assert sorted(one.replayed for one in replies) == [False, True]


def test_two_intakes_with_one_key_and_two_bodies_take_one_of_them(ledger: Ledger) -> None:
    for turn in range(16):
        one, other = (
            [Push([entry(number)], said, key(str(turn), str(number)))]
            for number in (2 * turn, 2 * turn + 1)
        )
        replies = race(ledger, one, other)
        assert sorted(type(reply).__name__ for (reply,) in replies) == ["Answer", "KeyReused"]
        assert len(taken(ledger)) == turn + 1


def test_a_push_in_parts_takes_each_once_and_is_answered_with_the_last(ledger: Ledger) -> None:
    (part,) = commit(ledger, [Part([entry(1), entry(2)], key("a"))])
    assert isinstance(part, list)
    assert [one.status for one in part] == ["accepted", "accepted"]
    assert commit(ledger, [Push([entry(3)], said, key("a"))]) == [
        Answer(202, b"pantau/no-3:accepted")
    ]
    replayed = Answer(202, b"pantau/no-3:accepted", replayed=True)
    again: list[Push | Part] = [Part([entry(4)], key("a")), Push([entry(5)], said, key("a"))]
    assert commit(ledger, again) == [replayed, replayed]
    assert taken(ledger) == ["no-1", "no-2", "no-3"]


def test_a_push_that_was_cut_off_may_begin_anew_with_the_same_body_only(ledger: Ledger) -> None:
    commit(ledger, [Part([entry(1)], key("a"))])
    group: list[Push | Part] = [
        Push([entry(9)], said, key("a", "lain")),
        Part([entry(1)], key("a")),
        Push([entry(2)], said, key("a")),
    ]
    other, part, rest = commit(ledger, group)
    assert isinstance(other, KeyReused)
    assert isinstance(part, list)
    assert [one.status for one in part] == ["already_known"]
    assert rest == Answer(202, b"pantau/no-2:accepted")
    assert taken(ledger) == ["no-1", "no-2"]


def test_two_intakes_with_one_push_in_parts_give_one_answer(ledger: Ledger) -> None:
    def push(turn: int) -> Outcome:
        (part,) = commit(ledger, [Part([entry(2 * turn)], key(str(turn)))])
        if not isinstance(part, list):
            return part
        (answer,) = commit(ledger, [Push([entry(2 * turn + 1)], said, key(str(turn)))])
        return answer

    for turn in range(16):
        replies = together(partial(push, turn), partial(push, turn))
        assert {one.body for one in replies if isinstance(one, Answer)} == {
            f"pantau/no-{2 * turn + 1}:accepted".encode()
        }
        assert sorted(isinstance(one, Answer) and one.replayed for one in replies) == [False, True]


@pytest.mark.parametrize("by", ["item", "key"])
def test_intakes_that_lock_the_same_rows_do_so_in_one_order(
    fresh_postgres: str, by: str, until: Callable[..., None]
) -> None:
    # SQLite has one writer. Here a third holds the middle row until both intakes wait.
    ledger = open_ledger(fresh_postgres)
    ledger.migrate()
    pushes = [Push([entry(number)], said) for number in range(3)]
    if by == "key":
        keys = sorted((key(str(number)) for number in range(3)), key=lambda one: one.hash)
        pushes = [Push([], said, one) for one in keys]

    def both_wait() -> bool:
        with ledger.read() as connection:
            return list(connection.scalars(text(_WAITING))) == [2]

    with ThreadPoolExecutor(2) as threads:
        with ledger.write() as connection:
            if by == "key":
                held = {"request": b"", "status": 0, "body": b"", "expires_at": 0}
                connection.execute(insert(answers).values(key=keys[1].hash, **held))
            else:
                take(connection, pushes[1].entries, 0)
            replies = threads.map(partial(commit, ledger), [pushes, pushes[::-1]])
            until(both_wait, "both intakes wait for a row")
        assert len(list(replies)) == 2
    assert len(taken(ledger)) == (3 if by == "item" else 0)
    ledger.engine.dispose()


def test_two_thousand_known_items_are_known(ledger: Ledger) -> None:
    many = [entry(number, source=f"s{number % 3}") for number in range(2000)]
    accept(ledger, many)
    assert {one.status for one in accept(ledger, many)} == {"already_known"}


def test_an_answer_that_cannot_be_built_undoes_the_group(ledger: Ledger) -> None:
    def broken(_: list[Receipt]) -> Answer:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        commit(ledger, [Push([entry(1)], said, key("a")), Push([entry(2)], broken)])
    assert taken(ledger) == []
    assert commit(ledger, [Push([], said, key("a"))]) == [Answer(202, b"")]


def test_a_push_that_stores_nothing_needs_no_ledger() -> None:
    away = open_ledger("postgresql://nobody@127.0.0.1:1/none")
    assert commit(away, [Push([], said)]) == [Answer(202, b"")]
    with pytest.raises(LedgerAway):
        commit(away, [Push([], said, key("a"))])


def test_a_group_costs_few_statements(ledger: Ledger) -> None:
    plain = [Push([entry(number)], said) for number in range(50)]
    keyed = [Push([entry(number)], said, key(str(number))) for number in range(50, 100)]
    with statements(ledger) as sent:
        commit(ledger, plain)
        assert len(sent) <= 4, sent
    for _ in range(2):
        with statements(ledger) as sent:
            commit(ledger, keyed)
            assert len(sent) <= 6, sent


@given(st.text("a:\x00", min_size=1, max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_no_two_pairs_share_a_key_hash(both: str, cut: int, other: int) -> None:
    one, two = (both[:cut], both[cut:]), (both[:other], both[other:])
    assert (key_hash(*one) == key_hash(*two)) == (one == two)


_pushes = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 2), st.sampled_from("xy")), max_size=3),
        st.none() | st.tuples(st.sampled_from("ab"), st.sampled_from("xy")),
        st.booleans(),
    ),
    max_size=5,
)
_turns = count()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(groups=st.lists(_pushes, max_size=3))
def test_a_group_is_answered_as_if_its_pushes_came_one_by_one(
    ledger: Ledger, groups: list[Any]
) -> None:
    turn = next(_turns)

    def pushes(group: Any, way: str) -> list[Push | Part]:
        def one(number: int, text: str) -> Entry:
            return entry(number, source=f"{way}{turn}", text=text)

        def push(held: Any, named: Any, is_part: bool) -> Push | Part:
            entries = [one(*what) for what in held]
            its = None if named is None else key(f"{way}{turn}{named[0]}", named[1])
            return Part(entries, its) if is_part else Push(entries, statuses, its)

        return [push(*what) for what in group]

    def statuses(receipts: list[Receipt]) -> Answer:
        return Answer(202, repr([it.status for it in receipts]).encode())

    def shown(reply: Outcome) -> str:
        return repr(statuses(reply) if isinstance(reply, list) else reply)

    at_once = [reply for group in groups for reply in commit(ledger, pushes(group, "g"))]
    singly = [
        reply for group in groups for push in pushes(group, "s") for reply in commit(ledger, [push])
    ]
    assert [shown(reply) for reply in at_once] == [shown(reply) for reply in singly]


def test_the_backlog_is_what_is_not_done_by_source(ledger: Ledger) -> None:
    assert views.backlog(ledger) == views.Backlog({}, None)
    accept(ledger, [entry(number, source="a") for number in range(3)])
    (batch,) = claim(ledger, 1, MAX_BATCH, _HOLD)
    accept(ledger, [entry(9, source="a"), entry(9, source="b")])
    with ledger.write() as connection:
        connection.execute(update(items).values(accepted_at=items.c.accepted_at - 5_000))
    backlog = views.backlog(ledger)
    assert backlog.waiting == {"a": 4, "b": 1}
    assert backlog.oldest_seconds == pytest.approx(5, abs=4)
    assert views.oldest_waiting_seconds(ledger) == pytest.approx(5, abs=4)
    first, second, _ = batch.items
    record(ledger, [finished(first)])
    give_back(ledger, batch.id, [(second.seq, ItemError("kosong"))])
    assert views.backlog(ledger).waiting == {"a": 2, "b": 1}


def test_a_source_sees_how_far_its_item_is_and_nothing_else(ledger: Ledger) -> None:
    accept(ledger, [entry(1), entry(2)])
    assert views.item_status(ledger, "pantau", "no-3") is None
    assert views.item_status(ledger, "lain", "no-1") is None
    ready = views.item_status(ledger, "pantau", "no-1")
    assert ready is not None
    assert (ready.ref, ready.state, ready.finished_at, ready.attempts) == (
        "pantau/no-1",
        "ready",
        None,
        0,
    )
    (batch,) = claim(ledger, 1, MAX_BATCH, _HOLD)
    record(ledger, [finished(batch.items[0])])
    done = views.item_status(ledger, "pantau", "no-1")
    assert done is not None
    assert done.state == "published"
    assert done.finished_at is not None
    assert done.finished_at >= done.accepted_at == ready.accepted_at
    assert {one.name for one in fields(done)} == {
        "ref",
        "state",
        "accepted_at",
        "finished_at",
        "attempts",
    }


def test_sqlite_finds_its_rows_by_index(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by the size of the table")
    plans: list[str] = []

    def explain(
        _: Connection, cursor: Any, statement: str, parameters: Any, __: Any, many: bool
    ) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE", "WITH"}:
            rows = cursor.connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters
            )
            plans.extend(row[-1] for row in rows)

    set_subscriptions(ledger, {"s": ["answer"]})
    accept(ledger, [entry(1), entry(2)])
    event.listen(ledger.engine, "before_cursor_execute", explain)
    commit(ledger, [Push([entry(1), entry(2), entry(3)], said, key("a"))] * 2)
    commit(ledger, [Push([], said, key("a")), Push([], said, key("b"))])
    views.backlog(ledger)
    views.item_status(ledger, "pantau", "no-1")
    (batch,) = claim(ledger, 1, MAX_BATCH, _HOLD)
    record(ledger, [finished(one) for one in batch.items])
    due(ledger, "s", 10, 0)
    forget_answers(ledger)
    tables = "items", "publications", "deliveries", "answers"
    scans = [plan for plan in plans if plan in {f"SCAN {table}" for table in tables}]
    assert plans
    assert scans == []
    assert "SEARCH items USING COVERING INDEX items_state (state=?)" in plans
