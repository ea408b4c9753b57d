"""When callers are refused: a table of loads, and the laws that hold for all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.intake.pressure import Limits, Load, Refusal, refuse

LIMITS = Limits(backlog=1000, age_seconds=100.0, broker_memory=0.8)
LOADS = st.builds(
    Load,
    waiting=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 1500)),
    oldest_seconds=st.none() | st.floats(0, 300),
    broker_memory=st.none() | st.floats(0, 1.1),
)
ALL_LIMITS = st.builds(
    Limits,
    backlog=st.integers(1, 3000),
    age_seconds=st.floats(0.1, 300),
    broker_memory=st.floats(0.01, 1),
)
CALLERS = st.frozensets(st.sampled_from("abcdefg"), min_size=1)
"""The item sources that are the caller's."""


def asked(load: Load, caller: frozenset[str] | str, limits: Limits = LIMITS) -> Refusal | None:
    return refuse(load, limits, caller.__contains__)


def total(load: Load) -> int:
    return sum(load.waiting.values())


def own(load: Load, caller: frozenset[str]) -> int:
    return sum(load.waiting.get(source, 0) for source in caller)


def over_hard_limit(load: Load, limits: Limits) -> bool:
    return total(load) >= 2 * limits.backlog or (
        load.broker_memory is not None
        and load.broker_memory >= (limits.broker_memory + 1) / 2 + 1e-9
    )


def under_all_limits(load: Load, limits: Limits) -> bool:
    return (
        total(load) < limits.backlog
        and (load.oldest_seconds is None or load.oldest_seconds < limits.age_seconds)
        and (load.broker_memory is None or load.broker_memory < limits.broker_memory)
    )


@pytest.mark.parametrize(
    ("waiting", "oldest", "memory", "retry_a", "retry_b"),
    [
        # a is the flood, b the quiet source; None: it may pass.
        ({}, None, None, None, None),
        ({"a": 999}, 99.9, 0.79, None, None),
        ({"a": 1000}, None, None, 1, None),  # alone, and at the limit
        ({"a": 1, "b": 999}, None, None, None, 1),
        ({"a": 1000, "b": 1}, None, None, 2, None),
        ({"a": 1500, "b": 1}, None, None, 31, None),
        ({"a": 1998, "b": 1}, None, None, 60, None),
        ({"a": 1999, "b": 1}, None, None, 60, 60),  # at twice the backlog: everybody
        ({"a": 1_000_000}, None, None, 60, 60),
        ({"a": 500, "b": 500}, None, None, 1, 1),  # as much as the other: both are the flood
        ({"a": 600, "b": 300, "c": 300}, None, None, 13, None),
        ({"a": 1200, "b": 0}, None, None, 13, None),
        ({"a": 900, "b": 500, "c": 0}, None, None, 25, None),  # c does not lower the average
        ({"a": 2}, 150.0, None, 31, None),  # the workers are slow or away
        ({"a": 2}, 200.0, None, 60, None),  # one that waits for ever closes no door
        ({"a": 2}, None, 0.8, 1, None),
        ({"a": 2}, None, 0.85, 31, None),
        ({"a": 2}, None, 0.91, 60, 60),
        ({}, None, 0.85, None, None),  # nobody is the flood
        ({}, None, 0.91, 60, 60),
        ({"a": 2}, 150.0, 0.91, 60, 60),  # the worst of the three decides
    ],
)
def test_table(
    waiting: dict[str, int],
    oldest: float | None,
    memory: float | None,
    retry_a: int | None,
    retry_b: int | None,
) -> None:
    load = Load(waiting, oldest, memory)
    for caller, retry in (("a", retry_a), ("b", retry_b)):
        refusal = asked(load, caller)
        assert (None if refusal is None else refusal.retry_after) == retry


def test_a_caller_with_several_sources_has_their_sum() -> None:
    load = Load({"a": 300, "b": 300, "c": 500}, None, None)
    assert asked(load, "a") is None
    assert asked(load, "ab") is not None


def test_a_limit_of_all_the_memory_is_only_reached_when_it_is_full() -> None:
    limits = replace(LIMITS, broker_memory=1.0)
    assert asked(Load({"a": 1}, None, 0.999), "a", limits) is None
    assert asked(Load({"a": 1}, None, 1.0), "b", limits) is not None


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Load({"a": 1200, "b": 1}, 120.0, 0.81), "1201 items wait (limit 1000)"),
        (Load({"a": 1}, 150.0, 0.81), "the oldest item has waited 150 s (limit 100 s)"),
        (Load({"a": 1}, 101.0, 0.85), "the broker's memory is 85% full (limit 80%)"),
    ],
)
def test_the_worst_is_named_for_people(load: Load, words: str) -> None:
    refusal = asked(load, "a")
    assert refusal is not None
    assert words in refusal.detail


@given(LOADS, ALL_LIMITS, CALLERS)
def test_under_all_limits_nobody_is_refused(
    load: Load, limits: Limits, caller: frozenset[str]
) -> None:
    if under_all_limits(load, limits):
        assert asked(load, caller, limits) is None


@given(LOADS, ALL_LIMITS, CALLERS)
def test_over_a_hard_limit_everybody_is_refused(
    load: Load, limits: Limits, caller: frozenset[str]
) -> None:
    if over_hard_limit(load, limits):
        assert asked(load, caller, limits) is not None


@given(LOADS, ALL_LIMITS, CALLERS)
def test_at_a_limit_the_largest_source_never_passes(
    load: Load, limits: Limits, caller: frozenset[str]
) -> None:
    if not under_all_limits(load, limits) and total(load) > 0:
        largest = max(load.waiting, key=load.waiting.__getitem__)
        assert asked(load, caller | {largest}, limits) is not None


@given(LOADS, ALL_LIMITS, st.integers(1, 20), st.floats(0, 300), st.floats(0, 1), CALLERS)
def test_more_load_refuses_no_fewer_and_for_no_less_time(
    load: Load, limits: Limits, times: int, older: float, fuller: float, caller: frozenset[str]
) -> None:
    more = Load(
        {source: number * times for source, number in load.waiting.items()},
        older if load.oldest_seconds is None else load.oldest_seconds + older,
        fuller if load.broker_memory is None else load.broker_memory + fuller,
    )
    before, after = asked(load, caller, limits), asked(more, caller, limits)
    if before is not None:
        assert after is not None
        assert 1 <= before.retry_after <= after.retry_after <= 60


@given(LOADS, ALL_LIMITS, st.integers(0, 3000), CALLERS)
def test_to_have_more_waiting_oneself_never_helps(
    load: Load, limits: Limits, added: int, caller: frozenset[str]
) -> None:
    mine = min(caller)
    more = replace(load, waiting={**load.waiting, mine: load.waiting.get(mine, 0) + added})
    if asked(load, caller, limits) is not None:
        assert asked(more, caller, limits) is not None


@given(st.integers(1, 10**6), ALL_LIMITS, st.none() | st.floats(0, 300), st.floats(0, 1))
def test_the_quiet_one_of_a_thousand_to_one_passes_until_the_hard_limit(
    quiet: int, limits: Limits, oldest: float | None, memory: float
) -> None:
    load = Load({"flood": quiet * 1000, "quiet": quiet}, oldest, memory)
    refused = [asked(load, frozenset([name]), limits) for name in ("flood", "quiet")]
    if over_hard_limit(load, limits):
        assert None not in refused
    elif not under_all_limits(load, limits):
        assert refused[0] is not None
    if memory < limits.broker_memory and not over_hard_limit(load, limits):
        assert refused[1] is None


@given(LOADS, CALLERS)
def test_who_has_nothing_waiting_passes_until_the_hard_limit(
    load: Load, caller: frozenset[str]
) -> None:
    if own(load, caller) == 0 and not over_hard_limit(replace(load, broker_memory=None), LIMITS):
        assert asked(replace(load, broker_memory=0.89), caller) is None
