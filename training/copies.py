"""Figures of near-duplicates: how many planted copies are found, and how many finds are copies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from rapidfuzz import fuzz

from tasks.group import group
from tasks.models import MAX_BATCH, Batch, Content, Grouping, Item, Normalised
from tasks.normalise import normalise
from tasks.ports import Ports, Stories
from tasks.skeleton import skeleton
from tasks.stage import made
from training.data import clean, read
from training.edits import edited
from training.figures import Figure, figure
from training.statistics import share
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

PORTS: Final = Ports(MemoryStories(), MemoryPublisher())
HEAD: Final = "copies"
TEXTS: Final = 20_000
SHARES: Final = (0.05, 0.1, 0.15, 0.2)
_COPIED: Final = 5_000
"""Texts of which copies are planted, one to three of each."""
_WORDS: Final = 5
"""Words of a text that gets copies: shorter ones are compared by their skeletons alone."""
_SAME: Final = 80.0
"""Ratio of rapidfuzz on two skeletons from which texts not planted count as one: the same
sentences in other hands are in the data too."""
_SETS: Final = {
    "smsa_sentiment": "text",
    "hate_abusive_id": "text",
    "news_topic_clickid": "text",
    "emot_emotion": "text",
    "hoax_tweets_umpo": "text",
    "stif_informal_formal": "informal",
}
_TEMPLATES: Final = (
    "banjir di {place}, {number} korban",
    "Gempa guncang {place}, {number} rumah rusak dan warga mengungsi ke lapangan",
    "Jadwal pemadaman listrik di {place} mulai pukul {number}.00 sampai selesai, mohon maaf",
    "harga beras di pasar {place} naik jadi {number} ribu per kilo, ibu-ibu mengeluh",
    "INFO: vaksin gratis di puskesmas {place} untuk {number} orang pertama, bawa KTP",
    "{place} tambah {number} kasus dbd pekan ini, dinas kesehatan minta warga waspada",
)
_PLACES: Final = (
    *("Lahat", "Pagaralam", "Ogan Ilir", "Ogan Komering Ilir", "OKU Timur", "OKU Selatan"),
    *("Plaju Ulu", "Seberang Ulu", "Banyuasin", "Banyuwangi", "Kota Bekasi", "Kabupaten Bekasi"),
    *("Sukamaju", "Sukamulya", "Medan", "Solo"),
)
_NUMBERS: Final = (3, 5, 13, 35)


@dataclass(frozen=True, slots=True)
class Planted:
    """Texts in the order of their arrival; those with one `story` are copies of one text."""

    texts: list[str]
    stories: list[int]
    shares: list[float]
    """Share of edited words; 0 for the text itself."""


def measure_copies(data: Path) -> Iterator[Figure]:
    """Precision and recall over pairs of planted copies, and templates that must stay apart."""
    planted = plant(real_texts(data, TEXTS), Random(5))
    found = groupings(planted.texts, MemoryStories())
    groups = _groups(found)
    yield _precision(planted, groups)
    yield from _recalls(planted, groups)
    yield _templates()


def real_texts(data: Path, count: int) -> list[str]:
    """`count` texts of the sets, clean, in a fixed random order."""
    rows = ((row, column) for name, column in _SETS.items() for row in read(data, name, "train"))
    texts = sorted({clean(row[column]) for row, column in rows})
    return cleaned(Random(4).sample(texts, count))


def cleaned(texts: Iterable[str]) -> list[str]:
    """What the stage `normalise` makes of each."""
    items = tuple(_item(at, text) for at, text in enumerate(texts))
    return [_text(item) for batch in _batches(items) for item in normalise(batch, PORTS).items]


def plant(texts: Sequence[str], random: Random) -> Planted:
    """The texts with copies of some among them, all in random order."""
    long = [at for at, text in enumerate(texts) if len(skeleton(text).split()) >= _WORDS]
    rows = [(text, at, 0.0) for at, text in enumerate(texts)]
    for at in random.sample(long, _COPIED):
        for _ in range(random.randint(1, 3)):
            edits = random.choice(SHARES)
            rows.append((edited(texts[at], edits, random), at, edits))
    random.shuffle(rows)
    columns = zip(*rows, strict=True)
    return Planted(*map(list, columns))


def groupings(texts: Sequence[str], stories: Stories) -> list[Grouping]:
    """What the stage `group` says of clean texts that arrive in this order."""
    items = [
        _item(at, text).with_normalised(Normalised(text=text.strip() or "-"))
        for at, text in enumerate(texts)
    ]
    ports = replace(PORTS, stories=stories)
    done = (group(batch, ports) for batch in _batches(items))
    return [made(item.grouping, "group") for batch in done for item in batch.items]


def _batches(items: Sequence[Item]) -> Iterator[Batch]:
    for at in range(0, len(items), MAX_BATCH):
        yield Batch(id="b", items=tuple(items[at : at + MAX_BATCH]))


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text


def _item(at: int, text: str) -> Item:
    content = Content(
        source="s",
        id=str(at),
        kind="post",
        text=text.strip() or "-",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Item(content=content)


def _groups(found: Sequence[Grouping]) -> list[int]:
    """The number of the text that each is a copy of, or its own."""
    firsts = (one.duplicate_of for one in found)
    return [
        at if first is None else int(first.removeprefix("s/")) for at, first in enumerate(firsts)
    ]


def _pairs(of: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Every pair of places with one value."""
    members: dict[int, list[int]] = defaultdict(list)
    for at, value in enumerate(of):
        members[value].append(at)
    for places in members.values():
        yield from combinations(places, 2)


def _precision(planted: Planted, groups: Sequence[int]) -> Figure:
    hits = [
        planted.stories[one] == planted.stories[other]
        or fuzz.ratio(skeleton(planted.texts[one]), skeleton(planted.texts[other])) >= _SAME
        for one, other in _pairs(groups)
    ]
    return figure(HEAD, "planted", "precision of pairs", share(np.array(hits)), len(hits))


def _recalls(planted: Planted, groups: Sequence[int]) -> Iterator[Figure]:
    pairs = list(_pairs(planted.stories))
    hits = np.array([groups[one] == groups[other] for one, other in pairs])
    most = np.array([max(planted.shares[one], planted.shares[other]) for one, other in pairs])
    both = np.array([min(planted.shares[one], planted.shares[other]) > 0 for one, other in pairs])
    yield figure(HEAD, "planted", "recall of pairs", share(hits), len(hits))
    for edits in SHARES:
        some = hits[most == edits]
        yield figure(HEAD, "planted", f"recall at {edits:.0%} edits", share(some), len(some))
    for name, some in (("text and copy", hits[~both]), ("copy and copy", hits[both])):
        yield figure(HEAD, "planted", f"recall of {name}", share(some), len(some))


def _templates() -> Figure:
    """Share of pairs of templated texts, of another place or number, that stay apart."""
    texts = [
        template.format(place=place, number=number)
        for template, place, number in product(_TEMPLATES, _PLACES, _NUMBERS)
    ]
    Random(6).shuffle(texts)
    found = groupings(texts, MemoryStories())
    hits = np.array([one.duplicate_of is None for one in found])
    return figure(HEAD, "templates", "kept apart", share(hits), len(hits))
