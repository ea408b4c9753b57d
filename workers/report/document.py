"""A report as its readers see it, before it is a page or a PDF: both are made from this."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "danger"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the first column names the row, `numbers` are the columns of figures."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]
    last_is_total: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture as SVG, and what it shows in a sentence. The figures stand in a table beside it."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and whether it is good news or needs somebody."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]
    plot: Plot | None = None
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the few figures at the top, and how it changed."""

    value: str
    label: str
    change: str


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report."""

    title: str
    institution: str
    period: str
    facts: tuple[tuple[str, str], ...]
    """What it was made from: name and value."""
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, total: bool = False
) -> tuple[Table, ...]:
    """A table of a named column and columns of figures; none at all where it has no rows."""
    if not rows:
        return ()
    numbers = frozenset(range(1, len(columns)))
    return (Table(caption, tuple(columns), tuple(map(tuple, rows)), numbers, total),)
