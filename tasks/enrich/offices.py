"""Public roles and institutions, with the field and the place that are said with them.

A role is an office ("bupati banyuasin"), never its holder: what is taken in after the first words
stands in a table (offices, fields, places) or is a number, so no span holds a person's name.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, get_args

from tasks.enrich.places import Found
from tasks.gazetteer import FOLDER, distinct_name
from tasks.names import NameIndex, Words, split

Kind = Literal["role", "institution"]
Stands = Literal["alone", "followed", "capitals"]
"""An office may stand alone; counts only with what it takes; or only in capitals ("MK")."""

_LONGEST_NUMBER: Final = 4
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_STANDS: Final[tuple[Stands, ...]] = get_args(Stands)


@dataclass(frozen=True, slots=True)
class Office:
    """One row of offices.tsv. `takes`: what may follow: field, number, institution, place.

    `levelled`: the office itself says the level of its place ("bupati": a regency).
    """

    kind: Kind
    name: str
    takes: frozenset[str]
    levelled: bool
    stands: Stands


@dataclass(frozen=True, slots=True)
class Named:
    """An office in a text: words `first` up to `last`, and its normalised name."""

    kind: Kind
    first: int
    last: int
    name: str


def find(words: Words, places: Iterable[Found]) -> Iterator[Named]:
    """The roles and institutions of the text, in order; `places` are those found in it.

    One may lie in another: "Ketua DPRD Lahat" is a role that holds an institution.
    """
    page = _Page(words, places)
    found = (page.read(*head) for head in _heads().find(words))
    return filter(None, found)


class _Page:
    """A text in which offices are read, with the places that were found in it."""

    def __init__(self, words: Words, places: Iterable[Found]) -> None:
        self._words = words
        self._places: dict[int, Found] = {}
        for place in places:
            self._places[place.named] = self._places[place.first] = place

    def read(self, first: int, last: int, office: Office) -> Named | None:
        """The office whose head is words `first` up to `last`, with what follows it."""
        if office.stands == "capitals" and not self._in_capitals(first):
            return None
        end, parts = last, [office.name]
        for part in ("field", "number", "institution", "place"):
            if part in office.takes and (taken := self._take(part, end, office)) is not None:
                end, name = taken
                parts.append(name)
        if office.stands == "followed" and end == last:
            return None
        name = " ".join(parts)
        return Named(office.kind, first, end, name.lower() if office.kind == "role" else name)

    def _take(self, part: str, at: int, office: Office) -> tuple[int, str] | None:
        if at == len(self._words.lower) or not self._words.follows(at):
            return None
        match part:
            case "field":
                return _fields().at(self._words, at)
            case "number":
                number = self._words.lower[at]
                short = number.isdecimal() and len(number) <= _LONGEST_NUMBER
                return (at + 1, number) if short else None
            case "institution":
                return self._institution(at)
            case _:
                return self._place(at, office)

    def _institution(self, at: int) -> tuple[int, str] | None:
        head = _heads().at(self._words, at)
        if head is None or head[1].kind == "role":
            return None
        named = self.read(at, *head)
        return None if named is None else (named.last, named.name)

    def _place(self, at: int, office: Office) -> tuple[int, str] | None:
        found = self._places.get(at)
        if found is None:
            return None
        if found.place is None or office.levelled:
            return found.last, found.place.name if found.place else found.name
        return found.last, distinct_name(found.place)

    def _in_capitals(self, at: int) -> bool:
        return self._words.written(at).isupper() and not self._words.shouted


@cache
def offices() -> Mapping[str, Office]:
    """The phrases that begin a role or an institution, in lower case.

    Raises ValueError where the table is not of its form.
    """
    return MappingProxyType(dict(one for row in _rows("offices") for one in _offices(row)))


@cache
def _heads() -> NameIndex[Office]:
    return NameIndex((split(phrase), office) for phrase, office in offices().items())


@cache
def _fields() -> NameIndex[str]:
    return NameIndex((split(row["field"]), row["field"]) for row in _rows("fields"))


def _offices(row: Mapping[str, str]) -> Iterator[tuple[str, Office]]:
    kind, stands = row["kind"], row["stands"]
    if kind not in _KINDS or stands not in _STANDS:
        raise ValueError(f"office {row['name']!r}: unknown kind or stands")
    takes = frozenset(row["takes"].split())
    office = Office(kind, row["name"], takes, bool(row["levels"]), stands)
    for phrase in row["phrases"].split(","):
        yield phrase.strip(), office


def _rows(table: str) -> Iterator[Mapping[str, str]]:
    with (FOLDER / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
