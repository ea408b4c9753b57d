"""What a fitted head holds, on invented words without meaning."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tasks.features import features
from tasks.head import Head
from training.data import Examples
from training.fit import FALSE_ALARMS, FOLDS, Arrays, Recipe, alarm, fit
from training.pack import write_npz

ROWS = 60
RUDE, KIND = ["gomblo", "tretek"], ["sanila", "pemuru"]


def post(rude: bool, ground: int, number: int) -> str:
    """A post of which one word tells whether it is rude, and the last one its ground."""
    word = (RUDE if rude else KIND)[number % 2]
    filler = ["wola", "nire", "kuda", "soma", "leti"][number % 5]
    return f"{filler} {word} {('kabano', 'zirufe')[ground]}"


def chain() -> Examples:
    """HS; and two grounds that hold only with HS, though their words stand in all posts."""
    shape = [(rude, ground) for rude in (True, False) for ground in (0, 1)]
    rows = [(rude, ground, number) for number in range(ROWS) for rude, ground in shape]
    truth = np.array(
        [[rude, rude and not ground, rude and ground == 1] for rude, ground, _ in rows]
    )
    return examples(("HS", "HS_A", "HS_B"), [post(*row) for row in rows], truth)


def examples(
    labels: tuple[str, ...],
    texts: list[str],
    truth: NDArray[np.bool_],
    languages: list[str] | None = None,
) -> Examples:
    names = np.array([str(number) for number in range(len(texts))])
    spoken = np.array(languages or ["ind"] * len(texts))
    return Examples(labels, texts, truth, names, names, np.ones(len(texts)), spoken)


def head(arrays: Arrays, folder: Path) -> Head:
    write_npz(folder / "a.npz", arrays)
    return Head.load(folder / "a.npz")


CHAINED = Recipe(
    exclusive=False, strength=4.0, kept=5000, damping=0.5, given={"HS_A": "HS", "HS_B": "HS"}
)


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    return fit(chain(), CHAINED, lambda: None)


def test_a_label_is_never_likelier_than_the_one_it_needs(arrays: Arrays, tmp_path: Path) -> None:
    fitted = head(arrays, tmp_path)
    rows = fitted.probabilities(features(["wola gomblo kabano", "nire sanila kabano", "", "lain"]))
    assert (rows[:, 1:] <= rows[:, :1]).all()
    rude, kind = rows[0], rows[1]
    assert rude[0] > 0.9
    assert rude[1] > 0.9
    assert rude[2] < 0.1
    assert kind.max() < 0.1


def test_a_label_that_needs_another_learns_from_its_rows_alone(
    arrays: Arrays, tmp_path: Path
) -> None:
    """Among rude posts a rude word tells nothing of the ground, so it has no weight for it."""
    fitted = head(arrays, tmp_path)
    unchained = Recipe(exclusive=False, strength=4.0, kept=5000, damping=0.5)
    alone = head(fit(chain(), unchained, lambda: None), tmp_path)
    batch = features(["gomblo"])
    word = batch.indices[-1]
    weight = fitted.weights[fitted.place[word]] * fitted.scale
    free = alone.weights[alone.place[word]] * alone.scale
    assert abs(weight[1]) < 0.05 * abs(free[1])


def test_other_languages_get_a_slope_of_their_own(tmp_path: Path) -> None:
    """Three labels in ten are wrong abroad, so one must be less sure there."""
    chance = np.random.default_rng(0)
    rude = chance.random(400) < 0.5
    abroad = np.arange(400) % 2 == 0
    lied = abroad & (chance.random(400) < 0.3)
    texts = [post(bool(said), 0, number) for number, said in enumerate(rude)]
    truth = (rude ^ lied)[:, np.newaxis] == np.array([True, False])
    spoken = ["jav" if out else "ind" for out in abroad]
    recipe = Recipe(exclusive=True, strength=4.0, kept=5000, by_language=True)
    rows = examples(("rude", "kind"), texts, truth, spoken)
    fitted = head(fit(rows, recipe, lambda: None), tmp_path)
    assert fitted.slopes.keys() == {"jav"}
    batch = features(["wola gomblo kabano"] * 3)
    home, java, other = fitted.probabilities(batch, ["ind", "jav", "eng"])
    assert home.tolist() == other.tolist()
    assert 0.5 < java[0] < home[0]


def test_the_same_examples_give_the_same_arrays_and_each_regression_is_told_of(
    arrays: Arrays,
) -> None:
    told: list[None] = []
    again = fit(chain(), CHAINED, lambda: told.append(None))
    assert len(told) == 3 * (FOLDS + 1)
    assert again.keys() == arrays.keys()
    for name, array in arrays.items():
        assert again[name].tobytes() == array.tobytes()


def test_no_more_features_are_kept_than_the_recipe_says() -> None:
    few = replace(CHAINED, kept=17)
    assert len(fit(chain(), few, lambda: None)["gaps"]) == 17


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_label_that_never_holds_is_refused() -> None:
    empty = chain()
    empty.truth[:, 1] = False
    with pytest.raises(ValueError, match="class"):
        fit(empty, CHAINED, lambda: None)


def test_the_alarm_is_raised_by_few_harmless_rows_and_by_their_most_dangerous(
    tmp_path: Path,
) -> None:
    danger = np.linspace(0, 1, 2001)
    found = np.stack([danger / 2, danger / 2, 1 - danger], axis=1)
    truth = np.zeros((2001, 3), dtype=np.bool_)
    truth[:, 2] = True  # nothing is dangerous
    rows = examples(("threat", "hate", "daily"), ["x"] * 2001, truth)
    raised = danger >= alarm(found, rows, ("threat", "hate"))
    assert raised.mean() == pytest.approx(FALSE_ALARMS, abs=0.001)
    # Rows that are dangerous do not count.
    truth[danger > 0.5] = [True, False, False]
    assert alarm(found, rows, ("threat", "hate")) < 0.5
    recipe = Recipe(exclusive=True, strength=4.0, kept=5000, dangers=("HS_A",))
    one = chain()
    alone = replace(
        one, labels=("HS_A", "rest"), truth=np.stack([one.truth[:, 1], ~one.truth[:, 1]], 1)
    )
    assert 0 < head(fit(alone, recipe, lambda: None), tmp_path).alarm <= 1


def test_a_head_without_dangers_raises_no_alarm(arrays: Arrays, tmp_path: Path) -> None:
    assert head(arrays, tmp_path).alarm == 1.0
