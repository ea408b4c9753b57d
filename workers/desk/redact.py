"""Hiding a person's data in the text of an item, where somebody on duty sees it."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from tasks.redaction import HIDDEN_KINDS, places_of
from workers.desk.page import NotFound, Page, Visit
from workers.ledger.decisions import Refused
from workers.ledger.desk_tables import Role
from workers.ledger.redactions import Hiding, Stored, hide, hide_in_narrative, stored

REDACTORS: Final[frozenset[Role]] = frozenset({"desk", "reviewer"})


def form(visit: Visit) -> Response:
    """The text and the form, or what was done with it."""
    one = _stored(visit)
    done = visit.request.query_params.get("done", "")
    return visit.render(
        "redact/page.html",
        publication=one.publication,
        seen=one.seen,
        done=int(done) if done.isdecimal() and len(done) < 9 else None,
    )


def redact(visit: Visit) -> Response:
    """Hide the piece for good, in the item and if wished in its whole narrative."""
    one, sent = _stored(visit), visit.form
    kind = next((kind for kind in HIDDEN_KINDS if kind == sent.get("kind")), None)
    if kind is None or not sent.get("piece", "").strip():
        raise Refused(visit.text("redact.incomplete"))
    if sent.get("sure") != "yes":
        raise Refused(visit.text("redact.not_sure"))
    if not places_of(sent["piece"], one.publication.text):
        raise Refused(visit.text("redact.not_there"))
    what = Hiding(sent["piece"].strip(), kind, visit.staff.id)
    hide(visit.ledger, one.seq, sent.get("seen", ""), what)
    done = 1
    if sent.get("narrative") == "yes":
        done += hide_in_narrative(visit.ledger, one.publication.narrative_id, what)
    return visit.to(f"/redact/{quote(one.publication.ref)}?done={done}")


def _stored(visit: Visit) -> Stored:
    named = visit.request.path_params
    one = stored(visit.ledger, named["source"], named["id"])
    if one is None:
        raise NotFound
    return one


PAGES = (
    Page("/redact/{source}/{id:path}", form, REDACTORS),
    Page("/redact/{source}/{id:path}", redact, REDACTORS, "POST"),
)
