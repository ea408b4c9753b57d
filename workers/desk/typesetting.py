"""Text as outlines, wrapped and sized so that it fits its box.

The font is DejaVu Sans, which comes with matplotlib: outlines look the same everywhere, and
what was measured is what is drawn. Coordinates are pixels, y downwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
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
    drawn = " ".join(_drawable(text, look.bold).split())
    size, lines = _fitting(drawn, box, look)
    pitch = size * look.leading
    shapes = []
    for number, line in enumerate(lines):
        outline = _outline(line, look.bold, size)
        shapes.append(Shape(look.fill, _moved(outline, box.x, box.y + size + number * pitch)))
    return shapes, box.y + len(lines) * pitch


def width(text: str, size: float, bold: bool) -> float:
    """How wide a line is."""
    return sum(_advances(text, bold)) * size / _UNIT


def _fitting(text: str, box: Box, look: Type) -> tuple[int, list[str]]:
    size = look.largest
    while True:
        lines = list(_wrapped(text, box.width, size, look.bold))
        room = int((box.height - size * _FIRST_LINE) // (size * look.leading)) + 1
        if len(lines) <= room:
            return size, lines
        if size - _STEP < look.smallest:
            room = max(room, 1)
            return size, [*lines[: room - 1], _cut(lines[room - 1], box.width, size, look.bold)]
        size -= _STEP


def _wrapped(text: str, room: float, size: float, bold: bool) -> Iterator[str]:
    held = ""
    for word in text.split(" "):
        longer = f"{held} {word}" if held else word
        if width(longer, size, bold) <= room:
            held = longer
            continue
        if held:
            yield held
        *full, held = _broken(word, room, size, bold)
        yield from full
    if held:
        yield held


def _broken(word: str, room: float, size: float, bold: bool) -> list[str]:
    """A word in parts that fit: mostly itself."""
    parts = [""]
    for char in word:
        if parts[-1] and width(parts[-1] + char, size, bold) > room:
            parts.append("")
        parts[-1] += char
    return parts


def _cut(line: str, room: float, size: float, bold: bool) -> str:
    while line and width(line + _ELLIPSIS, size, bold) > room:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def _drawable(text: str, bold: bool) -> str:
    known = _glyphs(bold)
    return "".join(char if char.isspace() or ord(char) in known else " " for char in text)


@cache
def _glyphs(bold: bool) -> frozenset[int]:
    return frozenset(get_font(str(_file(bold))).get_charmap())


@cache
def _file(bold: bool) -> Path:
    return _FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def _face(bold: bool) -> FontProperties:
    return FontProperties(fname=str(_file(bold)), size=_UNIT)


def _advances(text: str, bold: bool) -> list[float]:
    return [_advance(char, bold) for char in text]


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
