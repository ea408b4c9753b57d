"""Queues, items and decisions for programs: what the pages do, as JSON (docs/desk/api.md)."""

from typing import Any, Final

from starlette.responses import Response

from tasks.models import Publication, Span
from tasks.reporters import reporter_names
from tasks.words import Desk
from workers.desk.asked import NAMES
from workers.desk.deciding import take, take_back
from workers.desk.duties import DECIDERS, may_decide
from workers.desk.item import item_of, place
from workers.desk.page import EVERYBODY, Page, Visit
from workers.desk.queue import Row, asked_of, desk_of, row
from workers.desk.showing import Shown, place_name, shown
from workers.ledger.database import now_ms
from workers.ledger.decided import Decided, decisions_of
from workers.ledger.decisions import digest, two_must_judge
from workers.ledger.facets import FACETS, facets
from workers.ledger.queues import length, lengths, waiting

_OF_SAID: Final = frozenset(
    {"text", "language", "kind", "platform", "published_at", "topics", "state", "target", "masked"}
)
"""What is told of a publication as it is; the rest is told as people see it."""


def queues(visit: Visit) -> Response:
    """Every desk, how much waits there, and whether this person decides there."""
    counts = lengths(visit.ledger)
    return visit.json(
        [
            {
                "desk": desk,
                "waiting": counts.get(desk, 0),
                "may_decide": may_decide(visit.staff, desk),
            }
            for desk in visit.desks
        ]
    )


def queue(visit: Visit) -> Response:
    """A part of a queue, in the order and through the filters of the address."""
    desk = desk_of(visit)
    unknown = sorted(set(visit.request.query_params) - {*NAMES})
    if unknown:
        raise ValueError(f"{unknown[0]}: no such parameter; there are {', '.join(NAMES)}")
    asked = asked_of(visit)
    found = waiting(visit.ledger, desk, asked.filters, asked.order, asked.limit, asked.offset)
    choices = facets(visit.ledger, desk, asked.filters)
    now = now_ms()
    return visit.json(
        {
            "desk": desk,
            "waiting": length(visit.ledger, desk, asked.filters),
            "order": asked.order,
            "limit": asked.limit,
            "offset": asked.offset,
            "items": [_row(row(one, visit.language), now) for one in found],
            "choices": {name: getattr(choices, name) for name in FACETS},
        }
    )


def item(visit: Visit) -> Response:
    """One item: what it says, what was found, where it waits, what was decided."""
    one = item_of(visit)
    said, decided = one.publication, decisions_of(visit.ledger, one.seq)
    at = place(one, decided)
    desk = at if at is not None else said.desk
    view = shown(said, desk, visit.language, whole=True)
    return visit.json(
        {
            **_view(view, desk, digest(one.body)),
            "waits_at": at,
            "since_ms": one.since_ms,
            "narrative_id": one.narrative_id,
            "reach": one.reach,
            "growth": one.growth,
            "copies": one.copies,
            "copy_of": said.duplicate_of,
            "acts": [finding.model_dump() for finding in said.acts],
            "versions": said.versions,
            "decisions": [_decided(made) for made in decided],
        }
    )


def decide(visit: Visit) -> Response:
    """Decide about an item; `at` is where it waits unless it is sent."""
    one = item_of(visit)
    if "at" not in visit.form:
        at = place(one, decisions_of(visit.ledger, one.seq))
        visit = visit.with_form(at=at if at is not None else one.publication.desk)
    return visit.json(_decided(take(visit, one.seq)), 201)


def undo(visit: Visit) -> Response:
    """Take back one's own last decision about an item."""
    undone = take_back(visit, visit.request.path_params["number"])
    return visit.json({"undone": undone.id, "ref": undone.ref, "waits_at": undone.desk})


def _row(one: Row, now: int) -> dict[str, Any]:
    waits = one.waiting
    return {
        **_view(one.shown, waits.desk, one.seen),
        "since_ms": waits.since_ms,
        "narrative_id": waits.narrative_id,
        "copies": waits.copies,
        "axes": {
            "danger": waits.danger,
            "priority": waits.priority,
            "certainty": waits.certainty,
            "reach": waits.reach,
            "growth": waits.growth,
            "waiting_ms": now - waits.since_ms,
        },
    }


def _view(view: Shown, desk: Desk, seen: str) -> dict[str, Any]:
    said = view.said
    told = said.model_dump(mode="json", include={*_OF_SAID})
    if view.protected:
        told |= _without_author(said)
    return {
        "ref": said.ref,
        "desk": desk,
        "seen": seen,
        "act": view.act,
        "two_must_judge": two_must_judge(said, desk),
        "hidden_for": view.hidden_for,
        "reasons": view.reasons,
        "url": view.url,
        "places": _places(said),
        "claims": [claim.model_dump(mode="json") for claim in said.claims],
        "marks": {name: [_pair(span) for span in spans] for name, spans in view.marks.items()},
        **told,
    }


def _without_author(said: Publication) -> dict[str, Any]:
    """What stands in place of what leads to the author; names keep their length, for the marks."""
    text = said.text
    for span in reporter_names(text):
        text = text[: span.start] + "█" * (span.end - span.start) + text[span.end :]
    return {"text": text, "platform": None, "published_at": f"{said.published_at:%Y-%m-%d}"}


def _places(said: Publication) -> list[dict[str, str]]:
    codes = dict.fromkeys(one.code for one in said.entities if one.code is not None)
    return [{"code": code, "name": place_name(code)} for code in codes]


def _pair(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _decided(made: Decided) -> dict[str, Any]:
    return {
        "id": made.id,
        "ref": made.ref,
        "desk": made.desk,
        "kind": made.kind,
        "staff": made.staff,
        "at_ms": made.at_ms,
        "evidence": made.evidence,
        "detail": made.detail,
        "undone_at_ms": made.undone_at_ms,
    }


_ITEM: Final = "/api/v1/items/{source}/{id:path}"
PAGES = (
    Page("/api/v1/queues", queues, EVERYBODY),
    Page("/api/v1/queues/{desk}", queue, EVERYBODY),
    Page(f"{_ITEM}/decisions", decide, DECIDERS, "POST"),
    Page("/api/v1/decisions/{number:int}/undo", undo, DECIDERS, "POST"),
    Page(_ITEM, item, EVERYBODY),
)
