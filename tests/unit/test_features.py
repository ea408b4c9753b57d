"""Laws of the shared hashing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.features import CONCEPTS_FROM, WIDTH, WORDS_FROM, Features, features

# Any str that Python can hold, lone surrogates and NUL included.
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


def row(batch: Features, number: int) -> tuple[list[int], list[float], int, int]:
    of = slice(batch.offsets[number], batch.offsets[number + 1])
    indices, values = batch.indices[of].tolist(), batch.values[of].tolist()
    return indices, values, int(batch.latin[number]), int(batch.foreign[number])


@settings(deadline=None)  # a shared core may stall
@given(st.lists(ANY_TEXT, max_size=6))
def test_a_row_depends_on_its_own_text_alone(texts: list[str]) -> None:
    together = features(texts)
    assert len(together.offsets) == len(texts) + 1
    for number, text in enumerate(texts):
        assert row(together, number) == row(features([text]), 0)


@settings(deadline=None)  # a shared core may stall
@given(ANY_TEXT)
def test_a_row_is_ascending_without_repeats_and_each_block_has_its_length(text: str) -> None:
    indices, values, _, _ = row(features([text]), 0)
    assert indices == sorted(set(indices))
    bounds = (0, WORDS_FROM, CONCEPTS_FROM, WIDTH)
    for start, end, length in zip(bounds, bounds[1:], (1, 1, 0.6), strict=False):
        held = [value for index, value in zip(indices, values, strict=True) if start <= index < end]
        assert not held or np.hypot.reduce(held) == pytest.approx(length, abs=1e-4)
    assert all(0 <= index < WIDTH for index in indices)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jalan Rusak", "jalan rusak"),
        ("antre 3 jam", "antre 7 jam"),
        ("bangeeeeet", "bangeet"),
        ("lihat https://contoh.id/a?b=1 ya", "lihat ya"),
        ("lihat [TAUTAN contoh.id] ya", "lihat [TAUTAN lain.example] ya"),
        ("halo @warga_baik apa kabar", "halo [AKUN] apa kabar"),
        ("dua  kata\n", " dua kata"),
        ("apa (siapa);", "apa siapa"),
    ],
)
def test_what_does_not_matter_gives_the_same_row(one: str, other: str) -> None:
    assert row(features([one]), 0) == row(features([other]), 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("maaf", "maf"),
        ("tidak baik", "baik tidak"),
        ("puas 👍", "puas"),
        ("kantornya buka?", "kantornya buka"),
        ("kantornya buka!", "kantornya buka?"),
        ("katanya “gratis”", "katanya gratis"),
        ("lalu, ia pergi...", "lalu ia pergi"),
        ("lihat [TAUTAN contoh.id] ya", "lihat ya"),
        ("hubungi [TELEPON]", "hubungi [SUREL]"),
        ("bunuh besok dia", "bunuh dia besok"),
    ],
)
def test_what_matters_gives_another_row(one: str, other: str) -> None:
    assert row(features([one]), 0) != row(features([other]), 0)


def test_characters_and_words_have_blocks_of_their_own() -> None:
    # " ya " has the grams " y", "ya", "a ", " ya", "ya ", " ya " and one word.
    indices, values, latin, foreign = row(features(["ya"]), 0)
    assert [index >= WORDS_FROM for index in indices] == [False] * 6 + [True]
    assert values == pytest.approx([1 / np.sqrt(6)] * 6 + [1])
    assert (latin, foreign) == (2, 0)


def test_columns_are_the_same_on_every_machine() -> None:
    """Written down once: another number means that all weights are void (raise VERSION)."""
    indices, _, _, _ = row(features(["Pelayanan cepat 👍"]), 0)
    assert (len(indices), sum(indices)) == (64, 24238864)


def test_meanings_are_counted_across_words_that_have_none() -> None:
    def concepts(text: str) -> set[int]:
        return {index for index in row(features([text]), 0)[0] if index >= CONCEPTS_FROM}

    assert concepts("mangga") == set()
    assert concepts("tembak mangga kucing dia") == concepts("tembak dia")
    assert concepts("tembak dia") > concepts("tembak") | concepts("dia")


def test_letters_are_counted_by_script() -> None:
    batch = features(["é ya", "привет", "😂 12 !!", "ꦗꦮ ya"])
    assert batch.latin.tolist() == [3, 0, 0, 2]
    assert batch.foreign.tolist() == [0, 6, 0, 2]


def test_no_text_gives_no_row() -> None:
    assert features([]).offsets.tolist() == [0]
    assert features(["", " \n"]).offsets.tolist() == [0, 0, 0]
