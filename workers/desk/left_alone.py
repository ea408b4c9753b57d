"""What no desk has to act on, for whoever thinks that one should."""

from starlette.responses import Response

from workers.desk.duties import QUEUES, may_decide
from workers.desk.page import EVERYBODY, Page, Visit
from workers.desk.queue import asked_of
from workers.desk.showing import shown
from workers.ledger.decided import undoable
from workers.ledger.decisions import digest
from workers.ledger.published import left_alone


def none(visit: Visit) -> Response:
    """The newest first; with `state=abstained` only where the program was unsure."""
    asked = asked_of(visit)
    found = left_alone(visit.ledger, asked.filters.state, asked.limit + 1, asked.offset)
    decides = may_decide(visit.staff, "none")
    return visit.render(
        "item/none.html",
        asked=asked,
        rows=[
            (one, shown(one.publication, "none", visit.language), digest(one.body))
            for one in found[: asked.limit]
        ],
        more=len(found) > asked.limit,
        decides=decides,
        targets=QUEUES,
        own=undoable(visit.ledger, visit.staff.id) if decides else [],
        done=None,
    )


PAGES = (Page("/none", none, EVERYBODY),)
