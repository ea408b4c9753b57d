"""How often somebody may try to log in."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.throttle import FREE_FAILURES, LONGEST_LOCK_MS, Throttle, lock_ms, network

DAY_MS = 24 * 3_600_000


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10_000, 15)]
)
def test_the_lock_grows_with_the_failures(failures: int, minutes: int) -> None:
    assert lock_ms(failures) == minutes * 60_000


def test_who_never_rests_has_some_hundred_tries_a_day_at_an_account() -> None:
    time = tries = 0
    while time < DAY_MS:
        tries += 1
        time += lock_ms(tries)
    assert tries <= DAY_MS / LONGEST_LOCK_MS + 2 * FREE_FAILURES


@dataclass
class Clock:
    """A time that stands still."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_twenty_tries_then_one_in_15_seconds() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert [throttle.take("192.0.2.7") for _ in range(20)] == [None] * 20
    assert throttle.take("192.0.2.7") == 15
    assert throttle.take("192.0.2.8") is None, "another address"
    clock.now = 14.5
    assert throttle.take("192.0.2.7") == 1
    clock.now = 15.0
    assert throttle.take("192.0.2.7") is None
    assert throttle.take("192.0.2.7") == 15


def test_who_was_who_they_said_has_their_try_back() -> None:
    throttle = Throttle(Clock())
    for _ in range(100):
        assert throttle.take("192.0.2.7") is None
        throttle.give_back("192.0.2.7")


@given(st.lists(st.tuples(st.sampled_from(["take", "give"]), st.floats(0, 100)), max_size=200))
def test_no_sequence_gives_more_than_the_bucket_holds(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for what, pause in steps:
        clock.now += pause
        if what == "give":
            throttle.give_back("192.0.2.7")
        else:
            throttle.take("192.0.2.7")
    left = 0
    while throttle.take("192.0.2.7") is None:
        left += 1
    assert left <= 20


def test_memory_is_bounded_and_the_newest_address_is_kept() -> None:
    throttle = Throttle(Clock())
    for number in range(10_050):
        throttle.take(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    assert len(throttle._buckets) == 10_000
    assert "10.0.39.65" in throttle._buckets


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::7") != network("2001:db8:1:3::7")
    assert network("192.0.2.7") == "192.0.2.7"
    assert len(network("x" * 5_000)) <= 64
