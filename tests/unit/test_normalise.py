"""Clean text: what goes, what stays, and that cleaning twice changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.models import MAX_TEXT, Batch, Content, Item
from tasks.normalise import MAX_CLEAN, clean, normalise
from tasks.ports import Ports
from tasks.stage import ItemError
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

Growth = Callable[[Callable[[str], object], str], float]

PORTS = Ports(MemoryStories(), MemoryPublisher())


def text_of(text: str, title: str | None = None, url: str | None = None) -> str:
    """The clean text of an item that says this."""
    content = Content(
        source="kota",
        id="1",
        kind="article" if title else "post",
        text=text,
        title=title,
        url=url,
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    (item,) = normalise(Batch(id="b", items=(Item(content=content),)), PORTS).items
    assert item.normalised is not None
    return item.normalised.text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        # white space
        (
            "  Jalan\t rusak \r\n\r\n \n\n parah\u2028nian\u00a0lur \n",
            "Jalan rusak\n\nparah\nnian lur",
        ),
        ("jalan\u2800\u2800rusak\u3000parah", "jalan rusak parah"),
        # invisible characters
        ("ban\u00adjir \u202ekota\u202c \u200bini\ufeff\x07", "banjir kota ini"),
        ("keluarga \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f 1\ufe0f\u20e3", None),
        ("ba\u200dn\ufe0fjir", "banjir"),
        # letters drawn in another style, and others that look alike but mean something
        ("\U0001f130\U0001d5ef\uff43\u24d3 \uff11\uff10", "Abcd 10"),
        ("luas 40 m\u00b2, \u00bd jam \u2026 \u201ckapan\u201d", None),
        ("cafe\u0301 di lantai lima", "caf\u00e9 di lantai lima"),
        ("z" + "\u0301\u0316" * 50 + " kabar", "\u017a\u0316\u0316\u0301 kabar"),
        # mojibake
        (
            "kata \u00e2\u20ac\u0153bansos\u00e2\u20ac\u009d lho\u00e2\u20ac\u00a6",
            "kata \u201cbansos\u201d lho\u2026",
        ),
        # HTML
        ("<p>Jalan <b>rusak</b> &amp; gelap</p><p>Tolong</p>", "Jalan rusak & gelap\n\nTolong"),
        ("satu<br>dua<br/>tiga<div>empat</div>", "satu\ndua\ntiga\nempat"),
        ("<table><tr><td>air</td><td>mati</td></tr></table>", "air mati"),
        ("kabar<script>x('a')</script><style>p{}</style><!-- b --><iframe>c</iframe>", "kabar"),
        ("<ul>\n<li>satu</li>\n<li>dua</li>\n</ul>", "satu\n\ndua"),
        ("panas & hujan &lt;3 &nbsp; &quot;ya&quot;", 'panas & hujan <3 "ya"'),
        ("&amp;lt;b&amp;gt;tebal&amp;lt;/b&amp;gt;", "tebal"),
        ("suhu < 5 dan > 3, i <3 plembang, <nama> saya", None),
        # links
        ("cek https://www.Contoh.id/a?b=1, ya", "cek [TAUTAN contoh.id], ya"),
        ("klik bit.ly/abc atau kabar.co.id.", "klik [TAUTAN bit.ly] atau [TAUTAN kabar.co.id]."),
        ("lur.siapo yang s.d. a.n/b.n Kab.OKI/OKU", None),
        ("https://6281234567890.example/a", "[TAUTAN _]"),
        ('<a href="https://palsu.example/x">klik</a>', "klik [TAUTAN palsu.example]"),
        ('<a href="https://t.example/x">t.example/x</a>', "t.example/x"),
        ('<a href="/lokal">lokal</a> <a href="javascript:x()">x</a>', "lokal x"),
        # masking again, for what only cleaning brings to light
        ("hub 0812<b>3456</b>7890 atau @war<i>ga</i>9", "hub [TELEPON] atau [AKUN]"),
        ("surel warga&#64;contoh.id", "surel [SUREL]"),
        ("NIK \uff11671014507900003", "NIK [NIK]"),
    ],
)
def test_cleaned(text: str, cleaned: str | None) -> None:
    assert text_of(text) == (text if cleaned is None else cleaned)


def test_an_article_is_its_title_an_empty_line_and_its_body() -> None:
    assert text_of("Isi berita.", " Judul <b>besar</b>\n ini ") == "Judul besar ini\n\nIsi berita."


def test_a_title_of_nothing_leaves_no_empty_line() -> None:
    assert text_of("Isi berita.", "<b></b>") == "Isi berita."


def test_a_title_is_one_line_and_masked_as_one() -> None:
    assert text_of("Isi berita.", "rek BCA<br>1234567890") == "rek BCA [REKENING]\n\nIsi berita."


def test_a_tag_left_open_in_the_title_swallows_nothing() -> None:
    assert text_of("warga > dinas", "Air mati <b") == "Air mati b\n\nwarga > dinas"


def test_links_to_the_articles_own_site_are_no_news() -> None:
    page = '<p>Baca <a href="https://www.kabar.example/2">ini</a></p>'

    assert text_of(page, url="https://kabar.example/1") == "Baca ini"


@pytest.mark.parametrize(
    "text", ["<p> </p>", "\u200b\u200b", "<script>x</script>", " \n ", "&nbsp;"]
)
def test_nothing_readable_is_an_error_that_says_what_to_do(text: str) -> None:
    with pytest.raises(ItemError, match="send the words of the post"):
        text_of(text)


def test_a_text_that_grows_is_cut_between_words() -> None:
    text = text_of("@ab " * (MAX_TEXT // 4))

    assert MAX_TEXT < len(text) <= MAX_CLEAN
    assert text.endswith("[AKUN]")


_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<br>",
            "<b>",
            "<a href='https://palsu.example/a'>",
            "</a>",
            "<",
            ">",
            "&",
        ),
        *("&lt;", "&amp;", "amp;", "lt;", ";", "b", "p", "&#60;", "&#x26;", "#", "<!--", "-->"),
        *(
            "\u00c3",
            "\u00a9",
            "\u00e2\u20ac\u0153",
            "\u0301",
            "\u0316",
            "\u200d",
            "\ufe0f",
            "\u200b",
        ),
        *(
            "\U0001f600",
            "\uff20",
            "\uff1c",
            "\U0001d5ef",
            " ",
            "\n",
            "\u2028",
            "\x85",
            "\x1f",
            "\u00a0",
        ),
        *(
            "https://contoh.id/a",
            "bit.ly/a",
            "x.com/warga9",
            "[TAUTAN a.id]",
            "[AKUN]",
            "@",
            "warga9",
        ),
        *(
            "0812",
            "34567890",
            "1671014507900003",
            "Jl Melati",
            "no 5",
            "rek BCA",
            "www.",
            ".",
            ",",
            "/",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=60))
@example("&&#108;t;b>")
@example("&" + "amp;" * 50 + "lt;b>")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert once == once.strip()


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<b>",
            "<a><b><i>",
            "<p",
            "<a href='https://a.id'>",
            "&amp;",
            "&&#108;t;",
            "<table>",
        ),
        *(
            "a\u0301\u0316",
            "\u0301\u0316",
            "\u00c3\u00a9",
            "\u00c3\u00a9\n",
            "\u00e2\u20ac",
            "\u200d",
        ),
        *(
            "\n",
            " \n",
            "\u00e9 ",
            "\ufdfa",
            "\uff20",
            "https://a.id ",
            "<!--",
            "<script>",
            "[TAUTAN ",
        ),
    ],
)
def test_no_text_takes_long(piece: str, growth: Growth) -> None:
    assert growth(clean, piece) < 24


@pytest.mark.parametrize("piece", ["<div>", "<div a>", "<ul><li>", "<div><b>"])
def test_nested_blocks_cost_more_than_they_should_and_less_than_the_square(
    piece: str, growth: Growth
) -> None:
    # A known weakness: at each block the HTML parser looks up the tree for an open <p>, and
    # 20,000 characters can nest 4,000 deep. The door's limit on a text bounds it.
    assert growth(clean, piece) < 64


@given(st.lists(_PIECES, max_size=8).map("".join), st.lists(_PIECES, max_size=8).map("".join))
@example("<\u00c3<p>>", "\u00a9\u00e2\u20ac\u0153")
@example("", "@<https://contoh.id/x>warga9")
def test_normalising_a_normalised_item_changes_nothing(title: str, body: str) -> None:
    text = "kabar " + body
    once = text_of(text, title)

    assert text_of(once) == once
