"""Growth faster than a narrative's own past: what the method promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from tasks.growth import FALSE_ALARMS, FEWEST, _at_least, growth
from training.growth import KINDS, measure_growth

PASTS = st.lists(st.integers(0, 200), max_size=200)
COUNTS = st.integers(0, 3000)


@given(
    st.integers(0, 400),
    st.floats(0.05, 500, allow_nan=False),
    st.floats(0.05, 500, allow_nan=False),
)
def test_the_tail_is_that_of_the_negative_binomial(count: int, size: float, mean: float) -> None:
    expected = nbinom.sf(count - 1, size, size / (size + mean))
    assert _at_least(count, size, mean) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(PASTS, COUNTS, COUNTS, st.integers(1, 50))
def test_more_items_are_never_less_surprising(
    past: list[int], rest: int, n: int, more: int
) -> None:
    others = [rest] * len(past)
    fewer, many = growth(past, n, others, rest), growth(past, n + more, others, rest)
    assert 0 <= many.chance <= fewer.chance + 1e-9 <= 1 + 1e-9
    assert many.expected == fewer.expected > 0


@given(PASTS, COUNTS, COUNTS, COUNTS)
def test_a_busier_stream_never_lets_expect_less(
    past: list[int], n: int, rest: int, on: int
) -> None:
    others = [50] * len(past)
    quiet, busy = growth(past, n, others, rest), growth(past, n, others, rest + on)
    assert busy.expected >= quiet.expected


@given(PASTS, st.integers(0, FEWEST - 1), COUNTS)
def test_few_items_are_never_an_alarm(past: list[int], n: int, rest: int) -> None:
    assert not growth(past, n, [rest] * len(past), rest).alarms


def test_growth_beside_a_steady_stream_is_an_alarm() -> None:
    assert growth([10] * 48, 60, [500] * 48, 500).alarms


def test_growth_in_step_with_the_whole_stream_is_none() -> None:
    assert not growth([10] * 48, 60, [500] * 48, 3000).alarms


def test_a_stream_that_loses_its_other_sources_is_no_growth() -> None:
    assert not growth([10] * 48, 12, [500] * 48, 0).alarms
    assert growth([10] * 48, 12, [500] * 48, 0).expected == pytest.approx(10, rel=0.05)


def test_the_past_fades() -> None:
    long_ago, lately = [50] * 24 + [0] * 96, [0] * 96 + [50] * 24
    at_first = growth(long_ago, 20, [500] * 120, 500).expected
    assert at_first < growth(lately, 20, [500] * 120, 500).expected / 5


def test_a_narrative_of_bursts_must_grow_more_than_a_steady_one() -> None:
    steady, bursts = [10] * 96, [0, 0, 0, 40] * 24
    rest = [500] * 96
    assert growth(steady, 50, rest, 500).alarms
    assert not growth(bursts, 50, rest, 500).alarms


def test_a_new_narrative_is_judged_as_if_one_item_had_come_an_hour_before() -> None:
    first = growth([], 40, [], 500)
    assert first.expected == 1.0
    assert not growth([], 15, [], 500).alarms
    assert growth([], 100, [], 500).alarms


def test_pasts_of_other_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="past_rest"):
        growth([1, 2], 3, [1], 1)


def test_no_kind_of_steady_narrative_alarms_much_more_than_stated() -> None:
    figures = {
        one.source: one
        for one in measure_growth(narratives=250, planted=20)
        if "alarms" in one.name
    }
    assert set(figures) == {kind.name for kind in KINDS}
    for one in figures.values():  # 500 days each: the low end of the interval is what can be said
        assert one.low <= 2 * 1000 * FALSE_ALARMS, one


def test_large_planted_growth_is_mostly_seen_within_two_hours() -> None:
    (seen,) = (
        one.value
        for one in measure_growth(narratives=10, planted=60)
        if (one.source, one.name) == ("40/h x10", "seen within 2 h")
    )
    assert seen > 0.9
