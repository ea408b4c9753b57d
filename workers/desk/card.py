"""A clarification as a card picture: the fact, who says it, when, and on what sources.

A picture travels without its context, so it never holds the claim itself (Debunking Handbook
2020: lead with the fact, do not make the myth more familiar than need be).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tasks.clarification import Clarification
from tasks.drafting import Say
from tasks.social import Imprint, rest_of_fact, signature, source_names
from workers.desk.typesetting import Box, Shape, Type, rectangle, typeset, width

CardFormat = Literal["square", "wide"]
_INK: Final = "#16202b"
_SOFT: Final = "#4a5663"
_PAPER: Final = "#ffffff"
_TEAL: Final = "#0a5c5a"
_LINE: Final = "#d6dce3"
_AMBER: Final = "#fdf1dc"
_BROWN: Final = "#6b4100"
_RED: Final = "#a3191f"


@dataclass(frozen=True, slots=True)
class Card:
    """A picture of `width` x `height` pixels; `alt` says the same in words."""

    width: int
    height: int
    alt: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    width: int
    height: int
    margin: int
    band: int
    """Height of the band at the top,"""
    party: int
    """of the strip that names an interested party,"""
    foot: int
    """and of the foot."""
    headline: Type
    body: Type


_LAYOUTS: Final[Mapping[CardFormat, _Layout]] = {
    "square": _Layout(
        *(1080, 1080, 72, 128, 72, 176),
        headline=Type(84, 36, _INK, bold=True, leading=1.2),
        body=Type(44, 26, _SOFT, leading=1.4),
    ),
    "wide": _Layout(
        *(1200, 675, 60, 92, 56, 124),
        headline=Type(60, 28, _INK, bold=True, leading=1.2),
        body=Type(32, 20, _SOFT, leading=1.4),
    ),
}
CARD_FORMATS: Final[tuple[CardFormat, ...]] = ("square", "wide")


def card(one: Clarification, form: CardFormat, imprint: Imprint, say: Say) -> Card:
    """The card. What is too long for it is cut off with "..."; nothing leaves its box."""
    layout = _LAYOUTS[form]
    shapes = [
        rectangle(Box(0, 0, layout.width, layout.height), _PAPER),
        *_band(one, layout, imprint, say),
        *_middle(one, layout),
        *_foot(one, layout, imprint, say),
    ]
    return Card(layout.width, layout.height, alt_text(one, imprint, say), tuple(shapes))


def _band(one: Clarification, layout: _Layout, imprint: Imprint, say: Say) -> list[Shape]:
    colour = _BROWN if one.kind == "rumour" else _TEAL
    shapes = [rectangle(Box(0, 0, layout.width, layout.band), colour)]
    size = layout.band // 3
    inner = layout.width - 2 * layout.margin
    tag = width(say("mark_draft"), size, bold=True) + size if imprint.draft else 0
    title = Box(layout.margin, layout.band * 0.28, inner - tag, layout.band * 0.7)
    shapes += typeset(_title(one, say), title, Type(size, 20, _PAPER, bold=True))[0]
    if imprint.draft:
        box = Box(layout.width - layout.margin - tag, layout.band * 0.2, tag, layout.band * 0.6)
        text = Box(box.x + size / 2, box.y + layout.band * 0.1, tag - size / 2, box.height)
        shapes.append(rectangle(box, _RED))
        shapes += typeset(say("mark_draft"), text, Type(size, 16, _PAPER, bold=True))[0]
    if one.self_interest:
        strip = Box(0, layout.band, layout.width, layout.party)
        text = Box(layout.margin, layout.band + layout.party * 0.24, inner, layout.party * 0.7)
        shapes.append(rectangle(strip, _AMBER))
        shapes += typeset(say("mark_interest"), text, Type(layout.party // 2, 16, _BROWN))[0]
    return shapes


def _middle(one: Clarification, layout: _Layout) -> list[Shape]:
    top = layout.band + (layout.party if one.self_interest else 0) + layout.margin * 0.8
    bottom = layout.height - layout.foot - layout.margin * 0.4
    inner, room = layout.width - 2 * layout.margin, bottom - top
    rest = rest_of_fact(one)
    said = one.headline or one.fact
    share = max(0.5, min(0.75, len(said) / (len(said) + len(rest) / 2 + 1))) if rest else 1.0
    shapes, end = typeset(said, Box(layout.margin, top, inner, room * share), layout.headline)
    below = Box(layout.margin, end + layout.margin * 0.4, inner, bottom - end - layout.margin * 0.4)
    return [*shapes, *typeset(rest, below, layout.body)[0]]


def _foot(one: Clarification, layout: _Layout, imprint: Imprint, say: Say) -> list[Shape]:
    top, inner = layout.height - layout.foot, layout.width - 2 * layout.margin
    size = layout.foot // 5
    shapes = [rectangle(Box(layout.margin, top, inner, 3), _LINE)]
    name = Box(layout.margin, top + size * 0.7, inner, size * 1.7)
    shapes += typeset(signature(one, imprint), name, Type(size, 16, _INK, bold=True))[0]
    sources = say("sources_line", sources=source_names(one)) if one.citations else ""
    line = Box(layout.margin, top + size * 2.5, inner, size * 1.7)
    return [*shapes, *typeset(sources, line, Type(int(size * 0.8), 16, _SOFT))[0]]


def _title(one: Clarification, say: Say) -> str:
    return say("card_rumour" if one.kind == "rumour" else "card_false")


def alt_text(one: Clarification, imprint: Imprint, say: Say) -> str:
    """What a card of it shows, in words."""
    marks = (
        say("mark_draft") if imprint.draft else "",
        _title(one, say),
        say("mark_interest") if one.self_interest else "",
        one.headline or one.fact,
        rest_of_fact(one),
        signature(one, imprint),
        say("sources_line", sources=source_names(one)) if one.citations else "",
    )
    return ". ".join(mark.strip(" .") for mark in marks if mark) + "."
