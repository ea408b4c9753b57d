"""Where a reviewer judges a danger, alone, by the six factors of Rabat."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from tasks.factors import FACTORS
from tasks.harm import harms_in
from tasks.models import Publication
from tasks.thresholds import InForce
from workers.desk.page import NotFound, Page, Visit
from workers.desk.showing import shown
from workers.law import law_in_force
from workers.ledger.cases import judged
from workers.ledger.decided import Decided, decisions_of
from workers.ledger.decisions import digest
from workers.ledger.desk_tables import Role
from workers.ledger.judgements import Progress, own_judgement, progress
from workers.ledger.published import Published, published, published_as
from workers.ledger.reviews import Flawed, Judging, judge

REVIEWERS: frozenset[Role] = frozenset({"reviewer"})
_NONE_YET = Progress(0, 2)


def review(visit: Visit) -> Response:
    """The item, and the form; what others judged only once the review is closed."""
    return _page(visit, _item(visit), {}, {})


def judgement(visit: Visit) -> Response:
    """Record what this reviewer judges, or show the form again with what it lacks."""
    one, said = _item(visit), {name: visit.form.get(name, "") for name in FACTORS}
    answer = visit.form.get("refer")
    flawed: dict[str, str] = {} if answer in ("yes", "no") else {"refer": "refer"}
    try:
        if not flawed:
            law, seen = law_in_force(visit.desk.settings), visit.form.get("seen", "")
            judge(visit.ledger, one.seq, visit.staff, Judging(answer == "yes", said, seen, law))
            return visit.to(f"/review/{one.seq}")
    except Flawed as error:
        flawed = {str(name): flaw for name, flaw in error.found.items()}
    typed: dict[str, Any] = {str(name): text for name, text in said.items()}
    return _page(visit, one, typed | {"refer": answer}, flawed)


def panel(visit: Visit, publication: Publication) -> Mapping[str, Any]:
    """How far the review of an item is: nothing of who, or what."""
    one = published(visit.ledger, publication.source, publication.id)
    if one is None:
        raise NotFound
    if one.waits_at != "review" or not harms_in(publication):
        return {"two": False}
    law = law_in_force(visit.desk.settings)
    return {
        "two": True,
        "progress": progress(visit.ledger, [one.seq], law).get(one.seq, _NONE_YET),
    }


def _page(
    visit: Visit, one: Published, said: Mapping[str, Any], flawed: Mapping[str, str]
) -> Response:
    law, seen = law_in_force(visit.desk.settings), digest(one.body)
    waits = one.waits_at == "review"
    closed = None if waits else _closed(decisions_of(visit.ledger, one.seq))
    return visit.render(
        "review/judge.html",
        422 if flawed else 200,
        one=one,
        shown=shown(one.publication, "review", visit.language, whole=True),
        seen=seen,
        waits=waits,
        harms=harms_in(one.publication),
        progress=progress(visit.ledger, [one.seq], law).get(one.seq, _NONE_YET),
        mine=own_judgement(visit.ledger, one.seq, visit.staff.id, seen, law) if waits else None,
        closed=closed,
        judged=[] if closed is None else judged(visit.ledger, closed.id),
        factors=FACTORS,
        said=said,
        flawed=flawed,
        rows=_rows(one.publication, law),
        law=law,
    )


def _item(visit: Visit) -> Published:
    one = published_as(visit.ledger, int(visit.request.path_params["seq"]))
    if one is None:
        raise NotFound
    return one


def _closed(decided: list[Decided]) -> Decided | None:
    """The decision by which the review closed, if it is in force."""
    found = [one for one in decided if one.undone_at_ms is None and "judgements" in one.detail]
    return found[-1] if found else None


def _rows(publication: Publication, law: InForce) -> list[Any]:
    acts = dict.fromkeys(one.act for one in harms_in(publication))
    return [row for act in acts for row in law.of(act)]


PAGES = (
    Page("/review/{seq:int}", review, REVIEWERS),
    Page("/review/{seq:int}", judgement, REVIEWERS, "POST"),
)
