"""How fast a source may send: laws of the bucket, for any sequence of requests."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.intake.rates import Rates
from workers.sources import Source

START = 1_000.0
SLACK = 1e-6  # of floating-point times
RATE = st.floats(0.01, 10_000)
BURST = st.integers(1, 10_000)
# Seconds to wait first, items of the request.
REQUESTS = st.lists(
    st.tuples(st.just(0.0) | st.floats(0, 100), st.integers(0, 5_000)), min_size=1, max_size=60
)


def source(rate: float = 10.0, burst: int = 100, name: str = "a") -> Source:
    return Source(name=name, items_per_second=rate, burst=burst)


@dataclass
class Sent:
    """What got through: (time, items)."""

    taken: list[tuple[float, int]] = field(default_factory=list)

    def most_above_rate(self, rate: float) -> float:
        """Items in any window, less what the rate gives for it, at the worst."""
        worst, low, total = 0.0, math.inf, 0
        for at, items in self.taken:
            low = min(low, total - rate * at)
            total += items
            worst = max(worst, total - rate * at - low)
        return worst


def test_at_first_there_is_the_burst() -> None:
    rates, one = Rates(), source(rate=10, burst=100)
    assert rates.check(one, START) is None
    rates.charge(one, 99, START)
    assert rates.check(one, START) is None
    rates.charge(one, 1, START)
    assert rates.check(one, START) == 1
    assert rates.check(one, START + 0.5) is None


def test_a_request_larger_than_the_bucket_is_taken_whole_and_paid_afterwards() -> None:
    rates, one = Rates(), source(rate=10, burst=100)
    rates.charge(one, 200, START)
    assert rates.check(one, START) == 11
    assert rates.check(one, START + 9.95) == 1
    assert rates.check(one, START + 10.15) is None


def test_requests_that_were_let_in_together_are_all_paid_for() -> None:
    rates, one = Rates(), source(rate=10, burst=100)
    assert [rates.check(one, START) for _ in range(3)] == [None] * 3
    for _ in range(3):
        rates.charge(one, 100, START)
    assert rates.check(one, START) == 21
    assert rates.check(one, START + 20.15) is None


def test_a_full_bucket_holds_no_more_than_the_burst() -> None:
    rates, one = Rates(), source(rate=10, burst=100)
    rates.charge(one, 50, START)
    later = START + 1e6
    assert rates.check(one, later) is None
    rates.charge(one, 100, later)
    assert rates.check(one, later) == 1


def test_each_source_has_a_bucket_of_its_own() -> None:
    rates = Rates()
    rates.charge(source(name="a"), 5_000, START)
    assert rates.check(source(name="a"), START) is not None
    assert rates.check(source(name="b"), START) is None


def test_a_new_rate_takes_effect_at_once() -> None:
    rates = Rates()
    rates.charge(source(rate=1, burst=100), 200, START)
    assert rates.check(source(rate=1, burst=100), START) == 101
    assert rates.check(source(rate=50, burst=100), START) == 3
    assert rates.check(source(rate=50, burst=100), START + 2.1) is None


def test_a_smaller_burst_takes_effect_at_once() -> None:
    rates = Rates()
    rates.charge(source(rate=1, burst=1_000), 1, START)
    small = source(rate=1, burst=10)
    rates.charge(small, 10, START)
    assert rates.check(small, START) == 1


@pytest.mark.parametrize("rate", [1e-9, 1e-300, 5e-324])
def test_a_wait_is_a_day_at_most(rate: float) -> None:
    rates, one = Rates(), source(rate=rate, burst=1)
    rates.charge(one, 1_000, START)
    assert rates.check(one, START) == 24 * 3600


def test_buckets_of_sources_that_are_gone_do_not_pile_up() -> None:
    rates = Rates()
    for number in range(1_000):
        rates.charge(source(rate=10, burst=100, name=f"s{number}"), 10, START + number)
    assert len(rates._buckets) < 5


def test_a_bucket_that_is_not_full_is_never_forgotten() -> None:
    rates, slow = Rates(), source(rate=0.01, burst=100, name="slow")
    rates.charge(slow, 90, START)
    for number in range(100):
        rates.charge(source(name=f"s{number}"), 1, START + number)
    rates.charge(slow, 20, START + 100)
    assert rates.check(slow, START + 100) is not None


@settings(deadline=None)  # a shared core may stall
@given(RATE, BURST, REQUESTS)
def test_in_any_window_no_more_than_burst_and_rate_and_one_request(
    rate: float, burst: int, requests: list[tuple[float, int]]
) -> None:
    rates, one, now, sent = Rates(), source(rate, burst), START, Sent()
    for wait, items in requests:
        now += wait
        if rates.check(one, now) is None:
            rates.charge(one, items, now)
            sent.taken.append((now, items))
    largest = max((items for _, items in sent.taken), default=0)
    assert sent.most_above_rate(rate) <= burst + largest + SLACK * rate


@settings(deadline=None)  # a shared core may stall
@given(RATE, BURST, REQUESTS, st.integers(2, 10))
def test_nor_more_than_the_requests_that_were_let_in_together(
    rate: float, burst: int, requests: list[tuple[float, int]], together: int
) -> None:
    rates, one, now, sent = Rates(), source(rate, burst), START, Sent()
    for wait, items in requests:
        now += wait
        let_in = [rates.check(one, now) for _ in range(together)].count(None)
        for _ in range(let_in):
            rates.charge(one, items, now)
            sent.taken.append((now, items))
    largest = max((items for _, items in sent.taken), default=0)
    assert sent.most_above_rate(rate) <= burst + together * largest + SLACK * rate


@settings(deadline=None)  # a shared core may stall
@given(RATE, BURST, REQUESTS)
def test_after_retry_after_it_may_send_and_a_whole_second_earlier_not_yet(
    rate: float, burst: int, requests: list[tuple[float, int]]
) -> None:
    rates, one, now = Rates(), source(rate, burst), START
    for wait, items in requests:
        now += wait
        again = rates.check(one, now)
        if again is not None:
            assert again >= 1
            if again < 24 * 3600:  # at most that is said, however long it takes
                assert rates.check(one, now + again + SLACK) is None
            assert again == 1 or rates.check(one, now + again - 1 - SLACK) is not None
        rates.charge(one, items, now)


@settings(deadline=None)  # a shared core may stall
@given(RATE, BURST, st.integers(1, 50))
def test_who_keeps_to_the_rate_is_never_refused(rate: float, burst: int, requests: int) -> None:
    rates, one, now = Rates(), source(rate, burst), START
    for _ in range(requests):
        assert rates.check(one, now) is None
        rates.charge(one, burst, now)
        now += math.ceil(burst / rate)
