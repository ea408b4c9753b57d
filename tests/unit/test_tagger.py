"""The tagger of names: its promises hold whatever its weights are; no data set is read."""

from itertools import pairwise, product
from pathlib import Path
from typing import Final, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich import tagger as module
from tasks.enrich.key_index import KeyIndex
from tasks.enrich.lines import MOST_WORDS, lines
from tasks.enrich.tagger import (
    BEGINS,
    MANNERS,
    STATES,
    WAYS,
    Kind,
    Tagger,
)
from tasks.enrich.viterbi import best_paths
from tasks.enrich.word_features import CODES, KINDS, MARGIN, PAD, joint_keys, word_keys

WORDS: Final = ["Dinas", "di", "Kota", "Lahat", "PDI-P", "kami", ".", "#", "2026", "🙏", "[AKUN]"]
TEXTS: Final = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*WORDS, "\n", " ", "ré\u0301", "\ud800"]), max_size=60).map(" ".join),
)


def random_tagger(seed: int, liked: int | None = None) -> Tagger:
    """A tagger of `WORDS` with weights that mean nothing; `liked` is a state it prefers."""
    draw = np.random.default_rng(seed)
    keys = np.unique(np.array([word_keys(word) for word in WORDS], dtype=np.uint32))
    words = draw.integers(-60, 60, (len(keys), 2 * MARGIN + 1, STATES)).astype(np.int8)
    steps = draw.integers(-60, 60, (MANNERS, WAYS, WAYS)).astype(np.int32)
    if liked is not None:
        steps[liked // WAYS, :, liked % WAYS] = 100_000
    joints = np.zeros((1, STATES), dtype=np.int8)
    return Tagger.of(keys, words, np.zeros(1, np.uint32), joints, steps[:, 0], steps)


@given(TEXTS, st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_a_name_covers_whole_words_inside_of_its_text(text: str, seed: int) -> None:
    spans = [span for line in lines(text) for span in line.spans]
    (names,) = random_tagger(seed).tag([text])
    assert {name.start for name in names} <= {start for start, _ in spans}
    assert {name.end for name in names} <= {end for _, end in spans}
    assert all(0 <= name.start < name.end <= len(text) for name in names)
    assert all(a.end <= b.start for a, b in pairwise(names))
    assert all("\n" not in text[name.start : name.end] for name in names)


def test_random_weights_do_find_names() -> None:
    found = [name for seed in range(9) for name in random_tagger(seed).tag([" ".join(WORDS)])[0]]
    assert {name.kind for name in found} == set(get_args(Kind))
    assert any(name.end - name.start > max(map(len, WORDS)) for name in found)


@given(st.lists(TEXTS, max_size=5), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_names_of_a_text_depend_on_that_text_alone(texts: list[str], seed: int) -> None:
    tagger = random_tagger(seed)
    assert tagger.tag(texts) == tuple(tagger.tag([text])[0] for text in texts)


@pytest.mark.parametrize("manner", [0, WAYS])
def test_persons_are_never_told(manner: int) -> None:
    person = random_tagger(1, liked=manner + 1)
    text = "kami di Kota Lahat"
    assert person.states(lines(text)) == [[manner + 1] * 4]
    assert person.tag([text]) == ((),)
    assert random_tagger(1, liked=manner + 3).tag([text])[0]


def test_no_kind_of_name_is_a_person() -> None:
    assert set(get_args(Kind)) == {"place", "institution"}
    assert {state % WAYS for state in BEGINS} == {3, 5}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t \n"])
def test_a_text_without_words_has_no_names(text: str) -> None:
    assert random_tagger(1, liked=3).tag([text, text]) == ((), ())


@pytest.mark.parametrize("text", ["lahat", "🙏🙏🏽", "\ud800", "x" * 20_000, "...", "_"])
def test_a_text_of_one_word_or_of_signs_is_read_and_holds_no_name(text: str) -> None:
    tagger = random_tagger(1, liked=3)
    assert set(tagger.states(lines(text))[0]) == {3}
    assert tagger.tag([text]) == ((),)


def test_a_long_text_is_read_up_to_a_limit() -> None:
    (names,) = random_tagger(1, liked=3).tag(["Lahat kini " * MOST_WORDS])
    assert len(names) == MOST_WORDS / 2


@pytest.mark.parametrize("text", ["Kota Lahat Kini", "KAMI DI KOTA LAHAT", "Lahat"])
def test_where_all_words_begin_large_no_name_is_told(text: str) -> None:
    tagger = random_tagger(1, liked=3)
    assert tagger.tag([text]) == ((),)
    assert tagger.tag([f"{text}\nkami di Lahat"])[0][0].start == len(text) + len("\nkami di ")


def test_what_has_not_the_form_of_a_name_is_not_told() -> None:
    tagger = random_tagger(1, liked=3)
    text = "kami [AKUN] Lahat., ... 2026"
    assert [text[name.start : name.end] for name in tagger.tag([text])[0]] == ["Lahat"]


def test_a_line_is_cut_at_stops_and_never_longer_than_its_limit() -> None:
    (line,) = lines("kata " * 30 + ". " + "lagi " * 200)
    assert line.parts == (31, 96, 96, 8)


def test_words_keep_hyphens_and_placeholders_together() -> None:
    (line,) = lines("(PDI-P) di [TAUTAN contoh.id], ma'af")
    assert line.words == ("(", "PDI-P", ")", "di", "[TAUTAN contoh.id]", ",", "ma'af")


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_best_path_is_the_best_of_all_paths(seed: int) -> None:
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 5, 4)
    scores = draw.integers(-9, 9, (lengths.sum(), 2, 3)).astype(np.int32)
    start = draw.integers(-9, 9, (2, 3)).astype(np.int32)
    steps = draw.integers(-9, 9, (2, 3, 3)).astype(np.int32)
    found = best_paths(scores, lengths, start, steps)

    def score(manner: int, path: tuple[int, ...], at: int) -> int:
        words = sum(int(scores[at + i, manner, state]) for i, state in enumerate(path))
        links = sum(int(steps[manner, a, b]) for a, b in pairwise(path))
        return words + links + int(start[manner, path[0]])

    at = 0
    for length in lengths.tolist():
        states = found[at : at + length]
        (manner,) = set((states // 3).tolist())
        best = max(score(m, path, at) for m in (0, 1) for path in product(range(3), repeat=length))
        assert score(manner, tuple((states % 3).tolist()), at) == best
        at += length


@given(st.sets(st.integers(0, 2**32 - 1) | st.integers(0, 300), min_size=1, max_size=50))
@settings(max_examples=40, deadline=None)
def test_an_index_finds_its_keys_and_no_other(keys: set[int]) -> None:
    index = KeyIndex.of(np.array(sorted(keys), dtype=np.uint32))
    others = sorted({(key + 1) % 2**32 for key in keys} - keys)
    assert index.rows(np.array(sorted(keys), dtype=np.uint32)).tolist() == [*range(len(keys))]
    assert (index.rows(np.array(others, dtype=np.uint32)) == len(keys)).all()


def test_a_value_gives_another_feature_for_each_kind() -> None:
    vocabulary = ["a", "b", "aa", "ab", "X", "x", "0", *WORDS]
    met = [{word_keys(word)[kind] for word in vocabulary} for kind in range(len(KINDS))]
    assert len(set.union(*met)) == sum(map(len, met))


def test_neighbours_make_features_in_their_order() -> None:
    def keys(*words: str) -> list[int]:
        padded = [PAD, PAD, *words, PAD, PAD]
        codes = np.array([word_keys(word)[:CODES] for word in padded], dtype=np.uint32)
        return joint_keys(codes).ravel().tolist()

    assert keys("Kota", "Lahat") != keys("Lahat", "Kota")
    assert set(keys("Kota", "Lahat")) & set(keys("Kota", "Lahat", "kami"))


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "names.npz", features_version=np.array(0))
    with pytest.raises(ValueError, match="saring train"):
        Tagger.load(tmp_path / "names.npz")


def test_weights_may_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "names.npz")
    assert module.tagger.__wrapped__() is None
