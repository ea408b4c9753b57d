"""Calibration on data drawn from known chances."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from tasks.head import share_out
from training.calibrate import Kind, best_thresholds, calibrate, platt, temperature
from training.data import Examples

ROWS = 4000
NONE = np.full(3, -1, dtype=np.int8)


def drawn(logits: NDArray[np.float64]) -> NDArray[np.bool_]:
    """One label a row, drawn by the shares of `logits`."""
    chance = np.random.default_rng(1)
    labels = [chance.choice(len(row), p=row) for row in share_out(logits)]
    return np.asarray(np.array(labels)[:, np.newaxis] == np.arange(logits.shape[1]))


def examples(truth: NDArray[np.bool_], languages: list[str]) -> Examples:
    rows, labels = truth.shape
    names = np.array([str(number) for number in range(rows)])
    texts = ["" for _ in range(rows)]
    held = tuple("abc"[:labels])
    return Examples(held, texts, truth, names, names, np.ones(rows), np.array(languages))


def honest(seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 1.5, (ROWS, 3))


def test_a_temperature_undoes_overconfidence() -> None:
    assert temperature(honest() * 4, drawn(honest()), np.ones(ROWS)) == pytest.approx(0.25, rel=0.1)


def test_a_sigmoid_gets_a_slope_and_a_shift() -> None:
    truth = np.random.default_rng(2).random((ROWS, 3)) < expit(honest())
    slope, shift = platt(honest() * 4 + 2, truth, NONE)
    assert slope == pytest.approx(0.25, rel=0.15)
    assert shift == pytest.approx(-0.5, abs=0.15)


def test_a_label_that_needs_another_is_fitted_where_that_holds() -> None:
    chance, logits = np.random.default_rng(3).random((ROWS, 3)), honest()
    truth = chance < expit(logits)
    truth[:, 1] &= truth[:, 0]  # and beyond that the second says nothing of its logits
    slope, shift = platt(logits, truth, np.array([-1, 0, -1], dtype=np.int8))
    assert slope == pytest.approx(1.0, rel=0.15)
    assert shift == pytest.approx(0.0, abs=0.15)


def test_rows_abroad_get_a_slope_of_their_own() -> None:
    logits = honest()
    abroad = np.arange(ROWS) % 2 == 0
    shown = np.where(abroad[:, np.newaxis], logits * 2, logits * 4)
    languages = ["jav" if out else "ind" for out in abroad]
    found = calibrate(shown, examples(drawn(logits), languages), Kind(True, NONE, abroad))
    assert found.slope == pytest.approx(0.25, rel=0.15)
    assert found.slope * found.abroad == pytest.approx(0.5, rel=0.25)
    assert len(found.thresholds) == 0


def test_without_rows_abroad_there_is_one_slope_and_one_shift() -> None:
    kind = Kind(True, NONE, np.zeros(ROWS, dtype=np.bool_))
    found = calibrate(honest() * 4, examples(drawn(honest() - 1), ["ind"] * ROWS), kind)
    assert found.abroad == 1.0
    assert found.slope == pytest.approx(0.25, rel=0.1)
    assert found.shift == pytest.approx(-1.0, abs=0.2)


def test_thresholds_are_those_of_the_chained_probability() -> None:
    """The second label's own logits tell nothing: all that separates is whether the first holds."""
    chance = np.random.default_rng(4)
    logits = np.column_stack([np.repeat([-1.5, 1.5], ROWS // 2), chance.normal(0, 0.1, ROWS)])
    truth = chance.random((ROWS, 2)) < 0.8
    truth[:, 0] = chance.random(ROWS) < expit(logits[:, 0])
    truth[:, 1] &= truth[:, 0]
    kind = Kind(False, np.array([-1, 0], dtype=np.int8), np.zeros(ROWS, dtype=np.bool_))
    found = calibrate(logits, examples(truth, ["ind"] * ROWS), kind)
    assert 0.1 < found.thresholds[1] < 0.8
    first, second = expit(logits * found.slope + found.shift).T
    chosen = first * second >= found.thresholds[1]
    assert (chosen == (logits[:, 0] > 0)).mean() > 0.95


def test_thresholds_are_where_f1_is_best() -> None:
    probabilities = np.array([[0.1], [0.28], [0.32], [0.9]])
    truth = np.array([[False], [False], [True], [True]])
    assert 0.28 < best_thresholds(probabilities, truth)[0] <= 0.32
