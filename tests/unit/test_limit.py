"""When the pipeline stops because most items fail, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.stage import ItemError, Unavailable
from workers.limit import (
    FEW,
    HELD_SECONDS,
    WINDOW_MS,
    Outcomes,
    allowed,
    blames,
    hold,
    least,
    since,
)
from workers.retry import Again, Lost


@pytest.mark.parametrize(
    ("failing", "passed", "rounds", "more"),
    [
        (0, 0, 0, 19),  # the twentieth stops it
        (19, 0, 0, 0),
        (500, 0, 0, 0),
        (19, 19, 0, 0),
        (19, 20, 0, 1),  # half may fail
        (0, 1000, 0, 1000),
        (1000, 1000, 0, 0),
        (0, 0, 1, 39),  # it has stopped once of late: the fortieth
        (39, 0, 1, 0),
        (0, 0, 5, 639),
        (0, 5000, 5, 5000),
    ],
)
def test_it_stops_when_enough_items_fail_and_more_than_pass(
    failing: int, passed: int, rounds: int, more: int
) -> None:
    assert allowed(Outcomes(failing, passed), rounds) == more


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 12))
def test_one_more_than_allowed_is_a_majority_and_not_a_few(
    failing: int, passed: int, rounds: int
) -> None:
    more = allowed(Outcomes(failing, passed), rounds)
    assert failing + more + 1 > passed
    assert failing + more + 1 >= least(rounds) >= FEW
    if more:  # and up to there it is not
        assert failing + more <= passed or failing + more < least(rounds)


@pytest.mark.parametrize(
    ("now", "resumed_at", "start"),
    [
        (WINDOW_MS, 0, 0),
        (10 * WINDOW_MS, 0, 9 * WINDOW_MS),
        (10 * WINDOW_MS, 10 * WINDOW_MS - 7, 10 * WINDOW_MS - 7),
        (10 * WINDOW_MS, 12 * WINDOW_MS, 9 * WINDOW_MS),  # the clock was set back
    ],
)
def test_it_looks_back_five_minutes_and_never_before_it_went_on(
    now: int, resumed_at: int, start: int
) -> None:
    assert since(now, resumed_at) == start


@pytest.mark.parametrize(
    ("reason", "together", "blamed"),
    [
        (ValueError(), 64, True),
        (ItemError("text: empty"), 64, True),
        (MemoryError(), 1, True),
        (Lost("died"), 1, True),
        (Lost("died"), 2, False),  # which of the two it was, nobody knows
        (Unavailable("away"), 1, False),
        (Unavailable("away"), 64, False),
    ],
)
def test_who_may_be_at_fault(reason: Exception, together: int, blamed: bool) -> None:
    assert blames(reason, together) is blamed


def test_while_it_stands_nothing_is_counted_and_no_text_is_told() -> None:
    assert hold(ItemError("text: empty")) == Again(HELD_SECONDS, False, "text: empty")
    assert hold(ValueError("kata rahasia")) == Again(HELD_SECONDS, False, "ValueError")
