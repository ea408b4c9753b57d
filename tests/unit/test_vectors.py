"""Closeness by rare words: the laws of the cosine, and what weighs more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.group.shingles import KEY_BITS
from tasks.group.vectors import (
    JOIN,
    MERGE,
    TERMS,
    closeness,
    parts_of,
    term_keys,
    vector,
    word_hash,
)
from tasks.skeleton import skeleton

SAID = "banjir lahat sumur bor mushola kelapa pasar yang di dan 3 17 jembatan mengungsi pengungsi"
WORDS = st.sampled_from(SAID.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=15).map(" ".join)


@given(TEXTS, TEXTS)
def test_closeness_is_a_cosine(one: str, other: str) -> None:
    found = closeness(one, other)

    assert 0 <= found <= 1
    assert found == pytest.approx(closeness(other, one), abs=1e-6)
    assert closeness(one, one) == pytest.approx(1, abs=1e-5)


@given(TEXTS)
def test_a_vector_is_of_unit_length(text: str) -> None:
    found = vector(text)

    assert np.linalg.norm(list(found.values())) == pytest.approx(1, abs=1e-5)


def test_nothing_shared_is_not_close() -> None:
    assert closeness("banjir lahat", "kucing oren") == 0
    assert closeness("", "banjir lahat") == closeness("banjir lahat", "") == closeness("", "") == 0


@given(st.lists(WORDS, min_size=1, max_size=15), st.randoms(use_true_random=False), TEXTS)
def test_the_order_of_words_does_not_matter(words: list[str], random: object, other: str) -> None:
    turned = list(words)
    getattr(random, "shuffle")(turned)  # noqa: B009 - hypothesis does not say what it gives

    assert closeness(" ".join(words), other) == pytest.approx(
        closeness(" ".join(turned), other), abs=1e-5
    )


def test_a_word_said_again_adds_little() -> None:
    once, twice, often = ("sumur bor kering" + " kering" * more for more in (0, 1, 30))

    assert 0.9 < closeness(once, twice) < 1
    assert closeness(once, often) > 0.75  # it would be .6 if it counted thirty times
    assert closeness(once, often) < closeness(once, twice)


def test_a_rare_word_that_is_shared_weighs_more_than_a_plain_one() -> None:
    text = "yang talangrejo sudah panen"

    assert closeness(text, "talangrejo besok hujan") > 2 * closeness(text, "yang besok hujan")


def test_parts_of_words_bring_forms_of_one_word_near() -> None:
    assert closeness("mengungsi", "pengungsi") > 0.3 > closeness("mengungsi", "pengunjung")


def test_a_story_in_other_words_is_close_and_another_story_is_not() -> None:
    one, other, apart = map(
        skeleton,
        (
            "Jembatan gantung Talangrejo putus diterjang arus, anak sekolah menyeberang naik rakit",
            "Anak sekolah Talangrejo naik rakit sejak jembatan gantung mereka putus kemarin malam",
            "Harga cabai di pasar induk turun separuh, pedagang bakso senang bukan main",
        ),
    )

    assert closeness(one, other) > JOIN
    assert closeness(one, apart) < JOIN < MERGE


@given(st.lists(TEXTS, max_size=5))
def test_term_keys_are_few_and_fit(texts: list[str]) -> None:
    found = term_keys(texts)

    assert len(found) == len(texts)
    for text, keys in zip(texts, found, strict=True):
        assert len(keys) == min(TERMS, len(set(text.split())))
        assert len(set(keys)) == len(keys)
        assert all(0 <= key < 1 << KEY_BITS for key in keys)
        assert term_keys([text]) == [keys]


def test_terms_are_the_rarest_words() -> None:
    plain = "yang di dan ini itu dengan untuk dari pada"
    rare = "talangrejo sumbersari rakit gergaji belimbing kuali bedug sampan"
    (found,) = term_keys([f"{plain} {rare}"])

    assert set(found) == {key for (key,) in term_keys(rare.split())}


def test_a_word_and_a_part_of_the_same_letters_have_hashes_of_their_own() -> None:
    assert word_hash("raja") not in parts_of("raja")
    assert parts_of("a") != []
