"""When a failed delivery is tried again: the table, and laws over whole lives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.deliver.schedule import LIFE, LONGEST, STEPS, next_attempt

BORN = 1_795_000_000_000
END = BORN + LIFE * 1000
MIDDLE = 0.5  # no jitter


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (1, 5),
        (2, 30),
        (3, 120),
        (4, 600),
        (5, 1800),
        (6, 3600),
        (7, 7200),
        (8, 14_400),
        (9, 21_600),
        (15, 21_600),
    ],
)
def test_the_table(failures: int, seconds: int) -> None:
    assert next_attempt(failures, BORN, BORN + 60, None, MIDDLE) == BORN + 60 + seconds * 1000


@pytest.mark.parametrize(("random", "seconds"), [(0.0, 24), (0.999_999_999, 36)])
def test_a_step_is_spread_by_a_fifth(random: float, seconds: int) -> None:
    found = next_attempt(2, BORN, BORN, None, random)
    assert found == pytest.approx(BORN + seconds * 1000, abs=1)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [(0.0, 30), (29.0, 30), (90.0, 90), (LONGEST, LONGEST), (10.0**9, LONGEST)],
)
def test_the_receiver_can_ask_for_more_time_within_bounds(
    retry_after: float, seconds: float
) -> None:
    assert next_attempt(2, BORN, BORN, retry_after, MIDDLE) == BORN + seconds * 1000


def test_the_last_attempt_is_at_the_end_and_then_a_person_decides() -> None:
    assert next_attempt(18, BORN, END - 1, None, MIDDLE) == END
    assert next_attempt(19, BORN, END, None, MIDDLE) is None
    # Older already when first tried, as after a long stop: once, and no more.
    assert next_attempt(1, BORN, END + 5, 60.0, MIDDLE) is None


Asked = st.none() | st.floats(0, 10.0**9)


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), Asked), min_size=60, max_size=60))
def test_a_life_moves_forward_and_ends_at_its_end(tries: list[tuple[float, float | None]]) -> None:
    now, moments = BORN, []
    for failures, (random, asked) in enumerate(tries, start=1):
        again = next_attempt(failures, BORN, now, asked, random)
        if again is None:
            break
        assert now < again <= END
        now = again
        moments.append(now)
    assert moments[-1] == END
    assert again is None
    assert len(moments) <= len(STEPS) + LIFE // (0.8 * LONGEST) + 1


@given(
    st.integers(1, 40),
    st.integers(0, LIFE * 1000),
    st.floats(0, 10.0**9),
    st.floats(0, 1, exclude_max=True),
)
def test_asking_for_time_never_shortens_a_step(
    failures: int, age: int, asked: float, random: float
) -> None:
    plain = next_attempt(failures, BORN, BORN + age, None, random)
    longer = next_attempt(failures, BORN, BORN + age, asked, random)
    assert (plain is None) == (longer is None)
    if plain is not None and longer is not None:
        assert longer >= plain
