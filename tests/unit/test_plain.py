"""The plain wording: what it says, and that every span of it maps back. Sentences are invented."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.models import Span
from tasks.plain import Plain, plain

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
PIECES = st.sampled_from(
    [
        "gk",
        "bgt",
        "jalan",
        "orang2",
        "#banjirkota",
        "#x",
        "😂",
        "🙏🏻",
        "[AKUN]",
        " ",
        ".",
        "d",
        "ora",
    ]
)
TEXTS = st.one_of(ANY_TEXT, st.lists(PIECES, max_size=12).map("".join), st.text("a😂# \n2gd"))


def back(wording: Plain, start: int, end: int) -> tuple[int, int]:
    span = wording.original(Span(start=start, end=end))
    return span.start, span.end


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jalannya gk pernah dibenerin", "jalannya tidak pernah diperbaiki"),
        ("petugasnya ramah bgt, mksh ya", "petugasnya ramah banget, terima kasih ya"),
        ("klo gitu gmn dong", "kalau begitu bagaimana dong"),
        ("GAK JELAS", "TIDAK JELAS"),
        ("Udah 3 jam nunggu", "Sudah 3 jam menunggu"),
        ("temennya dmn", "temannya di mana"),
        ("rumahny dekat, hargax murah", "rumahnya dekat, harganya murah"),
        ("antre d loket", "antre di loket"),
        (
            "orang2 dan temen2nya berhari2 nunggu",
            "orang-orang dan teman-temannya berhari-hari menunggu",
        ),
    ],
)
def test_slang_and_spelling(typed: str, meant: str) -> None:
    assert plain(typed).text == meant


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
        ("pasal XVIII", "pasal XVIII"),
        ("Kemen PPPA", "Kemen PPPA"),
        ("Rp10000", "Rp10000"),
    ],
)
def test_elongation(typed: str, meant: str) -> None:
    assert plain(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("b4ngs4t", "bangsat"), ("4NJ1NG", "ANJING"), ("g0bl0k", "goblok"), ("4njing", "anjing")],
)
def test_digits_for_letters(typed: str, meant: str) -> None:
    assert plain(typed).text == meant


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
    assert plain(text).text == text


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#SaveSungaiMusi", "Save Sungai Musi"),
        ("#banjirpalembang", "banjir palembang"),
        ("#TolakKenaikanBBM", "Tolak Kenaikan BBM"),
        ("#pilkada2024", "pilkada 2024"),
        ("#jalan_rusak", "jalan rusak"),
        ("#dirumahaja", "di rumah saja"),
        ("#banjir", "#banjir"),
        ("#kediri", "#kediri"),
        ("#qwzxkv", "#qwzxkv"),
        ("#nomor2bersih", "nomor 2 bersih"),
        ("#t3tapbersih", "#t3tapbersih"),  # the digit may be a letter
        ("#1", "#1"),
        ("a#banjirkota", "a#banjirkota"),
    ],
)
def test_hashtags(tag: str, words: str) -> None:
    assert plain(tag).text == words


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lucu 😂", "lucu tertawa"),
        ("lucu😂😂😂😂.", "lucu tertawa tertawa."),
        ("🙏🏻pak", "terima kasih pak"),
        ("aduh🤦‍♂️😭", "aduh menepuk dahi menangis"),
        ("merdeka 🇮🇩", "merdeka indonesia"),
        ("🪵", "🪵"),  # without a name here
    ],
)
def test_emoji(text: str, named: str) -> None:
    assert plain(text).text == named


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
        "5 km dari kota, Km 91, 3 g gula, Vitamin D, bagian d 3, I'd go",
    ],
)
def test_what_is_plain_or_no_indonesian_stays(text: str) -> None:
    assert plain(text) == Plain(text)


def test_a_span_covers_the_whole_words_that_were_replaced() -> None:
    text = "pak, gk ada yg jawab #banjirkota 😂"
    wording = plain(text)
    assert wording.text == "pak, tidak ada yang jawab banjir kota tertawa"
    for part, before in [
        ("pak", "pak"),
        ("da", "gk"),
        ("tidak ada", "gk ada"),
        ("ang", "yg"),
        ("kota", "#banjirkota"),
        ("tawa", "😂"),
        ("jawab ban", "jawab #banjirkota"),
    ]:
        at = wording.text.index(part)
        start, end = back(wording, at, at + len(part))
        assert text[start:end] == before


@settings(deadline=None)  # a shared core may stall
@given(TEXTS)
def test_spans_map_back_in_order_and_inside(text: str) -> None:
    wording = plain(text)
    size = len(wording.text)
    assert back(wording, 0, size) == (0, len(text))
    starts = [back(wording, at, size)[0] for at in range(size + 1)]
    ends = [back(wording, 0, at)[1] for at in range(size + 1)]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start <= len(text) for start in starts)
    assert all(0 <= end <= len(text) for end in ends)
    assert all(ends[at] - starts[at] >= 0 for at in range(size + 1))


@settings(deadline=None)  # a shared core may stall
@given(TEXTS)
def test_each_span_stands_for_what_it_was_made_from(text: str) -> None:
    wording = plain(text)
    at = before = 0
    for edit in wording.edits:
        # What lies between two edits is the same on both sides, and maps to itself.
        assert wording.text[at : edit.start] == text[before : edit.first]
        assert back(wording, at, edit.start) == (before, edit.first)
        for inner in range(edit.start, edit.end):
            assert back(wording, inner, inner + 1) == (edit.first, edit.last)
        at, before = edit.end, edit.last
    assert wording.text[at:] == text[before:]
    if not wording.edits:
        assert wording.text == text


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
    assert growth(plain, piece) < 24


def test_words_longer_than_any_are_left_alone() -> None:
    long = "gakjelas" * 2_400
    assert plain(f"{long} #{long} {'a' * 20_000} gk").text == f"{long} #{long} a tidak"
