"""Queues on both databases: what waits where, in which order, and through which filters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.models import ActFinding, Entity, Span
from tasks.words import Act
from tests.desks import Said, publish
from workers.ledger import Ledger
from workers.ledger.database import now_ms
from workers.ledger.facets import facets
from workers.ledger.narratives import forward_all
from workers.ledger.published import left_alone, published
from workers.ledger.queues import (
    ORDERS,
    Filters,
    Order,
    arrived,
    length,
    lengths,
    one_waiting,
    waiting,
)

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def of(*codes: str, **more: Any) -> Mapping[str, Any]:
    """Fields of a publication that names these places."""
    here = Span(start=0, end=1)
    found = tuple(Entity(kind="place", name="x", span=here, code=code) for code in codes)
    return {"entities": found, **more}


def refs(ledger: Ledger, filters: Filters | None = None, order: Order = "priority") -> list[str]:
    return [one.publication.id for one in waiting(ledger, "answer", filters, order)]


def test_an_item_waits_at_its_desk_with_every_axis(ledger: Ledger) -> None:
    (said,) = publish(ledger, Said("question", probability=0.72))
    (one,) = waiting(ledger, "answer")
    assert (one.publication, one.act, one.certainty, one.danger) == (said, "question", 72, 0)
    assert (one.reach, one.growth, one.copies, one.priority) == (1, 0, 0, 45)
    assert one_waiting(ledger, one.seq) == one
    assert lengths(ledger) == {"answer": 1}


def test_a_danger_that_does_not_lead_shows_on_its_axis(ledger: Ledger) -> None:
    acts = tuple(
        ActFinding(act=act, probability=probability)
        for act, probability in (("question", 0.9), ("identity_hate", 0.41))
    )
    publish(ledger, Said(more={"acts": acts}))
    (one,) = waiting(ledger, "answer")
    assert (one.act, one.danger, one.certainty) == ("question", 41, 90)


def test_what_no_desk_acts_on_waits_nowhere(ledger: Ledger) -> None:
    publish(ledger, Said("criticism"), Said("satire"), Said("press"), Said("other"))
    assert lengths(ledger) == {}
    assert [one.publication.id for one in left_alone(ledger)] == ["no-4", "no-3", "no-2", "no-1"]


def test_what_was_left_alone_can_be_narrowed_to_where_the_program_abstained(ledger: Ledger) -> None:
    tricky = 'Katanya "state":"abstained" itu apa?'
    publish(ledger, Said("other", more={"state": "abstained"}), Said("other", text=tricky))
    assert [one.publication.id for one in left_alone(ledger, "abstained")] == ["no-1"]


def test_a_copy_waits_under_what_it_repeats(ledger: Ledger) -> None:
    publish(ledger, Said(), Said(copy_of="pantau/no-1"), Said(copy_of="pantau/no-1"))
    (one,) = waiting(ledger, "answer")
    assert (one.publication.id, one.copies, one.reach) == ("no-1", 2, 3)


def test_a_copy_for_another_desk_waits_there(ledger: Ledger) -> None:
    publish(ledger, Said("question"), Said("complaint", copy_of="pantau/no-1"))
    assert lengths(ledger) == {"answer": 1, "service": 1}


def test_a_narrative_is_counted_under_the_id_that_it_has_by_now(ledger: Ledger) -> None:
    publish(ledger, Said(narrative="n-1"), Said(narrative="n-2"), Said("press", narrative="n-3"))
    forward_all(ledger, ["n-2", "n-3"], "n-1")
    assert {(one.narrative_id, one.reach) for one in waiting(ledger, "answer")} == {("n-1", 3)}
    assert len(waiting(ledger, "answer", Filters(narrative="n-1"))) == 2
    found = published(ledger, "pantau", "no-3")
    assert found is not None
    assert (found.narrative_id, found.reach, found.waits_at) == ("n-1", 3, None)


def test_each_order_puts_its_own_highest_first(ledger: Ledger) -> None:
    fresh = datetime.now(UTC)
    danger = (
        ActFinding(act="question", probability=0.6),
        ActFinding(act="doxxing", probability=0.55),
    )
    publish(ledger, Said(probability=0.7))
    publish(ledger, Said(probability=0.99, narrative="n-2"), first=2)
    publish(ledger, Said(narrative="n-3", more={"priority": 99}), first=3)
    publish(ledger, Said(narrative="n-4", more={"acts": danger}), first=4)
    many = [Said("press", narrative="n-5") for _ in range(3)]
    publish(ledger, Said(narrative="n-5", probability=0.65), *many, first=5)
    growing = [Said("press", narrative="n-6", written=fresh)]
    publish(ledger, Said(narrative="n-6", written=fresh), *growing, first=9)
    firsts = {order: refs(ledger, order=order)[0] for order in ORDERS}
    assert firsts == {
        "priority": "no-3",
        "danger": "no-4",
        "reach": "no-5",
        "growth": "no-9",
        "certainty": "no-2",
        "waiting": "no-1",
    }


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_a_queue_hold_each_item_once(ledger: Ledger, order: Order) -> None:
    publish(ledger, *(Said(narrative=f"n-{number % 3}") for number in range(11)))
    pages = [waiting(ledger, "answer", None, order, 4, offset) for offset in (0, 4, 8)]
    assert len({one.seq for page in pages for one in page}) == 11
    assert [len(page) for page in pages] == [4, 4, 3]


def test_filters_leave_what_passes_all_of_them(ledger: Ledger) -> None:
    publish(
        ledger,
        Said(more=of("16.71.05", topics=("kesehatan",))),
        Said(more=of("16.02", language="jav")),
        Said(more=of("1.6", "32.73", state="abstained"), written=LONG_AGO),
    )
    old = int((LONG_AGO + timedelta(days=1)).timestamp() * 1000)
    for filters, wanted in (
        (Filters(place="16"), ["no-1", "no-2"]),
        (Filters(place="16.71"), ["no-1"]),
        (Filters(place="6"), []),
        (Filters(place="%"), []),
        (Filters(topic="kesehatan"), ["no-1"]),
        (Filters(topic="sehat"), []),
        (Filters(language="jav"), ["no-2"]),
        (Filters(state="abstained"), ["no-3"]),
        (Filters(act="rumour"), []),
        (Filters(until_ms=old), ["no-3"]),
        (Filters(since_ms=old), ["no-1", "no-2"]),
        (Filters(place="16", language="jav"), ["no-2"]),
    ):
        assert refs(ledger, filters) == wanted, filters
        assert length(ledger, "answer", filters) == len(wanted)


def test_each_facet_counts_what_the_other_filters_leave(ledger: Ledger) -> None:
    acts: tuple[Act, ...] = ("question", "question", "rumour")
    publish(
        ledger,
        Said(more=of("16.71.05", "16.02")),
        Said(more=of("16.71", language="jav")),
        Said(more=of("32.73", desk="answer", acts=(ActFinding(act=acts[2], probability=0.8),))),
    )
    whole = facets(ledger, "answer", Filters())
    assert whole.place == {
        "16": 2, "16.71": 2, "16.71.05": 1, "16.02": 1, "32": 1, "32.73": 1
    }  # fmt: skip
    assert (whole.language, whole.act) == ({"ind": 2, "jav": 1}, {"question": 2, "rumour": 1})
    narrowed = facets(ledger, "answer", Filters(place="16", language="jav"))
    assert narrowed.place == {"16": 1, "16.71": 1}
    assert narrowed.language == {"ind": 1, "jav": 1}
    assert narrowed.act == {"question": 1}


def test_what_each_facet_promises_is_what_its_filter_leaves(ledger: Ledger) -> None:
    codes = ("16.71", "16.02", "32.73")
    for number in range(12):
        more = of(codes[number % 3], language=("ind", "jav")[number % 2])
        publish(ledger, Said(more=more), first=number + 1)
    found = facets(ledger, "answer", Filters(language="jav"))
    for code, count in found.place.items():
        assert length(ledger, "answer", Filters(place=code, language="jav")) == count


def test_what_came_since_is_counted(ledger: Ledger) -> None:
    publish(ledger, Said())
    (one,) = waiting(ledger, "answer")
    assert arrived(ledger, "answer", one.since_ms - 1) == 1
    assert arrived(ledger, "answer", one.since_ms) == 0
    assert arrived(ledger, "answer", 0, Filters(language="jav")) == 0
    assert arrived(ledger, "service", 0) == 0
    assert one.since_ms <= now_ms()
