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

CHAIN = (
    "Pasar Lemabang kebanjiran sejak subuh, pedagang sayur memindahkan dagangan ke trotoar depan"
    " masjid dan pembeli diminta parkir di lapangan voli"
)
RETOLD = CHAIN.replace("memindahkan", "memindahkn").replace("trotoar", "trotoarr")
AGAIN = RETOLD.replace("pedagang", "pdagang").replace("pembeli", "pembli")
BRIDGE = (
    "Jembatan gantung Talangrejo putus diterjang arus, anak sekolah menyeberang naik rakit",
    "Anak sekolah Talangrejo naik rakit sejak jembatan gantung mereka putus kemarin malam",
)
APART = (
    "Harga cabai di pasar induk turun separuh, pedagang bakso senang bukan main",
    "Lomba layang-layang tingkat kecamatan diundur sampai angin timur datang lagi",
    "Posyandu Melati menimbang empat puluh balita dan membagikan bubur kacang hijau",
)
TEXTS = (
    *(CHAIN, RETOLD, AGAIN, CHAIN.upper(), *BRIDGE, *APART),
    *("terima kasih", "HOAKS: " + CHAIN, CHAIN.replace("Lemabang", "Cinde")),
)

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


def told_one_by_one(
    numbers: Sequence[int], index: MemoryStories | None = None, texts: Sequence[str] = TEXTS
) -> list[Grouping]:
    """The grouping of each of the texts that comes, in batches of one."""
    ports = Ports(index if index is not None else MemoryStories(), MemoryPublisher())
    found = []
    for number in numbers:
        (done,) = group(Batch(id="b", items=(item(number, texts[number]),)), ports).items
        assert done.grouping is not None
        found.append(done.grouping)
    return found


def narratives(groupings: Sequence[Grouping]) -> list[str]:
    """The narrative of each by the end, as the ledger follows the forwards."""
    leads = {old: one.narrative_id for one in groupings for old in one.forwards}
    found = []
    for one in groupings:
        narrative = one.narrative_id
        while narrative in leads:
            narrative = leads[narrative]
        found.append(narrative)
    return found


def test_a_chain_message_with_typing_errors_is_a_near_copy() -> None:
    first, second = grouped(CHAIN, RETOLD)

    assert (second.duplicate_of, second.match) == ("kota/0", "near")
    assert second.narrative_id == first.narrative_id


def test_a_copy_of_a_copy_names_the_first() -> None:
    _, second, third, fourth = grouped(CHAIN, RETOLD, AGAIN, RETOLD.upper())

    assert [one.duplicate_of for one in (second, third, fourth)] == ["kota/0"] * 3
    assert [one.match for one in (second, third, fourth)] == ["near"] * 3


@pytest.mark.parametrize(
    "other",
    [
        "HOAKS: " + CHAIN,
        CHAIN + ". Itu hoaks!",
        CHAIN.replace("Lemabang", "Cinde"),
        CHAIN.replace("diminta", "tidak boleh"),
    ],
)
def test_what_says_otherwise_is_no_copy_and_stays_in_the_narrative(other: str) -> None:
    first, second = grouped(CHAIN, other)

    assert (second.duplicate_of, second.match) == (None, None)
    assert second.narrative_id == first.narrative_id


def test_a_story_in_other_words_joins_the_narrative_and_is_no_copy() -> None:
    first, second = grouped(*BRIDGE)

    assert second.narrative_id == first.narrative_id
    assert (second.duplicate_of, second.match) == (None, None)
    # the id that it would have had, should anybody know it
    assert second.forwards == (grouped(BRIDGE[1])[0].narrative_id,)


def test_texts_of_other_things_stay_apart() -> None:
    found = grouped(*APART, CHAIN, BRIDGE[0])

    assert len({one.narrative_id for one in found}) == len(found)
    assert {one.forwards for one in found} == {()}


def test_a_later_item_brings_two_narratives_together() -> None:
    first = "Talangrejo gempar rakit gergaji belimbing hanyut terbawa ombak"
    second = "Kuali bedug sampan sumbersari lenyap dicuri kawanan monyet"
    texts = (first, second, f"{first} {second}")
    one, other, both = told_one_by_one([0, 1, 2], texts=texts)
    assert one.narrative_id != other.narrative_id

    assert both.narrative_id == one.narrative_id
    assert other.narrative_id in both.forwards
    assert one.narrative_id not in both.forwards
    assert len(set(narratives([one, other, both]))) == 1


def test_short_texts_never_join_by_words() -> None:
    short, other = (
        "Jembatan gantung Talangrejo putus",
        "Talangrejo jembatan gantung putus lagi malam",
    )
    index = CountingStories()
    first, second = grouped(short, other, index=index)

    assert first.narrative_id != second.narrative_id
    assert [keys.terms for _, keys in index.told] == [(), ()]


def test_a_redelivered_item_is_no_copy_of_its_copies() -> None:
    first, second, again, second_again = told_one_by_one([0, 1, 0, 1])

    assert first == again
    assert (again.duplicate_of, again.match) == (None, None)
    assert second == second_again


PLACES = st.integers(0, len(TEXTS) - 1)


@given(st.permutations(range(len(TEXTS))), st.lists(PLACES, max_size=12))
def test_redelivery_gives_the_same_grouping(order: list[int], again: list[int]) -> None:
    index = MemoryStories()
    before = dict(zip(order, told_one_by_one(order, index), strict=True))
    after = told_one_by_one(again, index)

    leads = dict(zip(order, narratives(list(before.values())), strict=True))
    for number, one in zip(again, after, strict=True):
        said = before[number]
        assert (one.duplicate_of, one.match) == (said.duplicate_of, said.match)
        assert one.duplicate_of != f"kota/{number}"
        assert one.narrative_id == leads[number]


@given(st.lists(PLACES, max_size=24))
def test_no_item_is_ever_its_own_duplicate_and_originals_stay_originals(numbers: list[int]) -> None:
    found = told_one_by_one(numbers)
    originals = {number for number, one in zip(numbers, found, strict=True) if not one.duplicate_of}

    for number, one in zip(numbers, found, strict=True):
        assert (one.duplicate_of is None) == (one.match is None) == (number in originals)
        if one.duplicate_of is not None:
            assert int(one.duplicate_of.removeprefix("kota/")) in originals - {number}
        assert one.narrative_id not in one.forwards


class EmptiedStories(MemoryStories):
    """Was emptied after each `tell`, as by a broker that lost its data."""

    def settle(self, joins: Sequence[Join], numbers: Sequence[int]) -> list[Place]:
        assert all({join.later, join.earlier} <= {*numbers} for join in joins)
        return [Place(()) for _ in numbers]


def test_an_index_that_was_emptied_in_between_still_gives_a_narrative() -> None:
    texts = (CHAIN, RETOLD, CHAIN, *BRIDGE)
    found = grouped(*texts, index=EmptiedStories())
    alone = [grouped(text)[0].narrative_id for text in texts]

    assert [one.narrative_id for one in found] == alone
    assert [(one.duplicate_of, one.match) for one in found] == [
        *[(None, None)] * 2,
        ("kota/0", "exact"),
        *[(None, None)] * 2,
    ]


@given(st.text())
def test_any_text_has_a_skeleton_that_case_and_space_do_not_change(text: str) -> None:
    assert skeleton(f"  {text} ") == skeleton(text)
    assert skeleton(text.casefold()) == skeleton(text)
