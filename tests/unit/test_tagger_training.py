"""Training of the tagger, on invented sentences; nothing here reads a real set."""

import gzip
import json
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import scipy.sparse as sp

from tasks.enrich.tagger import MANNERS, WAYS, Tagger
from training.crf import Chains, Field, _Loss
from training.ner_data import SETS, sentence, true_states
from training.tagger import FILE, _met, allowed, measure_tagger, ties, train_tagger

PLACES: Final = ["Waringin", "Tanjung Elok", "Sukadamai", "Muara Kencana", "Bukit Teduh"]
BODIES: Final = ["Dinas Perikanan", "Badan Arsip", "Dinas Taman", "Badan Pangan"]
PEOPLE: Final = ["Rangga", "Melati Wening", "Jaya Prana"]
TAGS: Final = {
    SETS[0]: {"P": "LOC", "B": "ORG", "H": "PER"},
    SETS[1]: {"P": "PLACE", "B": "ORGANISATION", "H": "PERSON"},
}


def row(pattern: str, number: int, kinds: dict[str, str]) -> dict[str, list[str]]:
    """Tokens and tags of a pattern, whose P, B and H stand for names."""
    tokens: list[str] = []
    tags: list[str] = []
    for word in pattern.split():
        names = {"P": PLACES, "B": BODIES, "H": PEOPLE}.get(word, [word])
        parts = names[number % len(names)].split()
        kind = kinds.get(word)
        tokens += parts
        tags += [f"{'I' if i else 'B'}-{kind}" if kind else "O" for i in range(len(parts))]
    return {"tokens": tokens, "tags": tags}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    patterns = ["warga di P menunggu kabar .", "kantor B tutup hari ini .", "kata H kemarin ."]
    for name, kinds in TAGS.items():
        (folder / name).mkdir()
        rows = [row(pattern, number, kinds) for number in range(10) for pattern in patterns]
        for split in ("train", "valid"):
            with gzip.open(folder / name / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps(one) + "\n" for one in rows)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("weights")
    train_tagger(data, out)
    return out / FILE


def test_names_that_were_never_seen_are_found_by_what_stands_around_them(trained: Path) -> None:
    text = "warga di Kali Bening menunggu kabar .\nkantor Dinas Kolam tutup hari ini ."
    (names,) = Tagger.load(trained).tag([text])
    assert [(name.kind, text[name.start : name.end]) for name in names] == [
        ("place", "Kali Bening"),
        ("institution", "Dinas Kolam"),
    ]


def test_persons_are_known_to_the_model_and_not_told(trained: Path) -> None:
    assert Tagger.load(trained).tag(["kata Satria Muda kemarin ."]) == ((),)


def test_the_same_data_give_the_same_bytes(data: Path, trained: Path, tmp_path: Path) -> None:
    train_tagger(data, tmp_path)
    assert (tmp_path / FILE).read_bytes() == trained.read_bytes()


def test_figures_tell_each_set_and_kind(data: Path, trained: Path) -> None:
    figures = measure_tagger(Tagger.load(trained), data, "valid")
    assert [(figure.source, figure.rows) for figure in figures] == [
        (name, 30) for name in SETS for _ in range(5)
    ]
    assert {figure.value for figure in figures if figure.name.startswith("span F1")} == {1.0}
    assert {figure.value for figure in figures if figure.name.startswith("persons")} == {0.0}


def test_a_wrong_model_has_low_figures(data: Path) -> None:
    empty = np.zeros(1, dtype=np.uint32)
    states = len(allowed()[0])
    nothing = Tagger.of(
        empty,
        np.zeros((1, 5, states), dtype=np.int8),
        empty,
        np.zeros((1, states), dtype=np.int8),
        np.zeros((MANNERS, WAYS), dtype=np.int32),
        np.zeros((MANNERS, WAYS, WAYS), dtype=np.int32),
    )
    assert all(figure.value == 0.0 for figure in measure_tagger(nothing, data, "valid"))


def test_a_person_told_as_a_place_is_counted() -> None:
    rows = [sentence(["kata", "Jaya", "di", "Waringin"], ["O", "B-PER", "O", "B-LOC"])]
    true = [set(one.names) for one in rows]
    told = [{(3, (5, 9)), (3, (13, 21))}]
    assert _met(told, true)(np.ones((1, 1))).tolist() == [1.0]
    assert _met([{(3, (13, 21))}], true)(np.ones((1, 1))).tolist() == [0.0]


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=SETS[0]):
        train_tagger(tmp_path, tmp_path)


def test_tags_become_spans_and_states() -> None:
    tokens = ["kata", "Jaya", "Prana", "di", "Waringin", "Elok", "Kota"]
    tags = ["O", "B-PER", "I-PER", "O", "I-LOC", "I-LOC", "B-LOC"]
    found = sentence(tokens, tags)
    assert [(state, found.text[slice(*span)]) for state, span in found.names] == [
        (1, "Jaya Prana"),
        (3, "Waringin Elok"),
        (3, "Kota"),
    ]
    assert true_states(found, 0).tolist() == [0, 1, 2, 0, 3, 4, 3]
    assert true_states(found, 1).tolist() == [7, 8, 9, 7, 10, 11, 10]


def test_a_path_stays_in_its_manner_and_begins_names_at_their_first_word() -> None:
    start, steps = allowed()[0], allowed()[1:]
    assert np.flatnonzero(start).tolist() == [0, 1, 3, 5, 7, 8, 10, 12]
    assert not steps[:7, 7:].any()
    assert not steps[7:, :7].any()
    assert np.flatnonzero(steps[3]).tolist() == [0, 1, 3, 4, 5]
    assert np.flatnonzero(steps[11]).tolist() == [7, 8, 10, 11, 12]


def test_the_slope_is_that_of_the_loss() -> None:
    draw = np.random.default_rng(0)
    x = sp.csr_matrix(draw.integers(0, 2, (9, 5)).astype(np.float64))
    true = np.array([0, 1, 2, 10, 11, 3, 5, 6, 0])
    loss = _Loss(
        Chains(x, true, np.array([3, 2, 4]), np.array([1.0, 2.0, 0.5])), possible := allowed()
    )
    features, links = draw.normal(size=(5, 14)), draw.normal(size=possible.shape)

    def value(features: np.ndarray, links: np.ndarray) -> float:
        return loss(Field(features, links[0], links[1:]))[0]

    _, by_features, by_links = loss(Field(features, links[0], links[1:]))
    step = 1e-6
    for at in np.ndindex(features.shape):
        nudge = np.zeros_like(features)
        nudge[at] = step
        rise = value(features + nudge, links) - value(features - nudge, links)
        assert rise / (2 * step) == pytest.approx(by_features[at], abs=1e-5)
    for at in np.ndindex(links.shape):
        nudge = np.zeros_like(links)
        nudge[at] = step
        rise = value(features, links + nudge) - value(features, links - nudge)
        assert rise / (2 * step) == pytest.approx(by_links[at], abs=1e-5)


def test_manners_share_one_weight_of_each_feature() -> None:
    assert ties().shape == (21, 14)
    assert (ties().sum(axis=0) == 2).all()
    assert (ties()[0] == np.eye(14)[0] + np.eye(14)[7]).all()
