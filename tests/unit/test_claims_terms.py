"""Terms, numbers and opposites: what of a text is compared with a claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.claims.model import model
from tasks.claims.opposites import negations, opposites
from tasks.claims.terms import MOST_SENTENCES, place_names, sentences, split, stem
from tasks.claims.vocabulary import NEAR, Vocabulary


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("75rb", "#75000"),
        ("75 ribu", "#75000"),
        ("Rp75.000", "#75000"),
        ("pitung puluh lima ewu", "#75000"),
        ("tujuh puluh lima ribu", "#75000"),
        ("seventy five thousand", "#75000"),
        ("1.500", "#1500"),
        ("seribu lima ratus", "#1500"),
        ("sewu limang atus", "#1500"),
        ("dua ratus lima puluh", "#250"),
        ("dua belas", "#12"),
        ("sebelas", "#11"),
        ("selawe", "#25"),
        ("gocap", "#50000"),
        ("3,5 juta", "#3500000"),
        ("3.5 persen", "#3.5"),
        ("1,5 miliar", "#1500000000"),
        ("nol", "#0"),
    ],
)
def test_a_number_is_one_term_in_digits_or_in_words(text: str, number: str) -> None:
    assert [term for term in split(f"bayar {text} dulu") if term[0] == "#"] == [number]


def test_numbers_that_stand_apart_stay_apart() -> None:
    assert split("3 dua") == ["#3", "#2"]
    assert split("20, 30") == ["#20", "#30"]
    assert split("dua tiga") == ["#2", "#3"]
    assert split("ribu") == ["ribu"]


@pytest.mark.parametrize(
    "words",
    [
        "bayar dibayar mbayar membayarkan pay",
        "rumah rumahnya omah omahe house",
        "sekolah sakola school",
        "bantuan membantu dibantu",
        "tidak gak ora teu indak dak not",
        "bangeeet banget",
    ],
)
def test_spellings_affixes_and_languages_of_a_word_are_one_term(words: str) -> None:
    assert len({tuple(split(word)) for word in words.split()}) == 1


def test_names_of_places_are_not_cut() -> None:
    assert {"medan", "palembang", "solo"} <= place_names()
    assert stem("medan") == "medan"
    assert stem("makanan") == "makan"


@given(st.text(max_size=300))
def test_any_text_has_terms_and_none_is_empty(text: str) -> None:
    assert all(split(text))
    assert all(split(word) for word in split(text))


@given(st.text(alphabet="ab .!?\n", max_size=200))
def test_sentences_are_parts_of_the_text_in_order(text: str) -> None:
    found = sentences(text)
    assert [split(text[one.start : one.end]) for one in found] == [one.terms for one in found]
    assert all(text[one.start : one.end].strip() for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert [term for one in found for term in one.terms] == split(text)


def test_of_a_long_text_the_first_sentences_are_compared() -> None:
    assert len(sentences("Air naik. " * 100)) == MOST_SENTENCES


def test_opposites_go_both_ways_and_are_looked_up_as_terms() -> None:
    for one, other in (("naik", "turun"), ("gratis", "membayar"), ("dibuka", "ditutup")):
        (left,), (right,) = split(one), split(other)
        assert right in opposites()[left]
        assert left in opposites()[right]
    assert all(term not in of for term, of in opposites().items())


def test_negations_are_words_as_they_are_typed() -> None:
    assert {"tidak", "gak", "ora", "teu", "indak", "katek", "not"} <= negations()
    assert all(word == word.lower() and word.isalpha() for word in negations())


def test_weights_say_little_of_common_words_years_and_letters() -> None:
    rarity = model().rarity
    assert rarity["di"] == rarity["#2026"] == rarity["x"] == rarity[""] == 0
    assert rarity["#75000"] <= 5.5 < rarity["vaksinasi"]


def test_a_misspelled_word_is_near_the_one_that_was_meant() -> None:
    known = Vocabulary(["formalin", "jembatan", "#75000", "air"], model().rarity)
    assert known.near("formalin") == ((0, 1.0),)
    ((number, alike),) = known.near("formalim")
    assert number == 0
    assert NEAR <= alike < 1
    assert known.near("#7500") == ()
    assert known.near("ai") == ()
