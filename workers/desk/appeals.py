"""Appeals against decisions and referrals: anybody files, who had no part decides."""

from typing import Final

from starlette.responses import Response

from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.ledger.appeals import (
    Appeal,
    answer_appeal,
    appeal_decision,
    appeal_referral,
    appeals_filed,
)
from workers.ledger.desk_tables import Role

DECIDES: Final[frozenset[Role]] = frozenset({"legal", "admin"})


def appeals(visit: Visit) -> Response:
    """Every appeal."""
    return visit.render("appeal/list.html", appeals=appeals_filed(visit.ledger))


def new(visit: Visit) -> Response:
    """The form of an appeal against `decision` or `referral`."""
    asked = visit.request.query_params
    against = {name: int(asked[name]) for name in ("decision", "referral") if name in asked}
    if len(against) != 1:
        raise NotFound
    return visit.render("appeal/new.html", against=against)


def filed(visit: Visit) -> Response:
    """File it."""
    reason = visit.form.get("reason", "")
    if "referral" in visit.form:
        number = int(visit.form["referral"])
        made = appeal_referral(visit.ledger, number, visit.staff, reason)
    else:
        number = int(visit.form.get("decision", ""))
        made = appeal_decision(visit.ledger, number, visit.staff, reason)
    return visit.to(f"/appeals/{made}")


def appeal(visit: Visit) -> Response:
    """One appeal, and the form to decide it."""
    one = _appeal(visit)
    decides = one.reversed is None and bool(DECIDES & visit.staff.roles)
    return visit.render("appeal/appeal.html", one=one, decides=decides)


def answered(visit: Visit) -> Response:
    """Decide it."""
    one, choice = _appeal(visit), visit.form.get("reverse")
    if choice not in ("yes", "no"):
        raise ValueError(visit.text("appeal.must_choose"))
    said = visit.form.get("answer", "")
    answer_appeal(visit.ledger, one.id, visit.staff, choice == "yes", said)
    return visit.to(f"/appeals/{one.id}")


def _appeal(visit: Visit) -> Appeal:
    found = appeals_filed(visit.ledger, int(visit.request.path_params["number"]))
    if not found:
        raise NotFound
    return found[0]


PAGES = (
    Page("/appeals", appeals, EVERYBODY),
    Page("/appeals", filed, EVERYBODY, "POST"),
    Page("/appeals/new", new, EVERYBODY),
    Page("/appeals/{number:int}", appeal, EVERYBODY),
    Page("/appeals/{number:int}", answered, DECIDES, "POST"),
)
