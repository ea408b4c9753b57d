"""What becomes of an item that failed, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.stage import ItemError, Unavailable
from workers.retry import MAX_ATTEMPTS, MAX_DELAY_SECONDS, Again, Lost, Quarantine, decide, describe


@pytest.mark.parametrize(
    ("reason", "attempts", "deferrals", "fate"),
    [
        (ItemError("text: empty"), 0, 0, Quarantine("text: empty")),
        (Unavailable("ledger away"), 0, 0, Again(1.0, False, "ledger away")),
        (Unavailable("ledger away"), 4, 3, Again(8.0, False, "ledger away")),
        (Unavailable("ledger away"), 0, 40, Again(300.0, False, "ledger away")),
        (Lost("died"), 0, 0, Again(0.0, True, "died")),
        (Lost("died"), 3, 0, Again(8.0, True, "died")),
        (Lost("died"), 4, 0, Quarantine("died; given up after 5 attempts")),
        (ValueError("secret words"), 0, 0, Again(0.0, True, "ValueError")),
        (MemoryError(), 4, 0, Quarantine("MemoryError; given up after 5 attempts")),
    ],
)
def test_fate(reason: Exception, attempts: int, deferrals: int, fate: Again | Quarantine) -> None:
    assert decide(reason, attempts, deferrals) == fate


@given(st.integers(0, 100), st.integers(0, 10_000))
def test_an_innocent_item_is_never_given_up(attempts: int, deferrals: int) -> None:
    fate = decide(Unavailable("away"), attempts, deferrals)
    assert isinstance(fate, Again)
    assert not fate.counted
    assert 0 < fate.delay <= MAX_DELAY_SECONDS


@given(st.integers(0, 100))
def test_a_failing_item_ends_after_five_attempts(attempts: int) -> None:
    fate = decide(RuntimeError(), attempts, 0)
    assert isinstance(fate, Quarantine) == (attempts + 1 >= MAX_ATTEMPTS)


def test_an_unexpected_error_is_described_by_place_and_never_by_its_text() -> None:
    with pytest.raises(KeyError) as caught:
        dict[str, int]()["kata rahasia"]
    assert describe(caught.value) == f"KeyError at test_retry.py:{caught.tb.tb_lineno}"
