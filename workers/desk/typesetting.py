"""Text as outlines, wrapped and sized so that it fits its box.

The font is DejaVu Sans, which comes with matplotlib: outlines look the same everywhere, and
what was measured is what is drawn. Coordinates are pixels, y downwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

_FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
_UNIT: Final = float(text_to_path.FONT_SCALE)
_STEP: Final = 2
_FIRST_LINE: Final = 1.25
"""Height of one line without its leading, in sizes: what is above the base line and below it."""
_ELLIPSIS: Final = "..."

_Word = tuple[str, float]
"""And its width at the size _UNIT."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the canvas."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Type:
    """How a text looks: from `largest` down to `smallest` pixels, whichever fits first."""

    largest: int
    smallest: int
    fill: str
    bold: bool = False
    leading: float = 1.3


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline."""

    fill: str
    outline: Outline


def rectangle(box: Box, fill: str) -> Shape:
    """A filled box."""
    x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    return Shape(fill, Outline([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], None))


def typeset(text: str, box: Box, look: Type) -> tuple[list[Shape], float]:
    """The text within `box` from its top, as large as fits, and where it ends.

    At the smallest size what does not fit is cut off, and "..." says so. Characters that the
    font lacks are left out.
    """
    size, lines = _fitting(_measured(text, look.bold), box, look)
    pitch = size * look.leading
    shapes = []
    for number, line in enumerate(lines):
        outline = _outline(line, look.bold, size)
        overhang = min(0.0, *np.asarray(outline.vertices)[:, 0])
        moved = _moved(outline, box.x - overhang, box.y + size + number * pitch)
        shapes.append(Shape(look.fill, moved))
    return shapes, min(box.y + len(lines) * pitch, box.y + box.height)


def width(text: str, size: float, bold: bool) -> float:
    """How wide a line is."""
    return sum(_advance(char, bold) for char in text) * size / _UNIT


def _measured(text: str, bold: bool) -> list[_Word]:
    known = _glyphs(bold)
    drawn = "".join(char if ord(char) in known else " " for char in text)
    return [(word, width(word, _UNIT, bold)) for word in drawn.split()]


def _fitting(words: list[_Word], box: Box, look: Type) -> tuple[int, list[str]]:
    size = look.largest
    while True:
        room = int((box.height - size * _FIRST_LINE) // (size * look.leading)) + 1
        smallest = size - _STEP < look.smallest
        room = max(room, 1) if smallest else room
        lines = list(islice(_wrapped(words, box.width, size, look.bold), max(room, 0) + 1))
        if len(lines) <= room:
            return size, lines
        if smallest:
            return size, [*lines[: room - 1], _cut(lines[room - 1], box.width, size, look.bold)]
        size -= _STEP


def _wrapped(words: list[_Word], room: float, size: float, bold: bool) -> Iterator[str]:
    blank, held, used = width(" ", size, bold), "", 0.0
    for word, units in words:
        across = units * size / _UNIT
        if held and used + blank + across <= room:
            held, used = f"{held} {word}", used + blank + across
            continue
        if held:
            yield held
        *full, held = [word] if across <= room else _broken(word, room, size, bold)
        used = width(held, size, bold)
        yield from full
    if held:
        yield held


def _broken(word: str, room: float, size: float, bold: bool) -> list[str]:
    """A word in parts that fit."""
    parts, used = [""], 0.0
    for char in word:
        across = width(char, size, bold)
        if parts[-1] and used + across > room:
            parts, used = [*parts, ""], 0.0
        parts[-1] += char
        used += across
    return parts


def _cut(line: str, room: float, size: float, bold: bool) -> str:
    while line and width(line + _ELLIPSIS, size, bold) > room:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


@cache
def _glyphs(bold: bool) -> frozenset[int]:
    return frozenset(get_font(str(_file(bold))).get_charmap())


@cache
def _file(bold: bool) -> Path:
    return _FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def _face(bold: bool) -> FontProperties:
    return FontProperties(fname=str(_file(bold)), size=_UNIT)


@cache
def _advance(char: str, bold: bool) -> float:
    """Of one character in units; kerning only narrows what is between two, so sums are safe."""
    measured = text_to_path.get_text_width_height_descent(char, _face(bold), ismath=False)
    return float(measured[0])


def _outline(line: str, bold: bool, size: float) -> Outline:
    vertices, codes = text_to_path.get_text_path(_face(bold), line, ismath=False)
    scaled = np.asarray(vertices, dtype=float).reshape(-1, 2) * (size / _UNIT) * (1, -1)
    return Outline(scaled, codes if len(codes) else None)


def _moved(outline: Outline, x: float, y: float) -> Outline:
    return Outline(np.add(np.asarray(outline.vertices, dtype=float), (x, y)), outline.codes)
