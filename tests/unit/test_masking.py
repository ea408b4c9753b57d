"""What the door hides, what it leaves alone, and that it cannot be slowed down."""

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.masking import mask_text
from tasks.masking.placeholders import KINDS

Growth = Callable[[Callable[[str], object], str], float]


def _wide(text: str) -> str:
    """The text in fullwidth characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def _words(text: str) -> list[str]:
    return text.split()


HIDDEN = [
    # mentions
    ("Tolong dicek @warga_plaju, sudah seminggu", "Tolong dicek [AKUN], sudah seminggu"),
    ("cc @dinas.pu.kota.", "cc [AKUN]."),
    (f"halo {_wide('@warga9')} ya", "halo [AKUN] ya"),
    ("halo @\u200bwarga9 ya", "halo [AKUN] ya"),
    ("di @warga@mastodon.example saja", "di [AKUN] saja"),
    ("halo &#64;warga9 dan &commat;warga8", "halo [AKUN] dan [AKUN]"),
    ('<a href="/x">@<span>warga9</span></a>', '<a href="/x">[AKUN]</span></a>'),
    # NIK
    ("NIK 1671014507900003 ya", "NIK [NIK] ya"),
    ("1671 0145 0790 0003", "[NIK]"),
    ("16.71.01.450790.0003", "[NIK]"),
    ("NIK:1671-0105-0790-0003;", "NIK:[NIK];"),
    (_wide("1671014507900003"), "[NIK]"),
    ("\u0661671014507900003", "[NIK]"),
    ("nik 9999999999999999", "nik [NIK]"),
    # phone numbers
    ("hub 081234567890 aja", "hub [TELEPON] aja"),
    ("WA: 0812-3456-7890", "WA: [TELEPON]"),
    ("+62 812 3456 7890", "[TELEPON]"),
    ("62812-3456-7890", "[TELEPON]"),
    ("+62 (0) 812 3456 7890", "[TELEPON]"),
    ("(0711) 123456", "[TELEPON]"),
    ("0711-412345 atau 021 520 1234", "[TELEPON] atau [TELEPON]"),
    ("0812.345.678.90", "[TELEPON]"),
    ("081.234.567.890", "[TELEPON]"),
    ("0812 34 56 78 90", "[TELEPON]"),
    ("0 8 1 2 3 4 5 6 7 8 9 0", "[TELEPON]"),
    ("0812 \u2013 3456 \u2013 7890", "[TELEPON]"),
    ("081234567", "[TELEPON]"),
    ("+60 12-345 6789", "[TELEPON]"),
    ("hp 812-3456-7890", "hp [TELEPON]"),
    ("0812 3456 7890 0813 4567 8901", "[TELEPON] [TELEPON]"),
    ("081234567890,081345678901", "[TELEPON],[TELEPON]"),
    ("081234567890+6281345678901", "[TELEPON][TELEPON]"),
    ("0812 3456 7890 3 korban", "[TELEPON] 3 korban"),
    # e-mail
    ("surel ke warga.plaju+1@contoh.co.id, ya", "surel ke [SUREL], ya"),
    # addresses
    ("Jl. Melati No. 12 RT 03/RW 04 kebakaran", "[ALAMAT] kebakaran"),
    ("rumahnya di Jalan Kenanga Raya no 5", "rumahnya di [ALAMAT]"),
    ("Jalan Kenanga 2, nomor 7B, banjir", "[ALAMAT], banjir"),
    ("Gang Mangga no. 7", "[ALAMAT]"),
    ("Perumahan Griya Asri blok C2 no 4", "[ALAMAT]"),
    ("Jl Prof. Dr. H. Contoh No. 5A Kel. Talang", "[ALAMAT] Kel. Talang"),
    ("Jl. Melati 12 RT 03", "[ALAMAT]"),
    ("neng Lorong Kenari No 12, lur", "neng [ALAMAT], lur"),
    # account numbers
    ("transfer rek BCA 1234567890 a.n. saya", "transfer rek BCA [REKENING] a.n. saya"),
    ("no rekening BRI: 0012-01-012345-50-1", "no rekening BRI: [REKENING]"),
    ("Mandiri 1370012345678", "Mandiri [REKENING]"),
    ("gopay 081234567890", "gopay [REKENING]"),
    # accounts in links
    ("https://x.com/warga9/status/123?s=20", "https://x.com/i/status/123"),
    ("(instagram.com/warga9/p/AbC/)", "(instagram.com/_/p/AbC/)"),
    ("https://wa.me/6281234567890", "https://wa.me/_"),
    ("https://contoh.id/cek?nik=1671014507900003&a=1", "https://contoh.id/cek?nik=_&a=1"),
]
LEFT_ALONE = [
    "macet di Jalan Sudirman sejak pagi, 2 jam lebih",
    "Jalan Tol Contoh KM 12 ditutup tahun 2024",
    "bantuan Rp1.500.000 per keluarga, total Rp 62.812.345.678",
    "1.085.123.456 dan 12.085.123.456 dan 123.085.123.456",
    "Rp1.085.123.456, Rp6281234567, rp 6281234567, Rp. 6281234567",
    "anggaran 62.812.345.678 rupiah untuk 1.234.567.890 lembar",
    "dana desa 1.500.000.000 cair; dana 1.500.000.000 juga; rekening Rp 1.500.000.000",
    "UU No. 11 Tahun 2008 dan Perda Nomor 8/2019, putusan 081/PUU-X/2012",
    "telepon 110, 112, 119 atau 1500123, dan 14045",
    "buka 12-05-2024 pukul 08.15-09.30 10.15-11.00 dan 0800-1200",
    "telur 3 ekor @50rb, kopi @Rp15.000",
    "RT 03/RW 04 Kelurahan Contoh terendam 40 cm",
    "nomor resi 99887766554433221100 belum sampai",
    "https://berita.example/read/2024/05/12/083000578/judul",
    "https://www.youtube.com/watch?v=AbCdEfG",
    "https://contoh.id/\u0661",  # as it was written, though matched as ASCII
]


@pytest.mark.parametrize(("text", "masked"), HIDDEN)
def test_hidden(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_left_alone(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("kata Warga_9 sendiri", "kata [AKUN] sendiri"),
        ("WARGA_9!", "[AKUN]!"),
        (f"{_wide('warga_9')} dan wa\u200brga_9", "[AKUN] dan [AKUN]"),
        ("warga_99 orang lain", "warga_99 orang lain"),
        ("https://contoh.id/penulis/warga_9/1", "https://contoh.id/penulis/_/1"),
        ("https://warga_9.blog.example/x", "https://_.blog.example/x"),
        ("https://warga_9.example/x", "https://warga_9.example/x"),
    ],
)
def test_the_authors_handle_is_hidden_as_a_word(text: str, masked: str) -> None:
    assert mask_text(text, "@warga_9") == masked


def test_a_handle_that_looks_like_a_host_is_hidden_but_the_site_itself_stays() -> None:
    masked = mask_text("kata kabarlur.id di https://kabarlur.id/1", "kabarlur.id")

    assert masked == "kata [AKUN] di https://kabarlur.id/1"


def test_a_short_handle_is_hidden_only_as_a_mention() -> None:
    assert mask_text("ibu, kata @ibu", "ibu") == "ibu, kata [AKUN]"


def test_a_handle_that_is_the_word_of_a_placeholder_changes_none() -> None:
    once = mask_text("akun @warga9", "akun")

    assert once == "[AKUN] [AKUN]"
    assert mask_text(once, "akun") == once


def test_a_text_of_nothing_visible_is_not_emptied() -> None:
    assert mask_text("\u200b\u200b") == "\u200b"


# Pieces that may come to stand side by side in a text made to break the masks.
_PIECES = st.sampled_from(
    [
        *KINDS,
        *_words("@ 0812 3456 7890 16710145 07900003 +62 (0711) - . / Jl no RT rek BCA dana _ akun"),
        *_words("&#64; warga9 https:// x.com instagram.com/ contoh.id wa.me/ www. ? = # [ ] <b> :"),
        *("[TAUTAN a.id]", "blok C", " ", "\n", "\u200b", "\u0661", "\u00e9", _wide("@")),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=60)
_HANDLES = st.text(string.ascii_letters + string.digits + "_.", min_size=4, max_size=20).filter(
    lambda handle: handle[0].isalnum() and handle[-1].isalnum()
)


@given(_TEXTS, st.none() | st.just("warga9") | st.just("akun") | _HANDLES)
def test_masking_twice_has_one_effect(text: str, author: str | None) -> None:
    once = mask_text(text, author)

    assert mask_text(once, author) == once
    assert mask_text(once) == once


@given(_TEXTS, _HANDLES, st.sampled_from(["%s", "x.com/%s/status/1", "https://contoh.example/%s"]))
def test_looking_whether_the_author_is_named_changes_nothing(
    text: str, handle: str, frame: str
) -> None:
    for named in (handle, handle.upper(), handle.replace("k", "\u212a"), f"%{ord(handle[0]):x}"):
        whole = f"{text} {frame % named} {text}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tasks.masking.handles._may_hold", lambda _folded, _word: True)
            always = mask_text(whole, handle)
        assert mask_text(whole, handle) == always


@given(_TEXTS)
def test_a_text_grows_to_twice_its_length_at_most(text: str) -> None:
    assert len(mask_text(text)) <= 2 * len(text)


@st.composite
def _niks(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["11", "16", "21", "32", "36", "53", "65", "76", "82", "97"]))
    day = draw(st.integers(1, 31)) + draw(st.sampled_from([0, 40]))
    born = f"{day:02}{draw(st.integers(1, 12)):02}{draw(st.integers(0, 99)):02}"
    digits = region + f"{draw(st.integers(0, 9999)):04}" + born + f"{draw(st.integers(0, 9999)):04}"
    return draw(st.sampled_from(["", " ", ".", "-"])).join(
        digits[n : n + 4] for n in range(0, 16, 4)
    )


@given(_TEXTS, _niks(), _TEXTS)
def test_no_nik_survives(before: str, nik: str, after: str) -> None:
    assert nik not in mask_text(f"{before} {nik}, {after}")


@given(_TEXTS, _HANDLES, _TEXTS)
def test_the_authors_handle_never_survives(before: str, handle: str, after: str) -> None:
    for form in (handle, handle.upper(), "@" + handle, f"https://x.com/{handle}/status/1"):
        masked = mask_text(f"{before} {form} {after}", handle).casefold()
        for placeholder in KINDS:
            masked = masked.replace(placeholder.casefold(), "")
        assert f" {handle.casefold()} " not in masked
        assert f"x.com/{handle.casefold()}/" not in masked


_HEAVY = [
    *_words("a@ @a @ a. a- 1 0711 62.812. 1.000. https:// http://a www. x.com/ / //a a.id a.id/"),
    *_words("a.b. & &#64; &#0 <a> @< @<a> @<a [ warga9 warga9. -1 1- a+ @a. @a-b@ . #1 %40 ?a= a;"),
    *("1 ", "0812 ", "08 ", "+62 ", "(0711) ", "1671 ", "jl ", "jl a ", "Jl. Melati ", "blok "),
    *("no 1 ", "rt 1 rw ", "rek ", "rek bca ", "rek a b c ", "wa 8", "dana ", "rp. ", "x.com/a "),
    *(" ", "\n", "[TAUTAN ", "\u200d", "\u0301", "\u00e9", _wide("@"), "\U0001f600", "a.id "),
]


@pytest.mark.parametrize("piece", _HEAVY)
def test_no_text_takes_long(piece: str, growth: Growth) -> None:
    assert growth(lambda text: mask_text(text, "warga9"), piece) < 24
