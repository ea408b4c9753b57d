"""Training on a tiny invented data set; nothing here reads the real ones except the last test."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from tasks.heads import ASSETS, Heads
from training.calibrate import best_thresholds, platt, temperature
from training.data import HATE, LANGUAGES, SENTIMENTS, clean, read
from training.measure import measure
from training.statistics import calibration_error, interval, macro_f1, share
from training.train import RECIPES, train

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
ROWS: Final = 24
# Words without meaning, so that no row of a real set can be here.
SYLLABLES: Final = ["ko", "ra", "mi", "tu", "le", "sa", "ni", "pe", "wo", "ga", "du", "li", "ba"]


def sentence(label: int, number: int) -> str:
    """A sentence of six words: two that tell the label, four that tell nothing."""
    own = SYLLABLES[label] * 3
    filler = [SYLLABLES[(number * step + label) % 13] + "han" for step in (3, 5, 7, 11)]
    return " ".join([own, *filler, own + "ku"])


def invented() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each set of the training, with the columns of the real one."""
    languages = [(code, label) for label, code in enumerate(LANGUAGES)]
    feelings = [(name, label) for label, name in enumerate(SENTIMENTS)]
    yield (
        "lid_nusantara",
        [
            {"text": sentence(label, number), "label": code, "source": "sib200"}
            for number in range(ROWS)
            for code, label in languages
        ],
    )
    indonesian = [sentence(LANGUAGES.index("ind"), number) for number in range(ROWS)]
    for name in ("emot_emotion", "news_topic_clickid", "hoax_tweets_umpo"):
        yield name, [{"text": text} for text in indonesian]
    yield "stif_informal_formal", [{"informal": text} for text in indonesian]
    felt = [
        {"text": sentence(label, number), "label": name, "lang": "jav", "id": number}
        for number in range(ROWS)
        for name, label in feelings
    ]
    yield "smsa_sentiment", felt
    yield "nusax_sentiment", felt
    yield (
        "hate_abusive_id",
        [
            {"text": sentence(said, number), **{name: int(name == HATE[said]) for name in HATE}}
            for number in range(ROWS)
            for said in range(len(HATE))
        ],
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name, rows in invented():
        (folder / name).mkdir()
        for split in ("train", "valid"):
            with gzip.open(folder / name / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("weights")
    train(data, out)
    return out


def test_training_twice_gives_the_same_bytes(data: Path, trained: Path, tmp_path: Path) -> None:
    train(data, tmp_path)
    names = sorted(path.name for path in trained.iterdir())
    assert names == ["hate.npz", "language.npz", "manifest.json", "sentiment.npz"]
    for name in names:
        assert (trained / name).read_bytes() == (tmp_path / name).read_bytes()


def test_what_was_trained_works(trained: Path) -> None:
    models = Heads.load(trained)
    sundanese, abusive = LANGUAGES.index("sun"), HATE.index("Abusive")
    assert models.languages([sentence(sundanese, 99)])[0].code == "sun"
    (signals,) = models.signals([sentence(abusive, 99)])
    assert max(signals, key=lambda name: signals[name] * name.startswith("hate.")) == "hate.Abusive"
    assert max(SENTIMENTS, key=lambda name: signals[f"sentiment.{name}"]) == SENTIMENTS[abusive]


def test_the_manifest_holds_figures_of_every_head(trained: Path) -> None:
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["heads"].keys() == RECIPES.keys()
    for entry in manifest["heads"].values():
        assert all(0 <= f["low"] <= f["value"] <= f["high"] <= 1 for f in entry["figures"])
        assert all(f["rows"] > 0 for f in entry["figures"])


def test_a_missing_set_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"smsa_sentiment.*--data"):
        read(tmp_path, "smsa_sentiment", "train")


def test_placeholders_of_the_collectors_are_taken_out() -> None:
    assert clean("RT USER halo [USERNAME] xxxuserxxx URL").split() == ["halo"]
    assert clean("user biasa, curl, rt 05") == "user biasa, curl, rt 05"


def test_calibration_undoes_overconfidence() -> None:
    chance = np.random.default_rng(0)
    honest = chance.normal(0, 1.5, (4000, 3))
    powers = np.exp(honest)
    powers /= powers.sum(axis=1, keepdims=True)
    drawn = [chance.choice(3, p=p) for p in powers]
    truth = np.array(drawn)[:, np.newaxis] == np.arange(3)
    slope, shift = temperature(honest * 4, truth, np.ones(4000))
    assert slope == pytest.approx(0.25, rel=0.1)
    assert not shift.any()
    held = chance.random((4000, 3)) < 1 / (1 + np.exp(-honest))
    slope, shift = platt(honest * 4 + 2, held)
    assert slope == pytest.approx(0.25, rel=0.15)
    assert shift == pytest.approx(-0.5, abs=0.15)


def test_thresholds_are_where_f1_is_best() -> None:
    logits = np.log(
        np.array([[0.1], [0.28], [0.32], [0.9]]) / np.array([[0.9], [0.72], [0.68], [0.1]])
    )
    truth = np.array([[False], [False], [True], [True]])
    assert 0.28 < best_thresholds(logits, truth)[0] <= 0.32


def test_statistics_on_cases_worked_by_hand() -> None:
    hit = np.array([True, True, True, False])
    assert interval(share(hit), 4).value == 0.75
    chosen = np.array([[True, False], [True, False], [False, False], [False, False]])
    truth = np.array([[True, False], [False, True], [False, False], [False, False]])
    assert interval(macro_f1(chosen, truth), 4).value == pytest.approx(1 / 3, abs=1e-4)
    sure = np.full(4, 0.95)
    assert interval(calibration_error(sure, hit), 4).value == pytest.approx(0.2)


def test_intervals_hold_the_value_and_repeat() -> None:
    hit = np.arange(200) % 3 > 0
    first, again = interval(share(hit), 200), interval(share(hit), 200)
    assert first == again
    assert first.low < first.value < first.high


def test_the_figures_of_the_manifest_are_those_of_the_weights() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the data sets are not here: no {DATA}")
    models = Heads.load()
    report = measure(models, DATA, "valid")
    manifest = json.loads((ASSETS / "manifest.json").read_text())
    stated = [f for entry in manifest["heads"].values() for f in entry["figures"]]
    assert [f["value"] for f in stated] == pytest.approx(
        [f.value for f in report.figures], abs=0.0005
    )
