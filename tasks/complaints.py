"""Complaints in groups of one place and one subject: how many, since when, growing or not.

A subject is a matter for one service unit; words of `subjects.tsv` tell it: a stated
table, no model.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from tasks.enrich.word_features import classes
from tasks.gazetteer import places
from tasks.group.rarity import rarity
from tasks.group.vectors import word_hash
from tasks.skeleton import skeleton

DAY_MS: Final = 86_400_000
WORDS: Final = 5
"""Telling words of a group that are shown."""
_SUBJECTS: Final = Path(__file__).parent / "assets" / "complaints" / "subjects.tsv"
_REMEMBERED: Final = 8192
"""Texts: a page that is opened again asks for the same ones."""
_SHORTEST: Final = 4
_TELLS: Final = 5.0
"""Rarity (about 1 to 12) from which a word says what a complaint is about."""
_NAMES: Final = frozenset({"given", "family"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint that waits; times in ms. `places` are codes: most name one or none."""

    seq: int
    text: str
    places: tuple[str, ...]
    subject: str
    written_ms: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Group:
    """Complaints that name one place (a code; "" for none) and are of one subject ("" for none)."""

    place: str
    subject: str
    count: int
    oldest_ms: int
    """When the one that waits longest came to the desk."""
    last_day: int
    """Written in the last 24 hours;"""
    day_before: int
    """and in the 24 hours before."""
    members: tuple[Complaint, ...]
    """The latest written first."""

    @property
    def growth(self) -> int:
        """How many more were written in the last day than in the day before."""
        return self.last_day - self.day_before


def grouped(complaints: Iterable[Complaint], now_ms: int) -> list[Group]:
    """The groups, the largest first; a complaint counts in each place that it names.

    So the count of a group is what a filter by its place and subject finds.
    """
    members: defaultdict[tuple[str, str], list[Complaint]] = defaultdict(list)
    for one in complaints:
        for place in one.places or ("",):
            members[place, one.subject].append(one)
    groups = [_group(*key, held, now_ms) for key, held in members.items()]
    return sorted(groups, key=lambda one: (-one.count, -one.growth, one.place, one.subject))


@lru_cache(maxsize=_REMEMBERED)
def subject(text: str) -> str:
    """The subject of which a text has most words, of those alike the first in the table; or ""."""
    said = f" {skeleton(text)} "
    counts = {name: sum(word in said for word in words) for name, words in subjects().items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


@cache
def subjects() -> Mapping[str, tuple[str, ...]]:
    """The words of each subject as they stand in a skeleton, blanks around them."""
    lines = _SUBJECTS.read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.partition("\t") for line in lines)
    return {name: tuple(dict.fromkeys(map(_bounded, words.split(",")))) for name, _, words in rows}


def _bounded(word: str) -> str:
    return f" {skeleton(word)} "


def telling_words(texts: Sequence[str]) -> tuple[str, ...]:
    """Words that many of these texts have and few others: no names of persons or places."""
    counts = Counter(word for text in texts for word in set(skeleton(text).split()))
    weighed = {word: count * rarity(word_hash(word)) for word, count in counts.items()}
    telling = [word for word in weighed if _tells(word)]
    return tuple(sorted(telling, key=lambda word: (-weighed[word], word))[:WORDS])


def _group(place: str, subject: str, held: Sequence[Complaint], now_ms: int) -> Group:
    ages = [now_ms - one.written_ms for one in held]
    return Group(
        place=place,
        subject=subject,
        count=len(held),
        oldest_ms=min(one.since_ms for one in held),
        last_day=sum(age < DAY_MS for age in ages),
        day_before=sum(DAY_MS <= age < 2 * DAY_MS for age in ages),
        members=tuple(sorted(held, key=lambda one: (-one.written_ms, one.seq))),
    )


def _tells(word: str) -> bool:
    return (
        len(word) >= _SHORTEST
        and word.isalpha()
        and rarity(word_hash(word)) >= _TELLS
        and word not in _place_words()
        and _NAMES.isdisjoint(classes().get(word, "").split("+"))
    )


@cache
def _place_words() -> frozenset[str]:
    """Skeletons of the words in names of places: which place it is stands beside the words."""
    return frozenset(word for place in places() for word in skeleton(place.name).split())
