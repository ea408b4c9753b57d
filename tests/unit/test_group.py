"""What counts as the same story, and what must not."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.group import group
from tasks.masking.placeholders import KINDS, link
from tasks.models import Batch, Content, Grouping, Item, Normalised
from tasks.ports import Ports
from tasks.skeleton import skeleton
from tasks.stage import ItemError
from tasks.telling import Join, Keys, Place, Telling, Told
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

STORY = "Jembatan Ampera ditutup malam ini, 3 korban dibawa ke rumah sakit."


class CountingStories(MemoryStories):
    """Remembers what was asked in each call."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.told: list[tuple[Telling, Keys]] = []

    def tell(self, tellings: Sequence[tuple[Telling, Keys]]) -> list[Told]:
        self.asked.append("tell")
        self.told.extend(tellings)
        return super().tell(tellings)

    def settle(self, joins: Sequence[Join], numbers: Sequence[int]) -> list[Place]:
        self.asked.append("settle")
        return super().settle(joins, numbers)


def item(number: int, text: str) -> Item:
    content = Content(
        source="kota",
        id=str(number),
        kind="post",
        text=text,
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    return Item(content=content, normalised=Normalised(text=text))


def grouped(*texts: str, index: MemoryStories | None = None) -> list[Grouping]:
    """The groupings of items 0, 1, ... that say these texts."""
    ports = Ports(index if index is not None else MemoryStories(), MemoryPublisher())
    items = tuple(item(number, text) for number, text in enumerate(texts))
    found = [one.grouping for one in group(Batch(id="b", items=items), ports).items]
    return [grouping for grouping in found if grouping is not None]


@pytest.mark.parametrize(
    "other",
    [
        STORY.upper(),
        STORY.replace(",", " \U0001f62d\U0001f62d -").rstrip("."),
        "RT [AKUN]: " + STORY,
        "RT [AKUN] RT [AKUN]: " + STORY + " via [AKUN]",
        "SEBARKAN!!! " + STORY + "\nTolong share ke semua grup WhatsApp ya",
        "Copas dari grup sebelah:\n" + STORY + " Mohon diteruskan \U0001f64f",
        STORY + " [TAUTAN contoh.id]",
        STORY.replace("malam", "malaaaam").replace("sakit", "sakiiit"),
    ],
)
def test_retold_with_other_signs_is_a_normalised_match(other: str) -> None:
    first, second = grouped(STORY, other)

    assert (second.duplicate_of, second.match) == ("kota/0", "normalised")
    assert second.narrative_id == first.narrative_id
    assert (first.duplicate_of, first.match) == (None, None)


def test_the_same_text_is_an_exact_match() -> None:
    _, second = grouped(STORY, STORY)

    assert (second.duplicate_of, second.match) == ("kota/0", "exact")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("banjir di Plaju Ulu, 3 korban", "banjir di Plaju Ulu, 5 korban"),
        ("banjir di Plaju Ulu, 3 korban", "banjir di Seberang Ulu, 3 korban"),
        ("harga beras naik 3,5 persen", "harga beras naik 35 persen"),
        ("bantuan Rp1.500 untuk setiap warga", "bantuan Rp1 500 untuk setiap warga"),
        ("harga cabai naik 100 ribu sekilo", "harga cabai naik 1000 ribu sekilo"),
        ("berita itu hoaks kata dinas", "berita itu bukan hoaks kata dinas"),
        ("kantor tutup pukul 08:00 besok pagi", "kantor tutup pukul 18:00 besok pagi"),
        ("jangan sebarkan berita banjir kemarin", "berita banjir kemarin"),
        ("warga RT 05 kebanjiran sejak subuh", "warga RT 06 kebanjiran sejak subuh"),
        ("\ua9a7\ua9ad\ua9a4\ua9b8 " * 5, "\ua9a7\ua9ad\ua9a4\ua9b6 " * 5),
    ],
)
def test_another_number_place_or_word_is_another_story(one: str, other: str) -> None:
    first, second = grouped(one, other)

    assert second.duplicate_of is None
    assert second.narrative_id != first.narrative_id


@pytest.mark.parametrize(
    "text", ["terima kasih", "terimakasih sebanyaknya", "tolong", "\U0001f525" * 9, "a b c"]
)
def test_a_few_words_are_nobodys_copy(text: str) -> None:
    index = CountingStories()
    first, second = grouped(text, text, index=index)

    assert first.duplicate_of is second.duplicate_of is None
    assert first.narrative_id != second.narrative_id
    assert index.told == []


@pytest.mark.parametrize(
    ("text", "bones"),
    [
        ("Tolong bantu kami. Banjir!", "tolong bantu kami banjir"),
        ("Tolong bantu pak. Banjir!", "tolong bantu pak banjir"),  # asks for help, not to share
        ("Video itu viral. Banjir!", "video itu viral banjir"),
        ("Tolong viralkan pak. Banjir!", "banjir"),
        ("Saaangat luaaas, 1000 m", "sangat luas 1000 m"),
    ],
)
def test_only_a_call_to_share_is_left_out(text: str, bones: str) -> None:
    assert skeleton(text) == bones


def test_no_placeholder_is_part_of_a_story() -> None:
    placeholders = " ".join([*KINDS, link("contoh.id")])

    assert skeleton(f"lapor ke {placeholders} sekarang") == "lapor ke sekarang"


def test_three_words_of_twelve_letters_are_enough() -> None:
    assert grouped("aman semua warga", "aman semua warga")[1].match == "exact"


def test_a_redelivered_item_is_never_its_own_duplicate() -> None:
    index = MemoryStories()
    before = grouped(STORY, STORY.upper(), "terima kasih", index=index)

    assert grouped(STORY, STORY.upper(), "terima kasih", index=index) == before
    assert before[0].duplicate_of is None


def test_a_duplicate_names_the_first_and_not_another_duplicate() -> None:
    _, second, third = grouped(STORY, STORY.upper(), STORY.upper())

    assert (second.duplicate_of, second.match) == ("kota/0", "normalised")
    assert (third.duplicate_of, third.match) == ("kota/0", "normalised")


def test_a_batch_asks_the_index_twice() -> None:
    index = CountingStories()
    grouped(STORY, "air ledeng mati sejak kemarin sore", STORY, index=index)

    assert index.asked == ["tell", "settle"]
    assert [one.ref for one, _ in index.told] == ["kota/0", "kota/1", "kota/2"]


def test_the_narrative_is_named_after_the_skeleton_of_its_first_telling() -> None:
    index = CountingStories()
    (grouping,) = grouped(STORY, index=index)

    assert grouping.narrative_id == f"n-{index.told[0][0].digest.hex()}"


def test_an_item_without_clean_text_is_an_error() -> None:
    bare = item(0, STORY).model_copy(update={"normalised": None})

    with pytest.raises(ItemError, match="never went through normalise"):
        group(Batch(id="b", items=(bare,)), Ports(MemoryStories(), MemoryPublisher()))


@given(st.text())
def test_any_text_has_a_skeleton_that_case_and_space_do_not_change(text: str) -> None:
    assert skeleton(f"  {text} ") == skeleton(text)
    assert skeleton(text.casefold()) == skeleton(text)
