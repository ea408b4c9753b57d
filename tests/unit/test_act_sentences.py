"""The frames of the acts, and the sentences made of them."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.act_examples import ACTS
from training.act_sentences import FOLDER, OTHER, SENTENCES, expand, sentences, typed

FILLERS = {"buah": ["pisang", "nangka", "salak"]}
CHOICES = st.lists(st.sampled_from(["a", "b", "", "@buah", "@Buah", "apa?"]), min_size=1)
FRAMES = st.lists(CHOICES.map(lambda options: f"{{{'|'.join(options)}}}") | st.just("kata"))


def test_every_act_has_enough_sentences_and_other_the_most() -> None:
    counts = Counter(sentence.act for sentence in sentences())
    assert counts.keys() == {*ACTS, OTHER}
    assert min(counts.values()) >= 140
    assert counts.most_common(1)[0][0] == OTHER


def test_no_sentence_is_taught_as_two_acts() -> None:
    taught: dict[str, set[str]] = {}
    for sentence in sentences():
        taught.setdefault(sentence.text, set()).add(sentence.act)
    assert [text for text, acts in taught.items() if len(acts) > 1] == []


def test_sentences_are_whole_and_the_same_each_time() -> None:
    made = list(sentences())
    assert made == list(sentences())
    assert [one.text for one in made if set(one.text) & set("{}|@") or "  " in one.text] == []
    assert all(3 <= len(one.text) <= 300 for one in made)


@given(FRAMES.map(" ".join))
def test_a_frame_gives_a_few_different_sentences(frame: str) -> None:
    made = expand(frame, FILLERS)
    assert 1 <= len(made) <= SENTENCES
    assert len(set(made)) == len(made)


def test_choices_are_all_met_and_capitals_kept() -> None:
    made = expand("{@Buah|Mangga} itu {manis|asam}, {ya|}", FILLERS)
    assert len(made) == SENTENCES
    words = " ".join(made).replace(",", "").split()
    assert {"Mangga", "manis", "asam", "ya"} <= set(words)
    assert {"Pisang", "Nangka", "Salak"} & set(words)


def test_typed_keeps_placeholders() -> None:
    assert typed("Saya tidak tahu, [TELEPON]!", 1) == "sy gak tahu [TELEPON]"
    assert typed("Kapan, yang mana?", 3) == "kapan, yg mana?"


def test_an_unknown_filler_is_named(tmp_path: Path) -> None:
    (tmp_path / "fillers.toml").write_text("")
    (tmp_path / "question.tsv").write_text("language\tframe\nind\tmana {@buah}?\n")
    with pytest.raises(KeyError, match="buah"):
        list(sentences(tmp_path))


def test_frames_are_written_once_and_in_a_known_language() -> None:
    frames = [
        line.split("\t")
        for path in sorted(FOLDER.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert {language for language, _ in frames} == {"ind", "jav", "sun", "min", "plm", "eng"}
    assert max(Counter(frame for _, frame in frames).values()) == 1
