"""The plain wording of terms. Sentences are invented."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.plain import plain
from tasks.terms import places, terms

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


def worded(text: str) -> str:
    return " ".join(plain(term) for term in terms(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jalannya gk pernah dibenerin", "jalannya tidak pernah diperbaiki"),
        ("petugasnya ramah bgt mksh ya", "petugasnya ramah banget terima kasih ya"),
        ("klo gitu gmn dong", "kalau begitu bagaimana dong"),
        ("GAK JELAS", "tidak jelas"),
        ("Udah 3 jam nunggu", "sudah 3 jam menunggu"),
        ("temennya dmn", "temannya di mana"),
        ("rumahny dekat hargax murah", "rumahnya dekat harganya murah"),
        (
            "orang2 dan temen2nya berhari2 nunggu",
            "orang-orang dan teman-temannya berhari-hari menunggu",
        ),
    ],
)
def test_slang_and_spelling(typed: str, meant: str) -> None:
    assert worded(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bangeeeet", "banget"),
        ("maaaaf", "maaf"),  # a doubled letter that belongs to the word
        ("lamaaaa", "lama"),
        ("apiiiik", "apik"),  # not in the lexicon: once is the better guess
        ("gaaaak", "tidak"),
        ("wkwkwkwkwk", "wkwk"),
        ("hahahaha", "haha"),
        ("pasal XVIII", "pasal xviii"),
        ("Kemen PPPA", "kemen pppa"),
        ("Rp10000", "rp10000"),
    ],
)
def test_elongation(typed: str, meant: str) -> None:
    assert worded(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("b4ngs4t", "bangsat"), ("4NJ1NG", "anjing"), ("g0bl0k", "goblok"), ("4njing", "anjing")],
)
def test_digits_for_letters(typed: str, meant: str) -> None:
    assert worded(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "k3",
        "p3k",
        "5g",
        "rt04 rw05",
        "2hari",
        "1juta",
        "sman2",
        "covid19",
        "s1",
        "ke4",
        "q7w8e",
        "80s",
        "4bang",
        "berke2",
        "9an",
        "4kan",
    ],
)
def test_a_number_is_no_letter_unless_a_known_word_comes_out(text: str) -> None:
    assert worded(text) == text


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#jalanrusaklagi", "jalan rusak lagi"),
        ("#banjirpalembang", "banjir palembang"),
        ("#TolakKorupsi", "tolak korupsi"),
        ("#pilkada2024", "pilkada 2024"),
        ("#jalan_rusak", "jalan rusak"),
        ("#dirumahaja", "di rumah saja"),
        ("#banjir", "banjir"),
        ("#kediri", "kediri"),
        ("#qwzxkv", "qwzxkv"),
        ("#nomor2bersih", "nomor 2 bersih"),
        ("#t3tapbersih", "t3tapbersih"),  # the digit may be a letter
        ("#1", "1"),
        ("a#banjirkota", "a banjir kota"),
    ],
)
def test_hashtags(tag: str, words: str) -> None:
    assert worded(tag) == words


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lucu 😂", "lucu tertawa"),
        ("lucu😂😂", "lucu tertawa tertawa"),
        ("🙏🏻pak", "terima kasih 🏻 pak"),
        ("aduh🤦😭", "aduh menepuk dahi menangis"),
        ("🪵", "🪵"),  # without a name here
    ],
)
def test_emoji(text: str, named: str) -> None:
    assert worded(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "aku ora iso, wis kudu mulih saiki",  # Javanese
        "abdi teu terang, kumaha atuh carana",  # Sundanese
        "indak baa do, ambo alah sampai di rumah",  # Minangkabau
        "dak katek galo wong kito, cakmano nian caro ngurusnyo",  # Palembang
        "The office was open and the staff were so helpful.",
        "Pelayanan di kantor kecamatan sudah cukup cepat dan ramah.",
        "lihat [TAUTAN gk.id] dari [AKUN] di https://gk.id/bgt atau www.gk.id @gue",
        "3 g gula, Vitamin D, bagian d 3, I'd go",
    ],
)
def test_what_is_plain_or_no_indonesian_stays(text: str) -> None:
    assert worded(text) == " ".join(terms(text))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1.",
        "4n",
        "#gakjelas",
        "# ",
        "😂😭",
        "👩\u200d",
        "[TAUTAN ",
        "www.",
        "https://",
        "aaab",
    ],
)
def test_hostile_texts_take_linear_time(
    piece: str, growth: Callable[[Callable[[str], object], str], float]
) -> None:
    assert growth(worded, piece) < 24


def test_words_longer_than_any_are_left_alone() -> None:
    long = "gakjelas" * 2_400
    assert [plain(term) for term in (long, f"#{long}", "a" * 20_000)] == [long, long, "a"]


@settings(deadline=None)  # a shared core may stall
@given(ANY_TEXT)
def test_every_term_knows_its_place(text: str) -> None:
    folded = text.casefold()
    found = [folded[start:end] for start, end in places(folded)]
    assert [terms(piece) for piece in found] == [[term] for term in terms(text)]
