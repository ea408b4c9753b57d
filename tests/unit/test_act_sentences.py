"""The sentences that the head of acts learns from."""

from collections import Counter
from pathlib import Path

import pytest

from tasks.policy import LANGUAGES_COVERED, REVIEWED_ACTS
from tasks.words import ACTS
from training.act_examples import paired
from training.act_sentences import FOLDER, LABELS, Sentence, sentences

ROW = "criticism\tind\tPak lurah lelet"


@pytest.fixture(scope="module")
def written() -> tuple[Sentence, ...]:
    return tuple(sentences())


def test_every_label_and_language_is_written_by_many_voices(written: tuple[Sentence, ...]) -> None:
    voices = {
        label: {one.voice for one in written if one.label == label and one.voice}
        for label in LABELS
    }
    assert min(map(len, voices.values())) >= 8
    assert min(Counter(one.label for one in written).values()) >= 300
    spoken = Counter(one.language for one in written)
    assert spoken.keys() == (LANGUAGES_COVERED - {"bjn"}) | {"eng"}
    assert min(spoken.values()) >= 800


def test_dangers_and_harmless_speech_are_in_balance(written: tuple[Sentence, ...]) -> None:
    dangers = sum(one.label in REVIEWED_ACTS for one in written)
    assert 0.35 <= dangers / len(written) <= 0.5


def test_labels_are_acts_or_say_how_none_is_done() -> None:
    assert all(label in ACTS or label.startswith("other_") for label in LABELS)


def test_no_sentence_stands_twice_and_none_holds_personal_data(
    written: tuple[Sentence, ...],
) -> None:
    texts = Counter(one.text.casefold() for one in written)
    assert max(texts.values()) == 1
    # Written with invented numbers, read as the stages read them: hidden.
    assert sum("[TELEPON]" in one.text for one in written) > 300
    assert not any("0812 0000" in one.text for one in written)


def test_sentences_are_the_same_each_time(written: tuple[Sentence, ...]) -> None:
    assert written == tuple(sentences())
    assert sorted({one.voice for one in written}) == sorted(
        path.stem for path in FOLDER.glob("*.tsv")
    )


def test_rows_that_differ_in_the_word_that_decides_weigh_more() -> None:
    rows = [
        Sentence("incitement_threat", "ind", "bakar rumahnya malam ini", "one"),
        Sentence("other_daily", "ind", "cat rumahnya malam ini", "one"),
        Sentence("question", "ind", "kapan loket buka?", "one"),
        Sentence("other_daily", "ind", "kapan loket tutup?", "one"),
        Sentence("doxxing", "ind", "kapan loket tutup, alamatnya ini", "two"),
    ]
    assert set(paired(rows)) == {0, 1}


def test_a_text_written_by_two_voices_is_learned_once(tmp_path: Path) -> None:
    for voice in ("one", "two"):
        (tmp_path / f"{voice}.tsv").write_text(f"act\tlanguage\ttext\n{ROW}\n")
    assert list(sentences(tmp_path)) == [Sentence("criticism", "ind", "Pak lurah lelet", "one")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("label\ttext\n", "one.tsv:1: the header must be"),
        (f"act\tlanguage\ttext\n{ROW}\nsatire\tlagi\n", "one.tsv:3: 2 columns instead of 3"),
        ("act\tlanguage\ttext\npress\tind\tberita\n", "one.tsv:2: act: no label 'press'"),
    ],
)
def test_a_bad_row_is_named(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text(content)
    with pytest.raises(ValueError, match=message):
        list(sentences(tmp_path))
