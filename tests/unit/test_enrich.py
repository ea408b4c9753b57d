"""What enrich finds, and that every span points at what it says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich import enrich
from tasks.enrich.marks import hashtags, links, masked
from tasks.heads import Language
from tasks.masking.placeholders import KINDS
from tasks.models import Batch, Content, Item, Normalised
from tasks.ports import Ports
from tasks.stage import ItemError
from tasks.words import Kind
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

PORTS = Ports(MemoryStories(), MemoryPublisher())


class StandInHeads:
    """Says what language a text is in by its first letter, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def languages(self, texts: list[str]) -> tuple[Language, ...]:
        self.asked.append(texts)
        return tuple(Language("jav" if text[0] == "a" else "ind", 0.75) for text in texts)


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> StandInHeads:
    """Heads without weights, in place of the real ones."""
    stand_in = StandInHeads()
    monkeypatch.setattr("tasks.enrich.heads", lambda: stand_in)
    return stand_in


def batch(*texts: str, kind: Kind = "post") -> Batch:
    content = Content(
        source="kota",
        id="1",
        kind=kind,
        text="x",
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    items = (Item(content=content, normalised=Normalised(text=text)) for text in texts)
    return Batch(id="b", items=tuple(items))


def test_a_batch_is_asked_once_and_each_item_gets_its_own_language(heads: StandInHeads) -> None:
    texts = ["aku arep takon, lur", "kami mau bertanya", "apa kabare"]
    found = [one.enrichment for one in enrich(batch(*texts), PORTS).items]

    assert [one.language for one in found if one] == ["jav", "ind", "jav"]
    assert all(one is not None and one.language_probability == 0.75 for one in found)
    assert heads.asked == [texts]


def test_the_heads_that_come_with_the_code_tell_javanese_from_indonesian() -> None:
    texts = (
        "Aku arep takon, kepiye carane ngurus surat pindah saka desa menyang kutha?",
        "Saya mau bertanya, bagaimana cara mengurus surat pindah dari desa ke kota?",
        "1234 \U0001f600",
    )
    found = [one.enrichment for one in enrich(batch(*texts), PORTS).items]

    assert [one.language for one in found if one] == ["jav", "ind", "und"]


def test_a_text_in_two_languages_is_marked() -> None:
    texts = (
        "Hari ini saya pergi ke pasar bersama ibu untuk membeli sayur dan ikan segar lalu pulang. "
        "The weather was really nice today and we had a wonderful time walking with our friends.",
        "Hari ini saya pergi ke pasar bersama ibu untuk membeli sayur dan ikan segar lalu pulang.",
    )
    found = [one.enrichment for one in enrich(batch(*texts), PORTS).items]

    assert [one.mixed_languages for one in found if one] == [("eng", "ind"), ()]


@pytest.mark.parametrize(
    ("kind", "named"), [("article", {"Yayasan Cahaya Negeri Lestari"}), ("post", set())]
)
def test_institutions_that_no_table_lists_are_found_in_articles(
    kind: Kind, named: set[str]
) -> None:
    text = "Ketua Yayasan Cahaya Negeri Lestari membuka pelatihan bagi guru di Bandung, Senin."
    (item,) = enrich(batch(text, kind=kind), PORTS).items

    assert item.enrichment is not None
    entities = item.enrichment.entities
    assert {one.name for one in entities if one.kind == "institution"} == named


def test_no_person_is_told_as_an_institution() -> None:
    text = "Hadir pula Pak Yayan Hidayat, Bu Siti Lestari Ningsih dan Rudi Hartono Wijaya."
    (item,) = enrich(batch(text, kind="article"), PORTS).items

    assert item.enrichment is not None
    assert item.enrichment.entities == ()


def test_marks_reach_the_item(heads: StandInHeads) -> None:
    (item,) = enrich(batch("lapor [AKUN] #PlajuBanjir [TAUTAN contoh.id]"), PORTS).items

    assert item.enrichment is not None
    assert item.enrichment.hashtags == ("plajubanjir",)
    assert [link.host for link in item.enrichment.links] == ["contoh.id"]
    assert [one.kind for one in item.enrichment.masked] == ["mention"]
    assert item.enrichment.entities == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#PalembangEmas dan #palembangemas, #Air_Bersih!", ("palembangemas", "air_bersih")),
        ("#1 dan nomor#dua dan &#38; dan ##tiga dan a/#b", ()),
        ("(#banjir2026)#lagi", ("banjir2026", "lagi")),
        ("#\u00e9l\u00e9k lan #cafe\u0301", ("\u00e9l\u00e9k", "cafe\u0301")),
        ("#\ua997\ua9ae\ua9b6 kabar", ("\ua997\ua9ae\ua9b6",)),
        ("# kosong", ()),
    ],
)
def test_hashtags(text: str, found: tuple[str, ...]) -> None:
    assert hashtags(text) == found


_PIECES = st.sampled_from(
    [*KINDS, "[TAUTAN a.id]", "[TAUTAN _]", "[TAUTAN", "]", " ", "\U0001f600"]
)


@given(st.lists(_PIECES | st.text(max_size=5)).map("".join))
def test_every_span_points_at_its_placeholder(text: str) -> None:
    for link in links(text):
        assert text[link.span.start : link.span.end] == f"[TAUTAN {link.host}]"
    for one in masked(text):
        assert KINDS[text[one.span.start : one.span.end]] == one.kind
    assert len(masked(text)) >= sum(text.count(name) for name in KINDS)


def test_an_item_without_clean_text_is_an_error(heads: StandInHeads) -> None:
    bare = Item(content=batch("x").items[0].content)

    with pytest.raises(ItemError, match="never went through normalise"):
        enrich(Batch(id="b", items=(bare,)), PORTS)
