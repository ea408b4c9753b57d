"""The service desk: complaints by place and subject, and their export for who mends things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from tasks.complaints import Complaint, Group, grouped, subject, subjects, telling_words
from tasks.gazetteer import is_place, place_name
from tasks.models import Publication
from tasks.reporters import protects
from workers.desk.page import EVERYBODY, Page, Visit
from workers.desk.rendering import when
from workers.desk.sheets import sheet
from workers.ledger.database import now_ms
from workers.ledger.followup import complaints, publications_of, record_export

MOST: Final = 5_000
"""Complaints that are grouped or exported, the latest written."""
GROUPS: Final = 40
"""Groups that are shown, the largest."""
LISTED: Final = 50
"""Complaints of a group that are shown, the latest written."""
_READ: Final = 30
"""Complaints of a group whose words are counted, the latest written."""
NONE: Final = "none"
"""In an address: complaints that name no place, or are of no subject."""
_COLUMNS: Final = (
    *("reference", "written", "waiting_since", "place", "place_code", "subject", "text", "link"),
    "narrative",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A group as it is shown."""

    group: Group
    place: str
    words: tuple[str, ...]


def service(visit: Visit) -> Response:
    """The groups, or the complaints of one."""
    chosen = _chosen(visit.request.query_params)
    held = complaints(visit.ledger, MOST)
    groups = grouped(held, now_ms())
    some = _of(held, chosen)
    listed = some[:LISTED] if chosen else []
    return visit.render(
        "service/service.html",
        rows=[] if chosen else list(map(_row, groups[:GROUPS])),
        groups=len(groups),
        total=len(held),
        most=MOST,
        chosen=chosen,
        count=len(some),
        found=_found(visit, listed),
        place_name=place_name,
        places=sorted({one.place for one in groups if one.place}, key=place_name),
        subjects=(*subjects(), NONE),
    )


def export(visit: Visit) -> Response:
    """The complaints that were chosen, as CSV. Their number and the choice are in the audit log."""
    chosen = _chosen(visit.form)
    some = _of(complaints(visit.ledger, MOST), chosen)
    held = publications_of(visit.ledger, [one.seq for one in some])
    rows = [_cells(visit, one, held[one.seq]) for one in some if one.seq in held]
    record_export(visit.ledger, visit.staff.id, "service", len(rows), chosen)
    header = [visit.text(f"service.column_{name}") for name in _COLUMNS]
    return sheet(visit.text("service.file"), header, rows)


def panel(visit: Visit, publication: Publication) -> Mapping[str, Any]:
    """The groups that a complaint counts in."""
    about = subject(publication.text)
    codes = dict.fromkeys(one.code for one in publication.entities if one.code is not None)
    groups = {
        (one.place, one.subject): one for one in grouped(complaints(visit.ledger, MOST), now_ms())
    }
    mine = (groups.get((code, about)) for code in (codes or {"": None}))
    return {"subject": about, "rows": [_row(one) for one in mine if one is not None]}


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    """What was chosen of place and subject: codes and names that exist, nothing else."""
    place, about = given.get("place", ""), given.get("subject", "")
    chosen = {"place": place} if place == NONE or is_place(place) else {}
    return chosen | ({"subject": about} if about == NONE or about in subjects() else {})


def _of(held: Sequence[Complaint], chosen: Mapping[str, str]) -> list[Complaint]:
    place, about = chosen.get("place"), chosen.get("subject")
    return [
        one
        for one in held
        if (place is None or place in (one.places or (NONE,)))
        and (about is None or about == (one.subject or NONE))
    ]


def _found(visit: Visit, some: Sequence[Complaint]) -> list[tuple[Complaint, Publication]]:
    held = publications_of(visit.ledger, [one.seq for one in some])
    return [(one, held[one.seq]) for one in some if one.seq in held]


def _row(group: Group) -> Row:
    words = telling_words([one.text for one in group.members[:_READ]])
    return Row(group, place_name(group.place) if group.place else "", words)


def _cells(visit: Visit, one: Complaint, publication: Publication) -> Sequence[str]:
    language = visit.language
    return (
        publication.ref,
        when(one.written_ms, language),
        when(one.since_ms, language),
        "; ".join(map(place_name, one.places)),
        "; ".join(one.places),
        visit.text(f"service.subject_{one.subject or NONE}"),
        publication.text,
        "" if protects(publication) else publication.url or "",
        publication.narrative_id,
    )


PAGES = (
    Page("/service", service, EVERYBODY),
    Page("/service/export", export, frozenset({"desk"}), "POST"),
)
