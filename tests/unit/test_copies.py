"""The law of copies: what may differ between two copies, and what never may."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.group.copies import LEAD, copied, is_known, is_turning, lead
from tasks.skeleton import skeleton

TEXT = (
    "Warga Plaju Ulu gotong royong membersihkan saluran air sejak pagi, 3 rumah masih tergenang"
    " dan dapur umum dibuka di halaman masjid"
)
MEAL = "ibu kantin membagikan bubur hangat kepada murid sekolah dasar setiap jumat pagi"
TWELVE = MEAL.split()
OTHERS = "3 17 lahat pagaralam tidak hoaks talangrejo sumbersari bgt mushola"
WORDS = st.sampled_from([*TWELVE, *OTHERS.split()])
TEXTS = st.lists(WORDS, min_size=1, max_size=20)


def both(one: str, other: str) -> set[bool]:
    """What the law says of two texts, either of them the earlier one."""
    a, b = lead(skeleton(one)), lead(skeleton(other))
    return {copied(a, b), copied(b, a)}


@pytest.mark.parametrize(
    "other",
    [
        TEXT.removesuffix(" di halaman masjid"),
        TEXT + " kata pak lurah",
        "Kabar pagi. " + TEXT,
        TEXT.replace("membersihkan", "membersikan"),
        TEXT.replace("tergenang", "tergenagn"),
        TEXT.replace("masih", "msh").replace("dibuka", "dbuka"),
        TEXT.replace("Warga", "Wrga"),
        TEXT.replace("halaman", "hlmn"),
        TEXT.replace("masih ", ""),
        TEXT.replace("gotong royong", "gotongroyong"),
        TEXT.replace("Plaju", "Plajo"),
        TEXT.replace("sejak pagi, ", "").replace("Warga", "Sejak pagi warga"),
        TEXT.replace("gotong royong", "royong gotong"),
        TEXT.replace("3 rumah", "rumah 3"),
    ],
)
def test_a_copy_loses_gains_misspells_and_moves_words(other: str) -> None:
    assert both(TEXT, other) == {True}


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("Plaju", "Seberang"),
        TEXT.replace("Plaju Ulu", "Plaju"),
        TEXT.replace("Plaju Ulu", "Plaju Ilir"),
        TEXT.replace("3 rumah", "5 rumah"),
        TEXT.replace("3 rumah", "30 rumah"),
        TEXT.replace("masih", "tidak"),
        TEXT.replace("masih", "tidak lagi"),
        TEXT.replace("masih", "masih tidak"),
        TEXT.replace("pagi", "sore"),
        TEXT.replace("masjid", "sekolah"),
        TEXT.replace("air", "lumpur"),
        "HOAKS: " + TEXT,
        "Klarifikasi lurah. " + TEXT,
        "bukan " + TEXT,
        TEXT + ", kabar itu hoaks",
        TEXT + ". TIDAK BENAR!",
        " ".join(TEXT.split()[:8]),
        TEXT + " " + "lalu ".join(TWELVE),
        "Ibu kantin membagikan bubur hangat kepada murid sekolah dasar",
    ],
)
def test_another_place_number_word_or_sense_is_no_copy(other: str) -> None:
    assert both(TEXT, other) == {False}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Bupati OKU meninjau jalan rusak di perbatasan bersama warga dan mandor proyek",
            "Bupati OKI meninjau jalan rusak di perbatasan bersama warga dan mandor proyek",
        ),
        (
            "Truk tangki air bersih parkir di lapangan voli dusun Talangrejo sampai malam",
            "Truk tangki air bersih parkir di lapangan voli dusun Sumbersari sampai malam",
        ),
        (
            "Banjir di Lahat 3 korban luka ringan, banjir di Muara Enim 5 korban luka ringan",
            "Banjir di Lahat 5 korban luka ringan, banjir di Muara Enim 3 korban luka ringan",
        ),
        (
            "Banjir di Lahat 3 korban luka ringan, banjir di Muara Enim 5 korban luka ringan",
            "Banjir di Lahat 3 korban luka ringan, banjir di Muara Enim 3 korban luka ringan",
        ),
        (
            "Pasar di Lahat buka lagi, warga Lahat diminta antre dengan tertib sejak subuh",
            "Pasar di Lahat buka lagi, warga Pagaralam diminta antre dengan tertib sejak subuh",
        ),
        (
            "Loket tidak buka hari Sabtu, sedangkan ambulans desa tetap siaga sampai malam nanti",
            "Loket tidak buka hari Sabtu, sedangkan ambulans desa tidak siaga sampai malam nanti",
        ),
    ],
)
def test_a_word_that_the_text_says_elsewhere_too_is_no_excuse(one: str, other: str) -> None:
    assert both(one, other) == {False}


def test_a_typing_error_never_makes_two_known_words_one() -> None:
    assert is_known("lahat")
    assert is_known("makan")
    assert both("pagi ini kami makan di warung baru", "pagi ini kami makam di warung baru") == {
        not is_known("makam")
    }


def test_what_lies_behind_the_cut_of_a_long_text_is_not_compared() -> None:
    long = " ".join((TWELVE * 3)[:33])
    one, other = f"{long} tidak jadi besok", f"{long} hari ini pasti"
    assert LEAD - 24 < len(one) < LEAD

    assert both(one, other) == {True}
    assert both(one[100:], other[100:]) == {False}


@given(TEXTS.map(" ".join))
def test_a_lead_is_a_copy_of_itself(text: str) -> None:
    assert copied(lead(text), lead(text))


@given(TEXTS, TEXTS, st.lists(st.integers(0, 60), max_size=3))
@example(
    ["ibu", "ibu", "bubur", "membagikan", "ibu"], ["ibu", "membagikan", "ibu", "kantin", "ibu"], []
)
def test_the_order_of_two_texts_does_not_matter(
    one: list[str], other: list[str], places: list[int]
) -> None:
    edited = list(one)
    for place, word in zip(places, other, strict=False):
        edited.insert(place % len(one), word)
    for second in (other, edited):
        a, b = lead(" ".join(one)), lead(" ".join(second))
        assert copied(a, b) == copied(b, a)


@given(st.integers(0, 11), st.permutations(TWELVE))
def test_twelve_words_without_one_plain_word_stay_a_copy(place: int, words: list[str]) -> None:
    assert copied(" ".join(words), " ".join(words[:place] + words[place + 1 :]))


@given(st.integers(0, 12), st.sampled_from(["bukan", "tidak", "hoaks", "batal", "selatan"]))
def test_one_turning_word_anywhere_ends_it(place: int, word: str) -> None:
    assert is_turning(word)
    assert both(" ".join(TWELVE), " ".join([*TWELVE[:place], word, *TWELVE[place:]])) == {False}


@given(st.text(max_size=600).map(skeleton))
def test_a_lead_is_whole_words_from_the_beginning(bones: str) -> None:
    found = lead(bones)

    assert len(found) <= LEAD
    assert bones.startswith(found)
    assert not found or found.split() == bones.split()[: len(found.split())]
