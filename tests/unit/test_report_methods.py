"""The methods of reports: shares with intervals, waits of what still waits, days in WIB."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.days import WIB, day_of, days_between, start_of, yesterday_at_six
from tasks.proportion import Proportion
from tasks.survival import waiting_quantile

TIMES = st.integers(min_value=0, max_value=4_000_000_000_000)
WAITS = st.lists(st.integers(min_value=0, max_value=1000), max_size=40)
# Weeks in remission under 6-MP and under placebo: the example of Freireich et al. (1963) that
# textbooks of survival analysis use, with medians of 23 and 8 weeks.
TREATED_ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
TREATED_GOING_ON = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_median_wait_is_that_of_the_textbook() -> None:
    assert waiting_quantile(TREATED_ENDED, TREATED_GOING_ON, 0.5) == 23
    assert waiting_quantile(TREATED_ENDED, TREATED_GOING_ON, 0.9) is None
    assert waiting_quantile(PLACEBO, [], 0.5) == 8


@given(WAITS.filter(bool), st.sampled_from([0.5, 0.9]))
def test_where_nothing_waits_the_quantile_is_the_plain_one(ended: list[int], share: float) -> None:
    found = waiting_quantile(ended, [], share)
    assert found is not None
    assert sum(one <= found for one in ended) >= share * len(ended) - 1e-9
    assert sum(one < found for one in ended) < share * len(ended)


@given(WAITS, WAITS)
def test_what_still_waits_never_makes_the_wait_look_shorter(
    ended: list[int], waiting: list[int]
) -> None:
    plain = waiting_quantile(ended, [], 0.5)
    honest = waiting_quantile(ended, waiting, 0.5)
    assert honest is None or (plain is not None and honest >= plain)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(
    count: int, of: int, low: float, high: float
) -> None:
    assert Proportion(count, of).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_lies_in_its_interval(count: int, others: int) -> None:
    one = Proportion(count, count + others)
    if one.share is None or one.interval is None:
        assert one.of == 0
        return
    low, high = one.interval
    assert 0 <= low <= one.share <= high <= 1


@pytest.mark.parametrize(("count", "of"), [(2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Proportion(count, of)


@given(TIMES)
def test_a_time_lies_on_its_day_in_wib(ms: int) -> None:
    exact = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    assert day_of(ms) == exact.astimezone(WIB).date()
    assert start_of(day_of(ms)) <= ms < start_of(day_of(ms) + timedelta(days=1))


@given(TIMES, st.integers(1, 40 * 86_400_000))
def test_a_period_touches_each_of_its_days_once(since: int, length: int) -> None:
    days = days_between(since, since + length)
    assert days[0] == day_of(since)
    assert days[-1] == day_of(since + length - 1)
    assert all(later - day == timedelta(days=1) for day, later in pairwise(days))


def test_midnight_in_wib_is_another_day() -> None:
    midnight = int(datetime(2026, 11, 22, 17, tzinfo=UTC).timestamp() * 1000)
    assert [day_of(midnight - 1).day, day_of(midnight).day] == [22, 23]
    assert days_between(midnight, midnight) == ()


@given(TIMES.filter(lambda ms: ms > 86_400_000))
def test_a_digest_begins_yesterday_at_six(now: int) -> None:
    begins = datetime.fromtimestamp(yesterday_at_six(now) / 1000, WIB)
    assert (begins.hour, begins.minute) == (6, 0)
    assert day_of(now) - begins.date() == timedelta(days=1)
