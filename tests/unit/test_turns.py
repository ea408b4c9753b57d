"""Taking turns: the law of the queues, and jobs of many callers on one thread."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.intake.turns import Queues, Turns

_STEPS = st.lists(st.sampled_from("abcd") | st.none(), max_size=60)
"""A name: something of that name begins to wait. None: something is taken."""


@given(_STEPS)
def test_nothing_is_lost_and_each_name_keeps_its_order(steps: list[str | None]) -> None:
    queues: Queues[tuple[str, int]] = Queues()
    put, taken = [], []
    for number, name in enumerate(steps):
        if name is not None:
            queues.put(name, (name, number))
            put.append((name, number))
        elif queues:
            taken.append(queues.take())
    while queues:
        seen = queues.peek()
        taken.append(queues.take())
        assert taken[-1] == seen
    assert sorted(taken) == sorted(put)
    for one in "abcd":
        assert [pair for pair in taken if pair[0] == one] == [
            pair for pair in put if pair[0] == one
        ]


@given(_STEPS)
def test_while_a_name_waits_each_other_is_served_once_at_most(steps: list[str | None]) -> None:
    queues: Queues[str] = Queues()
    waiting: dict[str, int] = defaultdict(int)
    served_since: dict[str, list[str]] = {}
    for name in [*steps, *[None] * len(steps)]:
        if name is not None:
            queues.put(name, name)
            waiting[name] += 1
            served_since.setdefault(name, [])
        elif queues:
            served = queues.take()
            waiting[served] -= 1
            served_since.pop(served)
            for others in served_since.values():
                others.append(served)
                assert len(others) == len(set(others))
            if waiting[served]:
                served_since[served] = []


class Held:
    """A job that runs until it is let go, and a record of the jobs that ran after it."""

    def __init__(self) -> None:
        self.running, self.go = threading.Event(), threading.Event()
        self.ran: list[str] = []

    def hold(self) -> str:
        self.running.set()
        assert self.go.wait(30)
        return "held"

    def job(self, name: str) -> Callable[[], str]:
        def run() -> str:
            self.ran.append(name)
            return name

        return run


async def _asleep(*waiters: Coroutine[Any, Any, str]) -> list[asyncio.Task[str]]:
    """Tasks that have begun to wait."""
    tasks = [asyncio.create_task(waiter) for waiter in waiters]
    await asyncio.sleep(0)
    return tasks


def test_a_flood_delays_a_quiet_caller_by_the_job_that_runs() -> None:
    async def scenario() -> None:
        turns, held = Turns(), Held()
        flood = await _asleep(
            turns.run("flood", held.hold),
            *(turns.run("flood", held.job(f"flood {number}")) for number in range(1000)),
        )
        quiet = await _asleep(turns.run("quiet", held.job("quiet")))
        other = await _asleep(turns.run("other", held.job("other")))
        held.go.set()
        await asyncio.gather(*flood, *quiet, *other)
        assert held.ran[:3] == ["quiet", "other", "flood 0"]
        assert held.ran[3:] == [f"flood {number}" for number in range(1, 1000)]
        turns.close()

    asyncio.run(scenario())


def test_a_caller_that_comes_again_and_again_has_every_second_turn() -> None:
    async def slices(turns: Turns, held: Held) -> None:
        for number in range(5):
            await turns.run("quiet", held.job(f"quiet {number}"))

    async def scenario() -> None:
        turns, held = Turns(), Held()
        flood = await _asleep(
            turns.run("flood", held.hold),
            *(turns.run("flood", held.job("flood")) for _ in range(100)),
        )
        quiet = asyncio.create_task(slices(turns, held))
        await asyncio.sleep(0)
        held.go.set()
        await asyncio.gather(*flood, quiet)
        places = [place for place, name in enumerate(held.ran) if name != "flood"]
        # It asks again only after it has its answer: by then the next of the flood has begun.
        assert places[0] == 0
        assert all(later - earlier <= 3 for earlier, later in pairwise(places))
        turns.close()

    asyncio.run(scenario())


def test_each_gets_its_own_result_or_error() -> None:
    async def scenario() -> None:
        turns = Turns()
        results = await asyncio.gather(
            turns.run("a", lambda: 1),
            turns.run("a", lambda: 1 // 0),
            turns.run("b", lambda: ValueError("returned, not raised")),
            return_exceptions=True,
        )
        assert results[0] == 1
        assert isinstance(results[1], ZeroDivisionError)
        assert isinstance(results[2], ValueError)
        turns.close()

    asyncio.run(scenario())


def test_a_job_that_raises_stopiteration_hangs_nobody() -> None:
    async def scenario() -> None:
        turns = Turns()
        with pytest.raises(RuntimeError, match="StopIteration"):
            await turns.run("a", lambda: next(iter(())))
        assert await turns.run("a", lambda: "next") == "next"
        turns.close()

    asyncio.run(scenario())


def test_a_job_nobody_waits_for_does_not_begin() -> None:
    async def scenario() -> None:
        turns, held = Turns(), Held()
        running, gone, stays = await _asleep(
            turns.run("a", held.hold),
            turns.run("a", held.job("gone")),
            turns.run("a", held.job("stays")),
        )
        assert await asyncio.to_thread(held.running.wait, 30)
        gone.cancel()
        running.cancel()  # it has begun: it runs on, and its result is nobody's
        await asyncio.sleep(0)
        held.go.set()
        assert await stays == "stays"
        assert held.ran == ["stays"]
        assert gone.cancelled()
        assert running.cancelled()
        turns.close()

    asyncio.run(scenario())


def test_close_waits_for_the_running_job_and_cancels_the_others() -> None:
    async def scenario() -> None:
        turns, held = Turns(), Held()
        running, waiting = await _asleep(
            turns.run("a", held.hold), turns.run("a", held.job("waiting"))
        )
        assert await asyncio.to_thread(held.running.wait, 30)
        threading.Timer(0.05, held.go.set).start()  # `close` keeps this thread until then
        turns.close()
        assert held.go.is_set()
        assert await running == "held"
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert held.ran == []
        with pytest.raises(RuntimeError, match="closed"):
            await turns.run("a", held.job("late"))

    asyncio.run(scenario())
