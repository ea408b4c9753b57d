"""Substance: what can be checked counts, praise and office holders never do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.substance import (
    HALF_LIFE_HOURS,
    freshness,
    praise_words,
    quotation,
    substance,
    without_praise,
)

STORIES = (
    "Puskesmas Sako Palembang kini buka 24 jam sejak 3 Maret 2026. Antre 10 menit, lalu diperiksa.",
    "Relawan menyalurkan 300 paket makanan di Kabupaten Lahat. [TAUTAN lahat.go.id]",
    "Bupati Banyuasin meresmikan pasar. Warga gotong royong membersihkan parit 200 meter.",
    "Antrean KTP di Disdukcapil Palembang cuma 10 menit",
    "Sudah seminggu hujan terus.",
    "",
)
HOLDERS = (
    *("Bupati Banyuasin", "Pak Bupati", "Wali Kota Palembang", "Gubernur Sumatera Selatan"),
    *("Camat Sako", "Bu Lurah", "Kepala Dinas Kesehatan Kota Palembang", "Presiden", "Menteri"),
)
FILLERS = ("adalah", "orang", "yang", "dan", "untuk rakyat", "kami", "selalu", "Pak Slamet")
PRAISE = st.sampled_from(praise_words())


@st.composite
def praising(draw: st.DrawFn) -> str:
    """A sentence that praises an office holder and tells of nothing that was done."""
    parts = [draw(st.sampled_from(HOLDERS)), *draw(st.lists(PRAISE, min_size=1, max_size=5))]
    parts += draw(st.lists(st.sampled_from(FILLERS), max_size=4))
    return " ".join(draw(st.permutations(parts))) + draw(st.sampled_from((".", "!", "!!!", "")))


@given(st.sampled_from(STORIES), praising(), st.booleans())
def test_praise_of_an_office_holder_never_raises_the_rank(
    story: str, praise: str, first: bool
) -> None:
    text = f"{praise}\n{story}" if first else f"{story}\n{praise}"
    assert substance(text).score <= substance(story).score


@given(st.sampled_from(STORIES), PRAISE, st.integers(0, 30), st.sampled_from(("", "!", ".")))
def test_a_positive_word_anywhere_never_raises_the_rank(
    story: str, praise: str, at: int, sign: str
) -> None:
    words = story.split(" ")
    words.insert(min(at, len(words)), praise + sign)
    assert substance(" ".join(words)).score <= substance(story).score


@given(st.sampled_from(STORIES), st.sampled_from(HOLDERS))
def test_a_mention_of_an_office_holder_weighs_nothing(story: str, holder: str) -> None:
    assert substance(f"{story}\n{holder}").parts == substance(story).parts
    assert substance(f"{holder}, {story}").parts == substance(story).parts


def test_the_place_in_a_title_is_not_where_something_was_done() -> None:
    told = {part.name: part.found for part in substance("Camat Sako membersihkan 3 parit.").parts}
    assert told["deed"] == ("membersihkan",)
    assert told["place"] == ()


@given(st.text(max_size=300))
def test_any_text_has_a_substance_between_0_and_1(text: str) -> None:
    assert 0.0 <= substance(text).score <= 1.0


def test_each_part_names_the_words_that_filled_it() -> None:
    parts = {part.name: part.found for part in substance(STORIES[0]).parts}
    assert parts["date"] == ("3 Maret 2026",)
    assert parts["amount"] == ("24 jam", "10 menit")
    assert parts["institution"] == ("Puskesmas Sako",)
    assert "Palembang" in parts["place"]
    assert parts["deed"] == ("buka", "diperiksa")
    assert parts["link"] == ()


def test_what_was_done_outranks_a_ceremony_and_thanks() -> None:
    done = substance("Dinas PUPR Kota Palembang menambal 40 lubang di Sako, selesai 2 Mei 2026.")
    ceremony = substance("Gubernur Sumatera Selatan meresmikan gedung dan menghadiri syukuran.")
    thanks = substance("Terima kasih Bupati Banyuasin, hebat, luar biasa, pemimpin sejati!")
    assert done.score > ceremony.score == thanks.score == 0.0


def test_thanks_do_not_hide_what_they_are_for() -> None:
    told = "Antrean KTP di Disdukcapil Palembang cuma 10 menit"
    assert substance(f"Alhamdulillah mantap, {told}, terima kasih!").score == substance(told).score


def test_after_each_half_life_a_story_is_worth_half() -> None:
    assert freshness(0) == freshness(-5) == 1.0
    assert freshness(HALF_LIFE_HOURS) == pytest.approx(0.5)
    assert freshness(2 * HALF_LIFE_HOURS) == pytest.approx(0.25)


def test_words_of_praise_are_taken_out_with_their_shouts() -> None:
    assert without_praise("Hebat!!! Dinas membuka loket, mantap.") == "Dinas membuka loket,"


@given(st.text(alphabet="abc de.!? \n", max_size=400))
def test_a_quotation_is_short_and_at_most_half_of_the_text(text: str) -> None:
    quoted = quotation(text)
    assert len(quoted) <= min(141, len(text) // 2 + 1)


def test_a_quotation_stands_in_the_text_and_is_what_tells_most() -> None:
    text = f"Pagi ini cerah dan semua orang berjalan kaki ke alun-alun kota. {STORIES[0]}"
    quoted = quotation(text)
    assert re.sub("…$", "", quoted) in text
    assert quoted.startswith("Puskesmas Sako")


def test_the_cost_is_linear(growth: object) -> None:
    assert callable(growth)
    assert growth(substance.__wrapped__, "Dinas membuka 3 loket di Palembang, hebat! ") < 30
