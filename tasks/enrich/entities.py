"""Entities: what a text names that is no private person, gathered in text order."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tasks.enrich import offices, places, quantities
from tasks.models import Entity, Span
from tasks.names import Words

MOST: Final = 200
"""Entities that an item keeps, the first ones: a publication stays small whatever the text."""


def entities(
    text: str, published_at: datetime | None = None, tagged: Sequence[Entity] = ()
) -> tuple[Entity, ...]:
    """The places, roles, institutions, dates, amounts and laws that `text` names.

    `tagged`: institutions found by other means, kept where the tables know none.
    In text order; one may lie in another, as the place in "Bupati Banyuasin". Names are
    normalised (docs/gazetteer.md); persons are never named. Linear in the text.
    """
    found = list(_found(Words.of(text), published_at))
    known = [one.span for one in found if one.kind == "institution"]
    found += [one for one in tagged if not any(_meet(one.span, span) for span in known)]
    found.sort(key=lambda one: one.span.start)
    return tuple(found[:MOST])


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _found(words: Words, published_at: datetime | None) -> Iterator[Entity]:
    there = places.find(words)
    for place in there:
        yield Entity(
            kind="place",
            name=place.name,
            span=_span(words, place.first, place.last),
            code=place.place.within if place.place else None,
        )
    for office in offices.find(words, there):
        yield Entity(
            kind=office.kind, name=office.name, span=_span(words, office.first, office.last)
        )
    for one in quantities.find(words, published_at):
        yield Entity(kind=one.kind, name=one.name, span=Span(start=one.start, end=one.end))


def _span(words: Words, first: int, last: int) -> Span:
    return Span(start=words.starts[first], end=words.ends[last - 1])
