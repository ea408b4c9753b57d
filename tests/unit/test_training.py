"""Training on a tiny invented data set; nothing here reads the real ones except the last test."""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from tasks.heads import REQUIRED, Heads
from tasks.policy import REVIEWED_ACTS
from training.act_examples import act_examples
from training.act_sentences import LABELS
from training.cross import PUBLISHERS, cross
from training.data import (
    EMOTIONS,
    HATE,
    LANGUAGES,
    SENTIMENTS,
    TOPICS,
    Examples,
    clean,
    read,
)
from training.evaluate import evaluate
from training.figures import certainty, halves, likeliest
from training.fit import Arrays, Recipe, fit
from training.pack import write_npz
from training.recipes import LOADERS, RECIPES
from training.statistics import (
    calibration_error,
    error_by_chance,
    interval,
    macro_f1,
    mean_of,
    share,
    within,
)
from training.train import train

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
ROWS: Final = 24
ACT_ROWS: Final = 4
CLICKS: Final = ("clickbait", "non-clickbait")
VOICES: Final = ("guru", "buruh", "sopir", "perawat", "pedagang", "satpam", "tukang")
# Words without meaning, so that no row of a real set can be here.
SYLLABLES: Final = [
    "ko",
    "ra",
    "mi",
    "tu",
    "le",
    "sa",
    "ni",
    "pe",
    "wo",
    "ga",
    "du",
    "li",
    "ba",
    "fo",
]


def sentence(label: int, number: int) -> str:
    """A sentence of six words: two that tell the label, four that tell nothing."""
    own = SYLLABLES[label] * 3
    filler = [SYLLABLES[(number * step + label) % 13] + "han" for step in (3, 5, 7, 11)]
    return " ".join([own, *filler, own + "ku"])


def labelled(labels: Sequence[str], share: int = 1) -> list[dict[str, Any]]:
    """ROWS sentences, or their `share`th part, for each label."""
    return [
        {"text": sentence(label, number), "label": name}
        for number in range(ROWS // share)
        for label, name in enumerate(labels)
    ]


def said_of(label: str) -> dict[str, int]:
    """The columns of a post of one label; those of hate speech need HS."""
    return {name: int(name == label or (name, label[:3]) == ("HS", "HS_")) for name in HATE}


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
    yield "hoax_tweets_umpo", [{"text": text} for text in indonesian]
    yield "stif_informal_formal", [{"informal": text} for text in indonesian]
    yield "indonli_pairs", [{"premise": text, "hypothesis": text} for text in indonesian]
    yield "sib200_topic_nusantara", [{"text": text, "lang": "ind"} for text in indonesian]
    yield "emot_emotion", labelled(EMOTIONS)
    yield (
        "news_topic_clickid",
        [
            {**row, "publisher": publisher}
            for publisher in PUBLISHERS
            for row in labelled(TOPICS, len(PUBLISHERS))
        ],
    )
    yield (
        "clickbait_clickid",
        [{**row, "agree": number % 3 > 0} for number, row in enumerate(labelled(CLICKS))],
    )
    felt = [
        {"text": sentence(label, number), "label": name, "lang": lang, "id": number}
        for number in range(ROWS)
        for name, label in feelings
        for lang in ("ind", "jav")
    ]
    yield "smsa_sentiment", felt
    yield "nusax_sentiment", felt
    yield (
        "hate_abusive_id",
        [
            {"text": sentence(said, number), **said_of(HATE[said])}
            for number in range(ROWS)
            for said in range(len(HATE))
        ],
    )
    named = [
        {
            "tokens": ["Kata", f"Yayasan{number % 5}", "Ranting", "di", f"Desa{number % 7}", "."],
            "tags": ["O", "B-ORG", "I-ORG", "O", "B-LOC", "O"],
        }
        for number in range(ROWS)
    ]
    yield "ner_idner_news_2k", named
    yield "ner_nergrit", named


@pytest.fixture(scope="module")
def few_acts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A few sentences of each label by some voices: those of the repository are too many here."""
    folder = tmp_path_factory.mktemp("acts")
    for voice in VOICES:
        rows = [
            f"{label}\tind\tkata{label.replace('_', '')} {voice} nomor{number} lalu {number}"
            for label in LABELS
            for number in range(ACT_ROWS)
        ]
        text = "\n".join(["act\tlanguage\ttext", *rows])
        (folder / f"{voice}.tsv").write_text(text, encoding="utf-8")
    few = partial(act_examples, folder=folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LOADERS, "act", few)
        patch.setattr("training.cross.act_examples", few)
        yield


@pytest.fixture(scope="module")
def data(few_acts: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
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


@pytest.mark.parametrize("name", ["sentiment", "hate"])
def test_training_twice_gives_the_same_bytes(
    name: str, data: Path, trained: Path, tmp_path: Path
) -> None:
    assert {path.stem for path in trained.glob("*.npz")} == {*RECIPES, "names", "rarity", "claims"}
    arrays = fit(LOADERS[name](data, "train"), RECIPES[name], lambda: None)
    write_npz(tmp_path / "again.npz", arrays)
    assert (tmp_path / "again.npz").read_bytes() == (trained / f"{name}.npz").read_bytes()


def test_what_was_trained_works(trained: Path) -> None:
    models = Heads.load(trained)
    sundanese, abusive = LANGUAGES.index("sun"), HATE.index("Abusive")
    assert models.languages([sentence(sundanese, 99)])[0].code == "sun"
    (signals,) = models.signals([sentence(abusive, 99)])
    assert max(signals, key=lambda name: signals[name] * name.startswith("hate.")) == "hate.Abusive"
    assert max(SENTIMENTS, key=lambda name: signals[f"sentiment.{name}"]) == SENTIMENTS[abusive]


@pytest.mark.parametrize(
    ("head", "labels"),
    [("sentiment", SENTIMENTS), ("emotion", EMOTIONS), ("topic", TOPICS), ("clickbait", CLICKS)],
)
def test_a_head_tells_its_labels_apart(head: str, labels: tuple[str, ...], trained: Path) -> None:
    said = Heads.load(trained).signals([sentence(label, 99) for label in range(len(labels))])
    for label, signals in zip(labels, said, strict=True):
        own = signals.get(f"{head}.{label}", 1 - signals.get("clickbait.clickbait", 1))
        assert own > 0.5


def test_the_manifest_holds_figures_of_every_head(trained: Path) -> None:
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["heads"].keys() == RECIPES.keys()
    for entry in manifest["heads"].values():
        assert all(0 <= f["low"] <= f["value"] <= f["high"] <= 1 for f in entry["figures"])
        assert all(f["rows"] > 0 for f in entry["figures"])


def test_evaluate_prints_json_alone_and_says_on_stderr_what_it_does(
    data: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = Heads.load(trained)
    evaluate(data, "valid", as_json=True, models=models)
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report["versions"] == models.versions
    stated = json.loads((trained / "manifest.json").read_text())["heads"]
    assert report["figures"] == [f for entry in stated.values() for f in entry["figures"]]
    assert [line.split()[-1] for line in err.splitlines()] == [*models.versions, "done"]


def test_a_head_that_is_not_there_is_passed_over(
    data: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in REQUIRED:
        shutil.copy(trained / f"{name}.npz", tmp_path)
    report = evaluate(data, "valid", as_json=False, models=Heads.load(tmp_path))
    assert {figure.head for figure in report.figures} == {*REQUIRED}
    assert "smsa, short half" in capsys.readouterr().out


def test_across_sources_each_part_is_trained_without_what_it_is_measured_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[set[str]] = []

    def fit_and_tell(examples: Examples, recipe: Recipe, advance: Callable[[], None]) -> Arrays:
        learnt.append({*examples.sources.tolist()})
        return fit(examples, recipe, advance)

    monkeypatch.setattr("training.cross.fit", fit_and_tell)
    monkeypatch.setattr("training.cross.PUBLISHERS", PUBLISHERS[:2])
    steps: list[str] = []
    figures = cross(data, "valid", steps.append)
    assert len(steps) == len(learnt)
    assert {"nusax"} in learnt
    for publisher in PUBLISHERS[:2]:
        assert {*PUBLISHERS} - {publisher} in learnt
        (f1,) = [f for f in figures if f.source.startswith(publisher) and f.name == "macro-F1"]
        assert f1.rows == 2 * len(labelled(TOPICS, len(PUBLISHERS)))
        assert f1.value > 0.9
    voices = [seen & {*VOICES} for seen in learnt if seen & {*VOICES}]
    assert voices
    assert all(seen < {*VOICES} for seen in voices)
    (found,) = [f for f in figures if f.name == "danger found" and f.source == "unseen voices"]
    assert found.rows == len(REVIEWED_ACTS) * len(VOICES) * ACT_ROWS
    assert found.value > 0.9


def test_a_missing_set_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"smsa_sentiment.*--data"):
        read(tmp_path, "smsa_sentiment", "train")


def test_placeholders_of_the_collectors_are_taken_out() -> None:
    assert clean("RT USER halo [USERNAME] xxxuserxxx URL").split() == ["halo"]
    assert clean("user biasa, curl, rt 05") == "user biasa, curl, rt 05"


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


def test_the_error_by_chance_is_what_true_probabilities_show() -> None:
    chance = np.random.default_rng(1)
    probability = chance.uniform(0.3, 1.0, 400)
    shown = [
        interval(calibration_error(probability, chance.random(400) < probability), 400).value
        for _ in range(20)
    ]
    found = error_by_chance(probability)
    assert found == error_by_chance(probability)
    assert found.low < found.value < found.high
    assert np.mean(shown) == pytest.approx(found.value, abs=0.01)
    assert sum(found.low <= value <= found.high for value in shown) >= 16
    assert error_by_chance(np.ones(50)) == (0, 0, 0)


def test_a_mean_over_groups_counts_each_group_once_and_resamples_within_it() -> None:
    hit = np.array([True, True, False, False])
    large = np.array([True, True, True, False])
    mean = mean_of([within(share(hit[rows]), rows) for rows in (large, ~large)])
    resamples = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 2.0], [0.0, 0.0, 4.0, 0.0]])
    assert mean(resamples) == pytest.approx([1 / 3, 1 / 2, 0])


def test_coverage_leaves_the_least_sure_answers_out() -> None:
    found = np.array([[0.9, 0.1]] * 8 + [[0.45, 0.55]] * 2)
    truth = np.array([[True, False]] * 10)
    answers = likeliest("topic", ("ekonomi", "olahraga"), found, truth)
    shown = {figure.name: figure for figure in certainty(answers, "invented")}
    assert shown["accuracy at 90% coverage"].value == pytest.approx(8 / 9, abs=1e-4)
    assert shown["accuracy at 80% coverage"].value == 1
    assert shown["accuracy at 50% coverage"].rows == 5
    assert shown["ECE"].value == pytest.approx(0.8 * 0.1 + 0.2 * 0.55)


def test_halves_share_out_all_texts() -> None:
    short, long = halves(["a b c d", "a b", "a b c", "a b", "a b"]).values()
    assert short.tolist() == [False, True, False, True, False]
    assert (short ^ long).all()
