"""What waits at a desk, and how much by now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from tasks.words import Desk, ReaderLanguage
from workers.desk.asked import Asked, read_asked
from workers.desk.duties import QUEUES, may_decide, may_see
from workers.desk.page import EVERYBODY, Forbidden, NotFound, Page, Visit
from workers.desk.showing import Shown, place_name, shown
from workers.ledger.database import now_ms
from workers.ledger.decided import Decided, undoable
from workers.ledger.decisions import digest, two_must_judge
from workers.ledger.facets import facets
from workers.ledger.queues import ORDERS, Waiting, arrived, length, lengths, waiting

_PLACES: Final = 60
"""Most places to choose from: the commonest."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a queue."""

    waiting: Waiting
    shown: Shown
    seen: str
    """Digest of what is shown."""
    two: bool
    """Whether two reviewers must judge it."""


def row(one: Waiting, reader: ReaderLanguage) -> Row:
    """The row of an item that waits."""
    said = one.publication
    view = shown(said, one.desk, reader)
    return Row(one, view, digest(one.body), two_must_judge(said, one.desk))


def queue(visit: Visit) -> Response:
    """The items of a desk in the order that was asked for, with what they can be filtered by."""
    desk, asked = desk_of(visit), asked_of(visit)
    decides = may_decide(visit.staff, desk)
    own = undoable(visit.ledger, visit.staff.id) if decides else []
    found = waiting(visit.ledger, desk, asked.filters, asked.order, asked.limit + 1, asked.offset)
    return visit.render(
        "queue/list.html",
        desk=desk,
        asked=asked,
        orders=ORDERS,
        at_ms=now_ms(),
        rows=[row(one, visit.language) for one in found[: asked.limit]],
        more=len(found) > asked.limit,
        total=length(visit.ledger, desk, asked.filters),
        facets=facets(visit.ledger, desk, asked.filters),
        place_name=place_name,
        most_places=_PLACES,
        decides=decides,
        targets=[one for one in QUEUES if one != desk],
        own=own,
        done=_done(visit, own),
    )


def fresh(visit: Visit) -> Response:
    """How many items came to a queue since it was opened: never moves what somebody reads."""
    desk, asked = desk_of(visit), asked_of(visit)
    after = visit.request.query_params.get("after", "")
    if not after.isascii() or not after.isdigit():
        raise ValueError("after: milliseconds since 1970")
    count = arrived(visit.ledger, desk, int(after), asked.filters)
    return visit.render("queue/fresh.html", desk=desk, asked=asked, count=count)


def counts(visit: Visit) -> Response:
    """How many items wait at each desk, for the side bar."""
    return visit.render("queue/counts.html", lengths=lengths(visit.ledger))


def desk_of(visit: Visit) -> Desk:
    """The desk in the address. Raises NotFound, Forbidden."""
    for desk in QUEUES:
        if desk == visit.request.path_params["desk"]:
            if not may_see(visit.staff, desk):
                raise Forbidden
            return desk
    raise NotFound


def asked_of(visit: Visit) -> Asked:
    """What the address asks for. Raises ValueError."""
    return read_asked(visit.request.query_params, datetime.now(UTC))


def _done(visit: Visit, own: list[Decided]) -> Decided | None:
    """What this person has just decided, if the address says so."""
    number = visit.request.query_params.get("done")
    return next((one for one in own if str(one.id) == number), None)


PAGES = (
    Page("/queue/{desk}", queue, EVERYBODY),
    Page("/queue/{desk}/fresh", fresh, EVERYBODY),
    Page("/counts", counts, EVERYBODY),
)
