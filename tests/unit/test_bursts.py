"""Times of a narrative: by the hour, and whether they are pressed together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.bursts import HOUR_MS, WINDOW_MS, burst, hourly

DAY = 24 * HOUR_MS
TIMES = st.lists(st.integers(0, DAY), max_size=40)


@pytest.mark.parametrize("times", [[], [0, 1, 2, DAY], [5] * 9, [0, 1, 2, 3, WINDOW_MS]])
def test_of_few_or_within_one_window_nothing_is_said(times: list[int]) -> None:
    assert burst(times) is None


def test_five_times_over_more_than_a_window_are_enough() -> None:
    assert burst([0, 1, 2, 3, WINDOW_MS + 1]) is not None


def test_the_densest_ten_minutes_are_counted_to_their_ends() -> None:
    found = burst([0, DAY, DAY // 2, DAY // 2 + 1, DAY // 2 + WINDOW_MS, DAY // 2 + WINDOW_MS + 1])

    assert found is not None
    assert found.share == 3 / 6  # the first of them and the last are just too far apart


def test_pressed_together_is_far_from_chance_and_evenly_spread_is_not() -> None:
    pressed = burst([0, DAY, *(DAY // 3 + 1000 * n for n in range(48))])
    even = burst([n * DAY // 50 for n in range(50)])

    assert pressed is not None
    assert even is not None
    assert pressed.share == 48 / 50
    assert pressed.compression > 8
    assert even.compression < 1


@given(TIMES, st.randoms(use_true_random=False), st.integers(0, 10**12))
def test_neither_order_nor_the_hour_of_the_day_matters(
    times: list[int], random: object, later: int
) -> None:
    turned = [time + later for time in times]
    getattr(random, "shuffle")(turned)  # noqa: B009 - hypothesis does not say what it gives

    assert burst(times) == burst(turned)


@given(TIMES)
def test_shares_are_shares(times: list[int]) -> None:
    found = burst(times)

    if found is not None:
        assert 1 / len(times) <= found.share <= 1
        assert 0 < found.by_chance <= 1


def test_hours_are_counted_backwards_from_now() -> None:
    now = 100 * HOUR_MS
    times = [now, now - 1, now - HOUR_MS + 1, now - HOUR_MS, now - 3 * HOUR_MS + 1]

    # an hour ago to the millisecond is the hour before
    assert hourly(times, now, 4) == (0, 1, 1, 3)


def test_what_is_older_or_still_to_come_is_in_no_hour() -> None:
    now = 100 * HOUR_MS

    assert hourly([now + 1, now - 4 * HOUR_MS], now, 4) == (0, 0, 0, 0)
    assert hourly([], now, 3) == (0, 0, 0)


@given(TIMES)
def test_every_time_of_the_span_is_in_one_hour(times: list[int]) -> None:
    assert sum(hourly(times, DAY, 25)) == len(times)
