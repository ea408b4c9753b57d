"""What a queue could be filtered by, and how many items each choice would leave."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, get_args

from sqlalchemy import func, select

from tasks.words import Desk
from workers.ledger.database import Ledger
from workers.ledger.desk_tables import queue
from workers.ledger.queue_filters import Filters, passing

Facet = Literal["place", "topic", "language", "act", "state"]
FACETS: Final[tuple[Facet, ...]] = get_args(Facet)


@dataclass(frozen=True, slots=True)
class Facets:
    """How many items each choice would leave, the other filters being what they are."""

    place: dict[str, int]
    """By official code. What is in a regency is in its province too."""
    topic: dict[str, int]
    language: dict[str, int]
    act: dict[str, int]
    state: dict[str, int]


class _Alike(NamedTuple):
    """Items of a queue that are alike in all that one may choose."""

    place: frozenset[str]
    topic: frozenset[str]
    language: frozenset[str]
    act: frozenset[str]
    state: frozenset[str]
    items: int


def facets(ledger: Ledger, desk: Desk, filters: Filters) -> Facets:
    """The choices that occur in the queue. Raises LedgerAway."""
    loose = replace(filters, place=None, topic=None, language=None, act=None, state=None)
    columns = (queue.c.places, queue.c.topics, queue.c.language, queue.c.act, queue.c.state)
    with ledger.read() as connection:
        rows = connection.execute(
            select(*columns, func.count()).where(*passing(desk, loose)).group_by(*columns)
        ).all()
    alike = [
        _Alike(
            frozenset(_with_larger(places)),
            frozenset(topics.split()),
            frozenset({language}),
            frozenset({act}),
            frozenset({state}),
            count,
        )
        for places, topics, language, act, state, count in rows
    ]
    return Facets(
        place=_counted(alike, "place", filters),
        topic=_counted(alike, "topic", filters),
        language=_counted(alike, "language", filters),
        act=_counted(alike, "act", filters),
        state=_counted(alike, "state", filters),
    )


def _with_larger(places: str) -> Iterator[str]:
    """The codes, and those of the larger places that hold them: 16.71.05, 16.71, 16."""
    for code in places.split():
        parts = code.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _counted(alike: list[_Alike], facet: Facet, filters: Filters) -> dict[str, int]:
    wanted = {
        other: value
        for other in FACETS
        if other != facet and (value := getattr(filters, other)) is not None
    }
    counts: Counter[str] = Counter()
    for one in alike:
        if all(value in getattr(one, other) for other, value in wanted.items()):
            for choice in getattr(one, facet):
                counts[choice] += one.items
    return dict(counts.most_common())
