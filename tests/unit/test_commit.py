"""Group commit on a real SQLite ledger: who shares a transaction, and who gets which answer."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from tests.items import entry
from workers.entry import Entry
from workers.intake.commit import MAX_ENTRIES, GroupCommit
from workers.ledger import Ledger, LedgerAway, open_ledger, views
from workers.ledger.accept import Receipt
from workers.ledger.pushes import Answer, Key, KeyReused, Push


@dataclass
class Groups:
    """A ledger, and which pushes shared which transaction."""

    ledger: Ledger
    seen: list[list[str]] = field(default_factory=list)
    running: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def push(self, name: str, entries: Sequence[Entry], key: Key | None = None) -> Push:
        def answer(receipts: list[Receipt]) -> Answer:
            self.seen[-1].append(name)
            return Answer(202, f"{name}: {[one.ref for one in receipts]}".encode())

        return Push(entries, answer, key)

    def held(self) -> Push:
        """A push whose transaction goes on until `go` is set."""

        def answer(_receipts: list[Receipt]) -> Answer:
            self.running.set()
            assert self.go.wait(30)
            return Answer(202, b"held")

        return Push([entry(0, "held")], answer)

    async def asleep(self, *waiters: Coroutine[Any, Any, Answer]) -> list[asyncio.Task[Answer]]:
        """Tasks that wait behind a transaction that runs; the first of them is in it."""
        first, *others = waiters
        tasks = [asyncio.create_task(first)]
        assert await asyncio.to_thread(self.running.wait, 30)
        tasks += [asyncio.create_task(waiter) for waiter in others]
        await asyncio.sleep(0)
        return tasks


@pytest.fixture
def groups(tmp_path: Path) -> Iterator[Groups]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    ledger.migrate()
    groups = Groups(ledger)
    event.listen(ledger.engine, "begin", lambda _connection: groups.seen.append([]))
    yield groups
    ledger.engine.dispose()


def poison(_receipts: list[Receipt]) -> Answer:
    raise ZeroDivisionError


def numbers(source: str, start: int, count: int) -> list[Entry]:
    return [entry(number, source) for number in range(start, start + count)]


def test_a_push_is_answered_from_the_ledger(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        answer = await commits.commit("a", groups.push("one", numbers("a", 0, 2)))
        assert answer.body == b"one: ['a/no-0', 'a/no-1']"
        assert views.counts(groups.ledger)["ready"] == 2
        commits.close()

    asyncio.run(scenario())


def test_those_that_wait_together_share_a_transaction_in_turn(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        tasks = await groups.asleep(
            commits.commit("flood", groups.held()),
            *(
                commits.commit("flood", groups.push(f"f{n}", numbers("flood", n * 20, 20)))
                for n in range(6)
            ),
            commits.commit("quiet", groups.push("q", numbers("quiet", 0, 20))),
        )
        groups.go.set()
        answers = await asyncio.gather(*tasks)
        assert groups.seen == [[], ["q", "f0", "f1", "f2", "f3"], ["f4", "f5"]]
        assert answers[-1].body.startswith(b"q: ['quiet/no-0'")
        for n in range(6):
            assert answers[n + 1].body.startswith(f"f{n}: ['flood/no-{n * 20}'".encode())
        commits.close()

    asyncio.run(scenario())


def test_a_large_push_comes_in_parts_and_those_of_others_in_between(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        large = numbers("large", 0, 3 * MAX_ENTRIES - 1)
        tasks = await groups.asleep(
            commits.commit("x", groups.held()),
            commits.commit("small", groups.push("s0", numbers("small", 0, 1))),
            commits.commit("large", groups.push("large", large)),
            *(
                commits.commit("small", groups.push(f"s{n}", numbers("small", n, 1)))
                for n in range(1, 4)
            ),
        )
        groups.go.set()
        _, _, answer, *_ = await asyncio.gather(*tasks)
        # Behind the held one: s0, then a part of the large one alone, and so on in turn.
        assert groups.seen == [[], ["s0"], [], ["s1", "s2", "s3"], [], ["large"]]
        assert answer.body == f"large: {[one.content.ref for one in large]}".encode()
        commits.close()

    asyncio.run(scenario())


def test_a_large_push_that_comes_again_is_answered_as_the_first_time(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        large = groups.push("large", numbers("large", 0, 250), Key(b"k" * 32, b"r" * 32))
        first = await commits.commit("large", large)
        again = await commits.commit("large", large)
        assert (again.body, again.replayed) == (first.body, True)
        other = groups.push("other", numbers("other", 0, 250), Key(b"k" * 32, b"s" * 32))
        with pytest.raises(KeyReused):
            await commits.commit("large", other)
        assert views.counts(groups.ledger)["ready"] == 250
        commits.close()

    asyncio.run(scenario())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, MAX_ENTRIES * 2)), max_size=30))
def test_groups_lose_nothing_keep_order_and_have_room(sent: list[tuple[str, int]]) -> None:
    loop = asyncio.new_event_loop()
    commits = GroupCommit(open_ledger("sqlite://"))
    some = entry(0)
    for number, (caller, size) in enumerate(sent):
        key = Key(caller.encode(), number.to_bytes(2))
        push = Push([some] * size, poison, key)
        commits._waiting.put(caller, (push, loop.create_future()))
    out: list[tuple[str, int]] = []
    order: list[bytes] = []
    while commits._waiting:
        pushes = [push for push, _ in commits._next_group()]
        assert len(pushes) == 1 or sum(len(one.entries) for one in pushes) <= MAX_ENTRIES
        keys = [push.key for push in pushes if push.key is not None]
        out += [
            (key.hash.decode(), len(push.entries)) for key, push in zip(keys, pushes, strict=True)
        ]
        order += [key.request for key in keys]
    loop.close()
    assert sorted(order) == [number.to_bytes(2) for number in range(len(sent))]
    for one in "abc":
        assert [pair for pair in out if pair[0] == one] == [pair for pair in sent if pair[0] == one]


@pytest.mark.parametrize("place", range(5))
def test_a_poison_push_takes_no_other_with_it(groups: Groups, place: int) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        pushes = [groups.push(f"p{n}", [entry(n, "good")]) for n in range(5)]
        pushes[place] = Push([entry(place, "bad")], poison)
        tasks = await groups.asleep(
            commits.commit("x", groups.held()),
            *(commits.commit(f"caller {n}", push) for n, push in enumerate(pushes)),
        )
        groups.go.set()
        results = (await asyncio.gather(*tasks, return_exceptions=True))[1:]
        for n, result in enumerate(results):
            if n == place:
                assert isinstance(result, ZeroDivisionError)
            else:
                assert isinstance(result, Answer)
                assert result.body == f"p{n}: ['good/no-{n}']".encode()
        assert views.backlog(groups.ledger).waiting == {"held": 1, "good": 4}
        assert await commits.commit("later", groups.push("later", [entry(9)]))
        commits.close()

    asyncio.run(scenario())


def test_a_reused_key_is_told_to_its_own_caller_only(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        tasks = await groups.asleep(
            commits.commit("x", groups.held()),
            commits.commit("a", groups.push("first", [entry(1)], Key(b"k" * 32, b"1" * 32))),
            commits.commit("b", groups.push("other", [entry(2)])),
            commits.commit("a", groups.push("again", [entry(3)], Key(b"k" * 32, b"2" * 32))),
        )
        groups.go.set()
        _, first, other, again = await asyncio.gather(*tasks, return_exceptions=True)
        assert groups.seen == [[], ["first", "other"]]
        assert isinstance(first, Answer)
        assert isinstance(other, Answer)
        assert isinstance(again, KeyReused)
        commits.close()

    asyncio.run(scenario())


def test_a_ledger_that_is_away_is_told_to_all_after_one_try(tmp_path: Path) -> None:
    async def scenario() -> None:
        ledger = open_ledger(f"sqlite:///{tmp_path / 'no folder' / 'ledger.sqlite3'}")
        tries: list[None] = []
        event.listen(ledger.engine, "do_connect", lambda *_: tries.append(None))
        commits = GroupCommit(ledger)
        groups = Groups(ledger)
        results = await asyncio.gather(
            *(commits.commit("a", groups.push("p", [entry(number)])) for number in range(9)),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [LedgerAway] * 9
        assert len(tries) == 1
        commits.close()

    asyncio.run(scenario())


def test_who_stops_waiting_changes_no_other_answer(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        running, gone, stays = await groups.asleep(
            commits.commit("a", groups.held()),
            commits.commit("a", groups.push("gone", [entry(1)])),
            commits.commit("b", groups.push("stays", [entry(2)])),
        )
        running.cancel()
        gone.cancel()
        await asyncio.sleep(0)
        groups.go.set()
        assert (await stays).body == b"stays: ['pantau/no-2']"
        assert (await commits.commit("a", groups.push("next", [entry(3)]))).status == 202
        commits.close()

    asyncio.run(scenario())


def test_close_waits_for_the_transaction_and_cancels_the_others(groups: Groups) -> None:
    async def scenario() -> None:
        commits = GroupCommit(groups.ledger)
        running, waiting = await groups.asleep(
            commits.commit("a", groups.held()),
            commits.commit("a", groups.push("waiting", [entry(1)])),
        )
        threading.Timer(0.05, groups.go.set).start()  # `close` keeps this thread until then
        commits.close()
        assert groups.go.is_set()
        assert (await running).body == b"held"
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert views.backlog(groups.ledger).waiting == {"held": 1}
        with pytest.raises(RuntimeError, match="closed"):
            await commits.commit("a", groups.push("late", [entry(2)]))

    asyncio.run(scenario())
