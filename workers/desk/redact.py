"""Hiding a person's data in the text of an item, where somebody on duty sees it."""

from urllib.parse import quote

from starlette.responses import Response

from tasks.redaction import HIDDEN_KINDS, places_of
from workers.desk.duties import DECIDERS
from workers.desk.item import item_of
from workers.desk.page import Page, Visit
from workers.ledger.decisions import Refused
from workers.ledger.redactions import Hiding, hide, hide_in_narrative


def form(visit: Visit) -> Response:
    """The text and the form, or what was done with it."""
    one = item_of(visit)
    done = visit.request.query_params.get("done", "")
    return visit.render(
        "redact/page.html",
        publication=one.publication,
        seen=one.seen,
        done=int(done) if done.isdecimal() and len(done) < 9 else None,
    )


def redact(visit: Visit) -> Response:
    """Hide the piece for good, in the item and if wished in its whole narrative."""
    one, sent = item_of(visit), visit.form
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


PAGES = (
    Page("/redact/{source}/{id:path}", form, DECIDERS),
    Page("/redact/{source}/{id:path}", redact, DECIDERS, "POST"),
)
