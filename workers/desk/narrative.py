"""The narratives of the day or week, and the page of one narrative. Nothing of any account."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, get_args

from starlette.responses import Response

from tasks.factcheck import FactCheck
from tasks.models import Claim
from tasks.worddiff import Piece, word_diff
from workers.desk.bars import Bars, all_platforms, bars, by_platform, step_for
from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.desk.veil import harmful
from workers.ledger import Ledger
from workers.ledger.alerts import judge
from workers.ledger.database import now_ms
from workers.ledger.factchecks import revisions
from workers.ledger.narratives import Summary, current, growing
from workers.ledger.reach import HOUR_MS
from workers.ledger.wordings import (
    Came,
    Telling,
    Wording,
    by_hour,
    headlines,
    telling,
    waiting_at,
    wordings,
)

Window = Literal["24h", "7d"]
Zoom = Literal["24h", "7d", "all"]
Order = Literal["largest", "fastest"]
Against = Literal["before", "first"]
_HOURS: Final[dict[Window, int]] = {"24h": 24, "7d": 168}
_SHOWN: Final = 30
"""Narratives of a list."""
_LOOKED_AT: Final = 200
"""The largest ones, among which the fastest are sought."""
_PAGE: Final = 20
"""Versions of a page."""
_CLAIMED: Final = 100
"""The first versions, of which the known claims are shown."""
_T = TypeVar("_T", bound=str)


@dataclass(frozen=True, slots=True)
class Compared:
    """A version, and what it changes of another; no pieces: there is nothing to compare with."""

    wording: Wording
    veiled: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A claim that versions of the narrative make, and its fact-check if the library holds it."""

    claim: Claim
    versions: int
    check: FactCheck | None
    withdrawn: bool


def narratives(visit: Visit) -> Response:
    """The largest narratives of the last day or week, or those that grow fastest."""
    window = _choice(visit, "window", get_args(Window))
    order = _choice(visit, "order", get_args(Order))
    now, hours = now_ms(), _HOURS[window]
    found = growing(
        visit.ledger, now - hours * HOUR_MS, _SHOWN if order == "largest" else _LOOKED_AT
    )
    grown = judge(visit.ledger, [one.narrative_id for one in found], now // HOUR_MS)
    if order == "fastest":
        found = [one for one in found if one.narrative_id in grown]
        found.sort(key=lambda one: grown[one.narrative_id].excess, reverse=True)
        found = found[:_SHOWN]
    roots = [one.narrative_id for one in found]
    said = headlines(visit.ledger, roots)
    return visit.render(
        "narrative/list.html",
        window=window,
        order=order,
        found=found,
        grown=grown,
        said=said,
        veiled={root for root, one in said.items() if harmful(one)},
        sparks=_sparks(visit.ledger, roots, now, hours),
    )


def narrative(visit: Visit) -> Response:
    """One narrative in whole; an id that leads to another goes on there."""
    asked = visit.request.path_params["id"]
    root = current(visit.ledger, asked)
    if root != asked:
        query = visit.request.url.query
        return visit.to(f"/narrative/{root}{'?' + query if query else ''}")
    told = telling(visit.ledger, root)
    if told is None:
        raise NotFound
    zoom = _choice(visit, "zoom", get_args(Zoom))
    against = _choice(visit, "against", get_args(Against))
    page = _page(visit, len(told.firsts))
    firsts = wordings(visit.ledger, told, _CLAIMED)
    span = _span(told.summary, zoom, now_ms())
    return visit.render(
        "narrative/one.html",
        one=told.summary,
        burst=told.burst,
        growth=judge(visit.ledger, [root], now_ms() // HOUR_MS).get(root),
        headline=firsts[0] if firsts else None,
        veiled=bool(firsts) and harmful(firsts[0].said),
        zoom=zoom,
        timeline=bars(all_platforms(told.came), *span),
        platforms=_platforms(told.came, span),
        waiting=waiting_at(visit.ledger, root),
        known=_known(visit.ledger, firsts),
        versions=len(told.firsts),
        compared=_compared(visit.ledger, told, firsts, page, against),
        against=against,
        page=page,
        pages=_pages(len(told.firsts)),
    )


def _choice(visit: Visit, name: str, choices: tuple[_T, ...]) -> _T:
    """What the address chooses; the first if it says nothing, or what there is not."""
    asked = visit.request.query_params.get(name)
    return next((one for one in choices if one == asked), choices[0])


def _pages(versions: int) -> int:
    return max(1, -(-versions // _PAGE))


def _page(visit: Visit, versions: int) -> int:
    asked = visit.request.query_params.get("page", "1")
    return min(max(1, int(asked) if asked.isdecimal() and len(asked) < 9 else 1), _pages(versions))


def _sparks(ledger: Ledger, roots: list[str], now: int, hours: int) -> dict[str, Bars]:
    last = now // HOUR_MS
    first = last - hours + 1
    found = by_hour(ledger, roots, first * HOUR_MS)
    step = 1 if hours <= 24 else 6
    return {root: bars(all_platforms(came), first, last, step) for root, came in found.items()}


def _span(found: Summary, zoom: Zoom, now: int) -> tuple[int, int, int]:
    """First and last hour of the picture, and hours to a bar."""
    if zoom != "all":
        return now // HOUR_MS - _HOURS[zoom] + 1, now // HOUR_MS, 1
    first, last = found.first_ms // HOUR_MS, found.last_ms // HOUR_MS
    return first, last, step_for(last - first + 1)


def _platforms(came: Iterable[Came], span: tuple[int, int, int]) -> dict[str, Bars]:
    """Each platform over the same time, on a scale of its own."""
    return {name: bars(counts, *span) for name, counts in by_platform(came).items()}


def _compared(
    ledger: Ledger, told: Telling, firsts: list[Wording], page: int, against: Against
) -> list[Compared]:
    """The versions of a page, each beside the first one or the one before it."""
    start = (page - 1) * _PAGE
    from_before = max(0, start - 1)
    if start + _PAGE <= _CLAIMED:
        some = firsts[from_before : start + _PAGE]
    else:
        some = wordings(ledger, told, _PAGE + 1, from_before)
    shown = []
    for at, one in enumerate(some):
        if one.number <= start:
            continue
        other = firsts[0] if against == "first" else some[at - 1]
        pieces = word_diff(other.said.text, one.said.text) if one.number > 1 else ()
        shown.append(Compared(one, harmful(one.said), pieces))
    return shown


def _known(ledger: Ledger, firsts: Iterable[Wording]) -> list[Known]:
    """The claims of these versions: that which most of them make first."""
    made: dict[str, list[Claim]] = {}
    for one in firsts:
        for claim in one.said.claims:
            made.setdefault(claim.claim_id, []).append(claim)
    found = []
    for name, claims in sorted(made.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        last = next(reversed(revisions(ledger, name)), None)
        best = max(claims, key=lambda claim: (claim.decision == "confirm", claim.score))
        check = None if last is None else last.check
        withdrawn = last is not None and last.withdrawn_at is not None
        found.append(Known(best, len(claims), check, withdrawn))
    return found


PAGES = (
    Page("/narratives", narratives, EVERYBODY),
    Page("/narrative/{id}", narrative, EVERYBODY),
)
