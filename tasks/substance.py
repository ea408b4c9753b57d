"""How much of a good story can be checked: what was done, where, when, how much, by whom.

Praise counts for nothing, by construction: words of praise are taken out before anything is read,
office holders weigh nothing, and so do the places in their titles. Ceremonies are no deeds. So
adding praise of anybody can never raise the rank of a story (a property test holds this).
The weights are stated, not learnt: one part each, two for what was done.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, get_args

from tasks.enrich.entities import entities
from tasks.masking.placeholders import LINK
from tasks.models import Entity
from tasks.skeleton import skeleton

PartName = Literal["deed", "place", "date", "amount", "institution", "link", "length"]
PARTS: Final[tuple[PartName, ...]] = get_args(PartName)
WEIGHTS: Final[dict[PartName, int]] = {**dict.fromkeys(PARTS, 1), "deed": 2}
HALF_LIFE_HOURS: Final = 72.0
"""After three days a story is worth half: news of a town is passed on within a week."""
LONG: Final = 3
"""Telling sentences from which a text is long enough."""
_FILE: Final = Path(__file__).parent / "assets" / "substance" / "words.tsv"
_REMEMBERED: Final = 1024
"""Texts: a page that is opened again asks for the same ones."""
_LEAST_QUOTED: Final = 25
"""Characters below which a quotation says nothing."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_AMOUNT: Final = re.compile(
    r"\d+(?:[.,]\d+)*\s+(?:menit|jam|hari|orang|anak|balita|warga|siswa|murid|pasien|pelajar|petani"
    r"|nelayan|lansia|keluarga|rumah|paket|pohon|bibit|kantong|titik|lampu|meter|km|unit|kursi|porsi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the substance: how full it is (0 to 1), and the words that filled it."""

    name: PartName
    value: float
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Substance:
    """What can be checked in a text; `score` is the weighted mean of the parts, 0 to 1."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        """0 to 1."""
        full = sum(WEIGHTS[part.name] * part.value for part in self.parts)
        return full / sum(WEIGHTS.values())


@lru_cache(maxsize=_REMEMBERED)
def substance(text: str) -> Substance:
    """The substance of a clean text (`Normalised.text`). Linear in its length."""
    told = [Sentence.of(one) for one in _SENTENCE_END.split(without_praise(text))]
    telling = [one for one in told if one.tells]
    return Substance(tuple(_part(name, telling) for name in PARTS))


def freshness(age_hours: float) -> float:
    """1 for what was written now, half of it after each HALF_LIFE_HOURS."""
    return float(0.5 ** (max(0.0, age_hours) / HALF_LIFE_HOURS))


def without_praise(text: str) -> str:
    """The text without words of praise, and without the signs that end them."""
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"[ \t]+", " ", _praise().sub(" ", text))).strip()


def quotation(text: str, most: int = 140) -> str:
    """The sentence that tells most, cut to `most` characters and to half of the text.

    Empty where that leaves nothing worth quoting: others' texts are credited, not copied.
    """
    sentences = [one.strip() for one in _SENTENCE_END.split(text) if one.strip()]
    best = max(sentences, key=lambda one: substance(one).score, default="")
    room = min(most, len(text) // 2)
    if len(best) > room:
        best = f"{best[:room].rpartition(' ')[0].rstrip(' ,;:-')}…" if room else ""
    return best if len(best) >= _LEAST_QUOTED else ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without praise, and what can be checked in it."""

    deeds: tuple[str, ...]
    places: tuple[str, ...]
    dates: tuple[str, ...]
    amounts: tuple[str, ...]
    institutions: tuple[str, ...]
    links: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """What stands in it; nothing of a public role counts."""
        named = _without_roles(entities(text))
        words = {word.group().casefold() for word in re.finditer(r"[^\W\d_]+", text)}
        said = {skeleton(word): word for word in sorted(words)}

        def of_kind(kind: str) -> tuple[str, ...]:
            spans = (one.span for one in named if one.kind == kind)
            return _once(text[span.start : span.end] for span in spans)

        figures = (*of_kind("amount"), *(one.group() for one in _AMOUNT.finditer(text)))
        return cls(
            deeds=tuple(said[bone] for bone in sorted(said.keys() & _deeds())),
            places=of_kind("place"),
            dates=of_kind("date"),
            amounts=_once(one for one in figures if not one.startswith("100%")),
            institutions=of_kind("institution"),
            links=_once(one.group() for one in LINK.finditer(text)),
        )

    @property
    def tells(self) -> bool:
        """Whether it says what happened, and not only who is there."""
        return bool(self.deeds or self.dates or self.amounts or self.links)


_READ: Final[dict[PartName, Callable[[Sentence], tuple[str, ...]]]] = {
    "deed": lambda one: one.deeds,
    "place": lambda one: one.places,
    "date": lambda one: one.dates,
    "amount": lambda one: one.amounts,
    "institution": lambda one: one.institutions,
    "link": lambda one: one.links,
}


def _part(name: PartName, telling: list[Sentence]) -> Part:
    if name == "length":
        return Part(name, min(1.0, len(telling) / LONG), ())
    found = _once(said for one in telling for said in _READ[name](one))
    return Part(name, 1.0 if found else 0.0, found)


def _once(said: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, in order."""
    return tuple({one.casefold(): one for one in said}.values())


def _without_roles(found: tuple[Entity, ...]) -> list[Entity]:
    """Without public roles and whatever stands in their titles, as the place in "Bupati Lahat"."""
    roles = [one.span for one in found if one.kind == "role"]
    return [
        one
        for one in found
        if not any(role.start < one.span.end and one.span.start < role.end for role in roles)
    ]


@cache
def _deeds() -> frozenset[str]:
    """Skeletons of the words for what somebody did."""
    return frozenset(map(skeleton, _words("deed")))


@cache
def _praise() -> re.Pattern[str]:
    """Words of praise with the stops and shouts behind them, longest first."""
    words = sorted(_words("praise"), key=len, reverse=True)
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"\b(?:{either})(?:nya|lah)?\b[!.]*|[!]+", re.IGNORECASE)


@cache
def praise_words() -> tuple[str, ...]:
    """Every word and phrase of praise that is taken out."""
    return tuple(_words("praise"))


def _words(kind: str) -> Iterator[str]:
    """Raises ValueError for a line of another form."""
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines()[1:], 2):
        cells = line.split("\t")
        if len(cells) != 2:
            raise ValueError(f"{_FILE.name}, line {number}: needs a kind, a tab and words")
        if cells[0] == kind:
            yield from (word.strip() for word in cells[1].split(","))
