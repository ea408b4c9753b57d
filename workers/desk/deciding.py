"""Decisions as they are sent, by a form or by a program: who may, where, and what."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import Response

from tasks.words import DESKS
from workers.desk.asked import read_asked
from workers.desk.duties import DECIDERS, may_decide
from workers.desk.home import own_path
from workers.desk.page import Forbidden, NotFound, Page, Visit
from workers.ledger.decided import Decided, decision
from workers.ledger.decisions import DECISION_KINDS, DecisionKind, decide, undo
from workers.ledger.queues import length

_DETAIL: Final[Mapping[DecisionKind, tuple[str, ...]]] = {
    "handled": ("note",),
    "dismissed": ("note",),
    "moved": ("to", "note"),
    "claim_confirmed": ("claim_id", "note"),
    "claim_rejected": ("claim_id", "note"),
}
"""What may be sent with each kind of decision."""
_MARKS: Final = ("done", "undone")


def take(visit: Visit, seq: int) -> Decided:
    """Decide about an item what was sent, at the desk `at` where it was seen.

    Raises ValueError, Forbidden, Overtaken, Refused.
    """
    kind, at = visit.form.get("kind"), visit.form.get("at")
    if kind not in DECISION_KINDS:
        raise ValueError(f"kind: one of {', '.join(DECISION_KINDS)}")
    if at not in DESKS:
        raise ValueError(f"at: the desk where you saw the item, one of {', '.join(DESKS)}")
    if not may_decide(visit.staff, at):
        raise Forbidden
    detail = {name: visit.form[name] for name in _DETAIL[kind] if name in visit.form}
    seen = visit.form.get("seen", "")
    number = decide(visit.ledger, seq, kind, visit.staff.id, seen, detail, at=at)
    return _found(visit, number)


def take_back(visit: Visit, number: int) -> Decided:
    """Undo a decision of this person's own. Raises NotFound, Forbidden, Overtaken, Refused."""
    found = _found(visit, number)
    if not may_decide(visit.staff, found.desk):
        raise Forbidden
    undo(visit.ledger, number, visit.staff.id)
    return found


def _found(visit: Visit, number: int) -> Decided:
    found = decision(visit.ledger, number)
    if found is None:
        raise NotFound
    return found


def decide_here(visit: Visit) -> Response:
    """Decide by a form: htmx takes the row away and shows what was done; others go back."""
    made = take(visit, visit.request.path_params["seq"])
    if visit.partial:
        asked = read_asked(dict(parse_qsl(urlsplit(_back(visit)).query)), datetime.now(UTC))
        left = length(visit.ledger, made.desk, asked.filters)
        return visit.render("queue/decided.html", made=made, back=_back(visit), left=left)
    return visit.to(_marked(_back(visit), "done", made.id))


def undo_here(visit: Visit) -> Response:
    """Undo by a form, and see the item again where it was."""
    undone = take_back(visit, visit.request.path_params["number"])
    address = f"{_marked(_back(visit), 'undone', undone.id)}#row-{undone.seq}"
    if visit.partial:
        return Response(headers={"hx-redirect": address})
    return visit.to(address)


def _back(visit: Visit) -> str:
    return own_path(visit.form.get("back", "/"))


def _marked(back: str, mark: str, number: int) -> str:
    """The address with what was just done; of what was done before it says nothing."""
    parts = urlsplit(back)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in _MARKS]
    return urlunsplit(("", "", parts.path, urlencode([*kept, (mark, number)]), ""))


PAGES = (
    Page("/decide/{seq:int}", decide_here, DECIDERS, "POST"),
    Page("/undo/{number:int}", undo_here, DECIDERS, "POST"),
)
