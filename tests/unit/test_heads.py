"""What the heads promise, on the weights that come with the code. Sentences are invented."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.features import VERSION, features
from tasks.head import Head
from tasks.heads import ASSETS, OPTIONAL, REQUIRED, UNDETERMINED, Heads, heads
from training.pack import write_npz

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
GROUNDS = {"HS_Religion", "HS_Race", "HS_Physical", "HS_Gender", "HS_Other"}


@settings(deadline=None)  # a shared core may stall
@given(st.lists(ANY_TEXT, max_size=5))
def test_a_score_does_not_depend_on_the_batch(texts: list[str]) -> None:
    together = heads().score(texts)
    assert together == tuple(heads().score([text])[0] for text in texts)


@settings(deadline=None)  # a shared core may stall
@given(ANY_TEXT)
def test_probabilities_are_probabilities(text: str) -> None:
    (score,) = heads().score([text])
    values = [score.language_probability, *score.signals.values()]
    assert all(0.0 <= value <= 1.0 and round(value, 4) == value for value in values)
    for head in (head for head in heads().loaded[1:] if head.exclusive):
        shares = [score.signals[f"{head.name}.{label}"] for label in head.labels]
        assert sum(shares) == pytest.approx(1, abs=0.001)


@settings(deadline=None)  # a shared core may stall
@given(st.lists(ANY_TEXT, max_size=4))
def test_a_language_is_the_same_where_nothing_else_is_asked(texts: list[str]) -> None:
    assert heads().languages_alone(texts) == heads().languages(texts)


def test_the_parts_are_what_the_whole_says() -> None:
    texts = ["Antrean di loket sudah rapi, terima kasih", "", "jembatan ini kapan diperbaiki?"]
    scores = heads().score(texts)
    assert [(score.language, score.language_probability) for score in scores] == list(
        heads().languages(texts)
    )
    assert [score.signals for score in scores] == list(heads().signals(texts))


@settings(deadline=None)  # a shared core may stall
@given(st.lists(ANY_TEXT, max_size=4))
def test_side_by_side_the_heads_say_what_each_says_alone(texts: list[str]) -> None:
    batch = features(texts)
    codes = [language.code for language in heads().languages(texts)]
    scores, heard = heads().score(texts), heads().hear(texts)
    for head in heads().every[1:]:
        alone = head.probabilities(batch, codes).round(4).tolist()
        for row, score, said in zip(alone, scores, heard, strict=True):
            signals = {f"{head.name}.{label}": p for label, p in zip(head.labels, row, strict=True)}
            beside = {f"act.{label}": p for label, p in said.items()} | score.signals
            assert signals.items() <= beside.items()


def test_long_batches_are_cut_into_chunks_that_change_nothing() -> None:
    texts = ["jalan di depan pasar berlubang lagi, " * 2000, "terima kasih pak", ""] * 3
    assert heads().languages(texts) == tuple(heads().languages([text])[0] for text in texts)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Petugas loket sabar sekali menjelaskan syarat perpanjangan kartu.", "ind"),
        ("gila ya antrenya panjang bgt, udah 3 jam gak dipanggil2", "ind"),
        ("Matur nuwun, wingi aku wis ngurus surat neng kantor lan cepet tenan.", "jav"),
        ("Hatur nuhun pisan, abdi tos nampi seratna enjing-enjing.", "sun"),
        ("The office was closed when we came back in the afternoon.", "eng"),
    ],
)
def test_it_knows_the_language(text: str, language: str) -> None:
    assert heads().languages([text])[0].code == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😂😂",
        "123",
        "ya",
        "!!! ...",
        "これは日本語の文章です。",
        "Это обычное предложение.",
        "ꦱꦸꦒꦼꦁꦫꦮꦸꦃ",
    ],
)
def test_what_it_cannot_read_has_no_language(text: str) -> None:
    assert heads().languages([text])[0].code == UNDETERMINED


def test_it_feels_praise_and_anger() -> None:
    good, bad = heads().signals(
        [
            "Pelayanannya cepat dan ramah, saya puas sekali, terima kasih!",
            "Parah, pelayanan lambat dan petugasnya kasar, kecewa sekali.",
        ]
    )
    assert good["sentiment.positive"] > 0.8
    assert bad["sentiment.negative"] > 0.8


def test_it_tells_abuse_from_a_plain_sentence() -> None:
    rude, plain = heads().signals(["dasar goblok lu, bego banget", "rapat dimulai jam sembilan"])
    assert rude["hate.Abusive"] > 0.8
    assert plain["hate.Abusive"] < 0.1
    assert {f"hate.{ground}" for ground in GROUNDS} <= rude.keys()


def test_it_runs_without_the_optional_heads(tmp_path: Path) -> None:
    for name in REQUIRED:
        shutil.copy(ASSETS / f"{name}.npz", tmp_path)
    (score,) = Heads.load(tmp_path).score(["Selamat pagi semuanya"])
    assert {name.split(".")[0] for name in score.signals} == {"sentiment"}
    assert Heads.load(tmp_path).versions.keys() == {*REQUIRED}
    assert Heads.load(tmp_path).thresholds == {}


@pytest.mark.parametrize("name", OPTIONAL)
def test_each_optional_head_is_loaded_where_its_file_lies(name: str, tmp_path: Path) -> None:
    for there in REQUIRED:
        shutil.copy(ASSETS / f"{there}.npz", tmp_path)
    shutil.copy(ASSETS / "hate.npz", tmp_path / f"{name}.npz")
    assert Heads.load(tmp_path).versions.keys() == {*REQUIRED, name}


def test_without_a_required_head_it_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no language\.npz in .*saring train"):
        Heads.load(tmp_path)


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    write_npz(tmp_path / "hate.npz", {"features_version": np.array(0)})
    with pytest.raises(ValueError, match="features version 0"):
        Head.load(tmp_path / "hate.npz")


def test_weights_for_other_word_lists_are_refused(tmp_path: Path) -> None:
    arrays = {"features_version": np.array(VERSION), "concepts": np.array("of another list")}
    write_npz(tmp_path / "act.npz", arrays)
    with pytest.raises(ValueError, match=r"of another list.*saring train"):
        Head.load(tmp_path / "act.npz")


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hate.npz").write_bytes(pickle.dumps({"weights": 1}))
    with pytest.raises(ValueError, match="pickle"):
        Head.load(tmp_path / "hate.npz")


def test_versions_and_thresholds_name_what_they_belong_to() -> None:
    found = {path.stem for path in ASSETS.glob("*.npz")} - {"names", "rarity", "claims"}  # no heads
    assert heads().versions.keys() == found
    assert all(len(version) == 12 for version in heads().versions.values())
    assert {name.split(".")[0] for name in heads().thresholds} == found & {"hate", "clickbait"}
    assert all(0.0 < threshold < 1.0 for threshold in heads().thresholds.values())
