"""Where legal officers sign referrals, and anybody reads the thresholds in force."""

from datetime import datetime
from typing import Final

import orjson
from starlette.responses import Response

from tasks.factors import FACTORS
from tasks.harm import harms_in
from tasks.words import DANGER_ACTS
from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.desk.showing import shown
from workers.law import law_in_force
from workers.ledger.cases import Case, case, cases, judged
from workers.ledger.desk_tables import Role
from workers.ledger.referrals import decline, export, renew, sign

SEES: Final[frozenset[Role]] = frozenset({"legal", "admin"})
SIGNS: Final[frozenset[Role]] = frozenset({"legal"})


def referrals(visit: Visit) -> Response:
    """Every referral; those that the law or their item has overtaken are reopened first."""
    reopened = renew(visit.ledger, law_in_force(visit.desk.settings))
    return visit.render("referral/list.html", cases=cases(visit.ledger), reopened=reopened)


def referral(visit: Visit) -> Response:
    """One referral: the item, what two judged, the law, and the signature."""
    law = law_in_force(visit.desk.settings)
    renew(visit.ledger, law)
    one = _case(visit)
    harms = () if one.publication is None else harms_in(one.publication)
    return visit.render(
        "referral/case.html",
        one=one,
        shown=None
        if one.publication is None
        else shown(one.publication, "review", visit.language, whole=True),
        judged=judged(visit.ledger, one.decision),
        factors=FACTORS,
        harm=harms[0] if harms else None,
        rows=law.of(harms[0].act) if harms else (),
        law=law,
        signs=one.state == "open" and bool(SIGNS & visit.staff.roles),
    )


def signature(visit: Visit) -> Response:
    """Sign. The officer says that they compared the thresholds with the law in force."""
    if visit.form.get("checked") != "yes":
        raise ValueError(visit.text("referral.must_check"))
    number = _number(visit)
    law = law_in_force(visit.desk.settings)
    sign(visit.ledger, number, visit.staff, visit.form.get("seen", ""), law)
    return visit.to(f"/referrals/{number}")


def refusal(visit: Visit) -> Response:
    """Do not refer."""
    number = _number(visit)
    decline(visit.ledger, number, visit.staff, visit.form.get("seen", ""))
    return visit.to(f"/referrals/{number}")


def packet(visit: Visit) -> Response:
    """The signed packet, to be printed."""
    one = _case(visit)
    if one.packet is None:
        raise NotFound
    return visit.render(
        "referral/packet.html",
        one=one,
        packet=one.packet,
        factors=FACTORS,
        ms=_milliseconds,
    )


def handed_over(visit: Visit) -> Response:
    """The signed packet as a JSON file; that it was taken is in the audit log."""
    number = _number(visit)
    made = export(visit.ledger, number, visit.staff)
    name = f'attachment; filename="rujukan-{number}.json"'
    body = orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    headers = {"content-disposition": name}
    return Response(body, media_type="application/json", headers=headers)


def thresholds(visit: Visit) -> Response:
    """The legal thresholds in force today."""
    law = law_in_force(visit.desk.settings)
    return visit.render("referral/thresholds.html", law=law, acts=DANGER_ACTS)


def _milliseconds(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp() * 1000)


def _number(visit: Visit) -> int:
    return int(visit.request.path_params["number"])


def _case(visit: Visit) -> Case:
    found = case(visit.ledger, _number(visit))
    if found is None:
        raise NotFound
    return found


PAGES = (
    Page("/referrals", referrals, SEES),
    Page("/referrals/{number:int}", referral, SEES),
    Page("/referrals/{number:int}/sign", signature, SIGNS, "POST"),
    Page("/referrals/{number:int}/decline", refusal, SIGNS, "POST"),
    Page("/referrals/{number:int}/packet", packet, SEES),
    Page("/referrals/{number:int}/export", handed_over, SIGNS, "POST"),
    Page("/thresholds", thresholds, EVERYBODY),
)
