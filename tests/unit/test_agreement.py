"""Cohen's kappa: textbook values, what is undefined, and what the interval covers."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.agreement import FEWEST, kappa, standard_error

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


def pairs(neither: int, second: int, first: int, both: int) -> list[tuple[bool, bool]]:
    return (
        [(False, False)] * neither
        + [(False, True)] * second
        + [(True, False)] * first
        + [(True, True)] * both
    )


def test_it_is_what_another_program_prints() -> None:
    # R, statpsych::ci.kappa(.05, 31, 12, 4, 58), after Fleiss & Paik 2003: its documented output.
    found = kappa(pairs(31, 12, 4, 58))
    assert found.kappa == pytest.approx(0.6756757, abs=1e-7)
    assert standard_error((31, 12, 4, 58)) == pytest.approx(0.07344761, abs=1e-7)
    assert found.low == pytest.approx(0.5317210, abs=1e-6)
    assert found.high == pytest.approx(0.8196303, abs=1e-6)


def test_it_is_what_a_textbook_says() -> None:
    # Fifty applications for a grant, 20 times both yes, 15 times both no: 0.7 - 0.5 by chance.
    found = kappa(pairs(15, 5, 10, 20))
    assert (found.pairs, found.agreed) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


@pytest.mark.parametrize("same", [pairs(0, 0, 0, 9), pairs(9, 0, 0, 0), []])
def test_where_all_say_the_same_kappa_is_undefined(same: list[tuple[bool, bool]]) -> None:
    found = kappa(same)
    assert (found.kappa, found.low, found.high) == (None, None, None)
    assert found.agreed == (1.0 if same else 0.0)


def test_perfect_agreement_in_few_pairs_is_not_certain() -> None:
    few, many = kappa(pairs(3, 0, 0, 3)), kappa(pairs(60, 0, 0, 60))
    assert (few.kappa, few.high, many.kappa) == (1.0, 1.0, 1.0)
    assert few.low is not None
    assert many.low is not None
    assert few.low < 0.5
    assert 0.9 < many.low < 1.0


def test_too_few_pairs_have_no_interval() -> None:
    found = kappa(pairs(2, 0, 1, 1))
    assert found.pairs == FEWEST - 1
    assert found.kappa is not None
    assert found.low is None


@given(PAIRS)
def test_the_interval_holds_kappa_and_neither_leaves_its_bounds(
    some: list[tuple[bool, bool]],
) -> None:
    found = kappa(some)
    if found.kappa is not None and found.low is not None and found.high is not None:
        assert -1.0 <= found.low <= found.kappa <= found.high <= 1.0


@given(PAIRS)
def test_it_does_not_matter_who_judged_first(some: list[tuple[bool, bool]]) -> None:
    turned = kappa([(second, first) for first, second in some])
    assert turned.kappa == pytest.approx(kappa(some).kappa)


@pytest.mark.parametrize("count", [20, 50, 200])
@pytest.mark.parametrize("true", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_the_interval_covers_the_true_kappa(count: int, true: float, share: float) -> None:
    luck = random.Random(f"{count} {true} {share}")  # noqa: S311 - a simulation
    both = share * share + true * share * (1 - share)
    apart = share - both
    weights = (1 - both - 2 * apart, apart, apart, both)
    covered = asked = 0
    for _ in range(1500):
        cells = luck.choices(range(4), weights, k=count)
        found = kappa([(cell > 1, cell % 2 == 1) for cell in cells])
        if found.low is not None and found.high is not None:
            asked += 1
            covered += found.low <= true <= found.high
    assert covered / asked >= 0.90
