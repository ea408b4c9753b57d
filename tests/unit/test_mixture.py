"""Which languages a text mixes. The sentences are invented."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.mixture import WINDOWS, WORDS, mixture

INDONESIAN = (
    "Jalan di depan sekolah kami sudah tiga bulan rusak dan belum juga diperbaiki oleh dinas."
)
ENGLISH = (
    "Please fix the road soon because the children have to walk through the mud every morning."
)
JAVANESE = (
    "Dalane wis suwe rusak nanging durung ana sing ndandani, bocah-bocah padha tiba saben esuk."
)
MALAY = (
    "Jalan raya itu sudah lama rosak tetapi pihak berkuasa masih belum membaikinya kerana sibuk."
)


@pytest.mark.parametrize(("other", "code"), [(ENGLISH, "eng"), (JAVANESE, "jav")])
def test_two_languages_in_one_text_are_found(other: str, code: str) -> None:
    assert set(mixture([f"{INDONESIAN} {other}"])[0]) == {"ind", code}


def test_the_language_with_more_of_the_text_comes_first() -> None:
    (found,) = mixture([f"{ENGLISH} {INDONESIAN} {INDONESIAN}"])
    assert found == ("ind", "eng")


@pytest.mark.parametrize("text", [INDONESIAN, ENGLISH, JAVANESE, f"{INDONESIAN} {INDONESIAN}"])
def test_one_language_is_no_mixture(text: str) -> None:
    assert mixture([text]) == ((),)


def test_malay_beside_indonesian_is_no_mixture() -> None:
    assert mixture([f"{INDONESIAN} {MALAY} {MALAY}"]) == ((),)


def test_a_borrowed_phrase_is_no_mixture() -> None:
    assert mixture([f"{INDONESIAN} {INDONESIAN} {INDONESIAN} Please fix it soon."]) == ((),)


def test_what_comes_after_the_last_window_is_not_looked_at() -> None:
    start = " ".join(["rumah"] * (WORDS * WINDOWS))
    assert mixture([f"{start} {ENGLISH * 200}"]) == ((),)


@pytest.mark.parametrize("text", ["", " \n", "ya", "a" * 20_000, "\ud800 " * 30, "1 2 3 " * 50])
def test_nothing_to_tell_is_no_mixture(text: str) -> None:
    assert mixture([text]) == ((),)


@settings(deadline=None, max_examples=30)  # a shared core may stall
@given(st.lists(st.sampled_from([INDONESIAN, ENGLISH, JAVANESE, "", "ya"]), max_size=4))
def test_a_result_depends_on_its_own_text_alone(parts: list[str]) -> None:
    texts = [*parts, " ".join(parts)]
    assert mixture(texts) == tuple(mixture([text])[0] for text in texts)


def test_a_long_text_costs_no_more_than_its_first_windows() -> None:
    mixture([INDONESIAN * 2])  # the head is loaded
    start = time.process_time()
    mixture(["a " * 10_000] * 20)
    assert time.process_time() - start < 1
