"""A text cut into pieces, each with what was found there: for whoever shows it to people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tasks.models import Span

Mark = Literal["driver", "claim", "masked", "link", "reporter"]
"""driver: it drove the finding. claim: it matched a fact-check. masked, link: a placeholder.
reporter: the name of somebody who is protected, never to be shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with the marks on all of it."""

    text: str
    marks: frozenset[Mark] = frozenset()


def highlighted(
    text: str, marks: Mapping[Mark, Iterable[Span]], shown: Span | None = None
) -> tuple[Piece, ...]:
    """The text in pieces, as few as there can be; together they are the text, or `shown` of it.

    Spans may overlap. What lies outside of the text is ignored.
    """
    low, high = (0, len(text)) if shown is None else (shown.start, min(shown.end, len(text)))
    clipped = [
        (mark, max(low, span.start), min(high, span.end))
        for mark, spans in marks.items()
        for span in spans
    ]
    kept = [one for one in clipped if one[1] < one[2]]
    cuts = sorted({low, high, *(one[1] for one in kept), *(one[2] for one in kept)})
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        here = frozenset(mark for mark, first, last in kept if first <= start and end <= last)
        if found and found[-1].marks == here:
            found[-1] = Piece(found[-1].text + text[start:end], here)
        else:
            found.append(Piece(text[start:end], here))
    return tuple(found)


def excerpt(text: str, telling: Iterable[Span], most: int) -> Span:
    """Which `most` characters of a text to show: its beginning, unless nothing telling is there."""
    if len(text) <= most:
        return Span(start=0, end=len(text))
    first = min((span.start for span in telling), default=0)
    start = 0 if first < most * 3 // 4 else text.rfind(" ", 0, max(1, first - most // 4)) + 1
    return Span(start=start, end=min(len(text), start + most))
