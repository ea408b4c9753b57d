"""The page of one item: all that is known of it, and what may be decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from tasks.driving import words_of
from tasks.masking.urls import host_of
from tasks.models import ActFinding, Evidence, Publication
from tasks.words import Desk
from workers.desk.duties import DECIDERS, QUEUES, may_decide, may_see
from workers.desk.page import EVERYBODY, Forbidden, NotFound, Page, Visit
from workers.desk.panel import PANELS
from workers.desk.showing import shown
from workers.ledger.decided import Decided, decisions_of
from workers.ledger.decisions import digest, two_must_judge
from workers.ledger.published import Published, published
from workers.ledger.queues import queue_row


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of evidence with its words."""

    finding: ActFinding
    evidence: Evidence | None
    words: tuple[str, ...]


def item(visit: Visit) -> Response:
    """The item with why it is here, what was found, what was decided, and its desk's panel."""
    one = item_of(visit)
    said, decided = one.publication, decisions_of(visit.ledger, one.seq)
    at = place(one, decided)
    desk = at if at is not None else said.desk
    panel = PANELS.get(desk)
    return visit.render(
        "item/item.html",
        one=one,
        shown=shown(said, desk, visit.language, whole=True),
        seen=digest(one.body),
        found=list(_found(said)),
        axes=_axes(one, desk),
        host=host_of,
        redacts=DECIDERS,
        last_own=_last_own(visit, decided),
        decided=decided,
        desk=desk,
        at=at,
        decides=at is not None and may_decide(visit.staff, at),
        two=two_must_judge(said, desk),
        targets=[other for other in QUEUES if other != at],
        panel_template=f"panel/{desk if panel is not None else 'default'}.html",
        panel={} if panel is None else panel(visit, said),
        publication=said,
    )


def item_of(visit: Visit) -> Published:
    """The item in the address. Raises NotFound, Forbidden."""
    named = visit.request.path_params
    found = published(visit.ledger, named["source"], named["id"])
    if found is None:
        raise NotFound
    for desk in (found.publication.desk, found.waits_at):
        if desk is not None and not may_see(visit.staff, desk):
            raise Forbidden
    return found


def place(one: Published, decided: list[Decided]) -> Desk | None:
    """The desk where it may be decided; None: it was, or it waits under what it repeats."""
    if one.waits_at is not None or one.publication.desk != "none":
        return one.waits_at
    gone = any(made.desk == "none" and made.undone_at_ms is None for made in decided)
    return None if gone else "none"


def _axes(one: Published, desk: Desk) -> dict[str, Any]:
    """What rows of a queue show: the item's place on each axis."""
    since = one.since_ms if one.since_ms is not None else one.released_ms
    on = queue_row(one.seq, one.publication, desk, since)
    return {**on, "since_ms": since, "reach": one.reach, "growth": one.growth}


def _last_own(visit: Visit, decided: list[Decided]) -> int | None:
    """The last decision, if this person may still take it back."""
    in_force = [made for made in decided if made.undone_at_ms is None]
    own = bool(in_force) and in_force[-1].staff == visit.staff.id
    return in_force[-1].id if own and may_decide(visit.staff, in_force[-1].desk) else None


def _found(said: Publication) -> Iterator[Found]:
    for finding in said.acts:
        for evidence in finding.evidence:
            spans = words_of(said, evidence)
            words = dict.fromkeys(said.text[span.start : span.end] for span in spans)
            yield Found(finding, evidence, tuple(words))
        if not finding.evidence:
            yield Found(finding, None, ())


PAGES = (Page("/item/{source}/{id:path}", item, EVERYBODY),)
