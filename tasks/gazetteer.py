"""The gazetteer: the places of Indonesia that have an official code, and well-known towns.

`tasks/assets/gazetteer/places.tsv` is data; docs/gazetteer.md says what it holds, and how surely.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from tasks.names import NameIndex, split

FOLDER: Final = Path(__file__).parent / "assets" / "gazetteer"

Level = Literal["province", "regency", "city", "town", "district"]
Reading = Literal["plain", "cue", "person", "word", "shared"]
"""How a name may be read: it says only this place; or also another thing, and needs a cue; or
also a person; or is a common word; or is also a place that the table lacks."""

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""From the largest; a regency and a city are peers."""
_READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
_UNITS: Final[Mapping[Level, str]] = {
    "regency": "Kabupaten ",
    "city": "Kota ",
    "district": "Kecamatan ",
}
_PEERS: Final = ("regency", "city")
_NUMBERED: Final = {"i": ("1", "satu"), "ii": ("2", "dua"), "iii": ("3", "tiga")}


@dataclass(frozen=True, slots=True)
class Place:
    """One row: `name` is bare ("Bandung"), `parent` the code of what holds it.

    A town has no code of its own; `within` is then its regency's.
    """

    code: str
    level: Level
    name: str
    parent: str
    aliases: tuple[tuple[str, Reading], ...]
    reading: Reading

    @property
    def full_name(self) -> str:
        """The name with its unit: "Kota Bandung"."""
        return _UNITS.get(self.level, "") + self.name

    @property
    def within(self) -> str:
        """The code of the smallest unit with a code that is this place or holds it."""
        return self.code or self.parent

    @property
    def province(self) -> str:
        """The code of its province."""
        return self.within[:2]

    @property
    def regency(self) -> str:
        """The code of its regency or city; of its province, if it is one."""
        return self.within[:5]


class Named(NamedTuple):
    """A place under one of its names; `capitals`: a short form, written in capitals."""

    place: Place
    reading: Reading
    capitals: bool


def read(path: Path) -> tuple[Place, ...]:
    """The rows of a table of places. Raises ValueError where one is not of its form."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(map(_place, rows))


@cache
def places() -> tuple[Place, ...]:
    """The places that the package brings."""
    return read(FOLDER / "places.tsv")


@cache
def by_code() -> Mapping[str, Place]:
    """The places with an official code, by it."""
    return {place.code: place for place in places() if place.code}


@cache
def index() -> NameIndex[tuple[Named, ...]]:
    """Every name of every place, with the places that it may mean."""
    named: dict[tuple[str, ...], dict[Place, Named]] = {}
    for place in places():
        for words, one in _names(place):
            named.setdefault(words, {}).setdefault(place, one)
    return NameIndex((words, tuple(found.values())) for words, found in named.items())


def distinct_name(place: Place) -> str:
    """The bare name where no larger place or peer has it too, else the full one."""
    return place.full_name if place.name in _shared_names() else place.name


def place_name(code: str) -> str:
    """The full name of the place with this official code; the code where there is none."""
    return _full_names().get(code, code)


def is_place(code: str) -> bool:
    """Whether some place has this official code."""
    return code in _full_names()


@cache
def _full_names() -> Mapping[str, str]:
    return {place.code: place.full_name for place in places() if place.code}


@cache
def _shared_names() -> frozenset[str]:
    names = Counter(place.name for place in places() if place.level in ("province", *_PEERS))
    return frozenset(name for name, count in names.items() if count > 1)


def _place(row: Mapping[str, str]) -> Place:
    level, reading = row["level"], row["reading"]
    if level not in LEVELS or reading not in _READINGS:
        raise ValueError(f"place {row['name']!r}: unknown level or reading")
    aliases = tuple(_aliases(row["aliases"], reading))
    return Place(row["code"], level, row["name"], row["parent"], aliases, reading)


def _aliases(field: str, inherited: Reading) -> Iterator[tuple[str, Reading]]:
    for alias in filter(None, map(str.strip, field.split(","))):
        name, _, own = alias.partition(":")
        reading = own or inherited
        if reading not in _READINGS:
            raise ValueError(f"alias {alias!r}: unknown reading")
        yield name, reading


def _names(place: Place) -> Iterator[tuple[tuple[str, ...], Named]]:
    for name, reading in ((place.name, place.reading), *place.aliases):
        capitals = name != place.name and reading != "plain" and len(name) <= 4
        words = split(name)
        yield words, Named(place, reading, capitals)
        if words[-1] in _NUMBERED:  # "Ilir Barat I" is also typed with 1 and "satu"
            for number in _NUMBERED[words[-1]]:
                yield (*words[:-1], number), Named(place, reading, capitals)
        if len(words) > 1 and reading == "plain":  # as hashtags join it: #ilirbarat
            yield ("".join(words),), Named(place, reading, capitals)
