"""The list of clarifications, the page of one, and what is decided there."""

from typing import Final

from starlette.responses import Response

from tasks.clarification import lacks
from workers.desk.clarify.common import (
    document,
    dossier,
    seen,
    spread_of,
    still_in_force,
)
from workers.desk.clarify.exports import exports
from workers.desk.clarify.writing import WRITERS
from workers.desk.page import EVERYBODY, Page, Visit
from workers.ledger.clarifications import last_revisions, publish, withdraw
from workers.ledger.decisions import Refused


def clarifications(visit: Visit) -> Response:
    """Every clarification, the last changed first."""
    return visit.render("clarify/list.html", found=last_revisions(visit.ledger))


def clarification(visit: Visit) -> Response:
    """One clarification: its text, its checklist, its exports, its past."""
    file = dossier(visit)
    one = file.last
    return visit.render(
        "clarify/one.html",
        file=file,
        rev=one,
        spread=spread_of(visit, one.narrative_id),
        in_force=still_in_force(visit, one.body),
        may_edit=bool(visit.staff.roles & WRITERS),
        exports=exports(visit, one),
        **document(visit, one.body),
    )


def publish_it(visit: Visit) -> Response:
    """Publish the draft that the person saw, if nothing lacks."""
    file = dossier(visit)
    one, spread = seen(visit, file), spread_of(visit, file.last.narrative_id)
    if missing := lacks(one.body):
        todo = ", ".join(visit.text(f"clarify.item_{lack}") for lack in missing)
        raise Refused(visit.text("clarify.not_complete", todo=todo))
    if one.staff == visit.staff.id:
        raise Refused(visit.text("clarify.own_last"))
    if not still_in_force(visit, one.body):
        raise Refused(visit.text("clarify.withdrawn_check"))
    if spread is not None and spread.below and visit.form.get("go_on") != "yes":
        raise Refused(visit.text("clarify.go_on_needed"))
    publish(visit.ledger, one, visit.staff.id, spread)
    return visit.to(f"/clarify/{one.id}")


def withdraw_it(visit: Visit) -> Response:
    """Withdraw the clarification that the person saw."""
    one = seen(visit, dossier(visit))
    withdraw(visit.ledger, one, visit.staff.id)
    return visit.to(f"/clarify/{one.id}")


PAGES: Final = (
    Page("/clarifications", clarifications, EVERYBODY),
    Page("/clarify/{id}", clarification, EVERYBODY),
    Page("/clarify/{id}/publish", publish_it, WRITERS, "POST"),
    Page("/clarify/{id}/withdraw", withdraw_it, WRITERS, "POST"),
)
