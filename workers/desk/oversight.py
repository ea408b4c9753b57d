"""The oversight desk: reports of misconduct, channels for them, an export without reporters.

Nothing here shows, exports or logs what leads to who wrote a report: no address, no platform, no
source id, no hour. There is no way to reveal it, since a page that can reveal will be made to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from tasks.gazetteer import place_name
from tasks.models import Publication
from tasks.reporters import without_reporter
from workers.desk.lists import channels
from workers.desk.page import Page, Visit
from workers.desk.rendering import day
from workers.desk.sheets import sheet
from workers.ledger.desk_tables import Role
from workers.ledger.followup import Open, newest_waiting, record_export

SHOWN: Final = 50
MOST: Final = 5_000
"""Reports of an export, the latest written."""
READERS: Final[frozenset[Role]] = frozenset({"desk", "legal"})
"""Fewer than elsewhere: reports are for those who must know them."""
_COLUMNS: Final = ("case", "day", "place", "offices", "text")


@dataclass(frozen=True, slots=True)
class Report:
    """What may be shown of a report: what it says, of which offices, and the day."""

    case: int
    """The row's number here, by which the oversight unit can ask back: it leads nowhere else."""
    written_ms: int
    places: tuple[str, ...]
    offices: tuple[str, ...]
    text: str


def oversight(visit: Visit) -> Response:
    """The reports that wait, and the channels."""
    waiting = newest_waiting(visit.ledger, "oversight", SHOWN)
    return visit.render(
        "oversight/oversight.html",
        reports=list(map(report, waiting)),
        channels=channels(visit.desk.settings.channels_file),
    )


def export(visit: Visit) -> Response:
    """The reports that wait, as CSV; their number is in the audit log."""
    rows = []
    for one in map(report, newest_waiting(visit.ledger, "oversight", MOST)):
        written = day(one.written_ms, visit.language)
        rows.append((one.case, written, "; ".join(one.places), "; ".join(one.offices), one.text))
    record_export(visit.ledger, visit.staff.id, "oversight", len(rows), {})
    header = [visit.text(f"oversight.column_{name}") for name in _COLUMNS]
    return sheet(visit.text("oversight.file"), header, rows)


def panel(visit: Visit, _publication: Publication) -> Mapping[str, Any]:
    """The channels to name; nothing of the report."""
    return {"channels": channels(visit.desk.settings.channels_file)}


def report(one: Open) -> Report:
    """What may be shown of an item that reports misconduct."""
    entities = one.publication.entities
    codes = dict.fromkeys(found.code for found in entities if found.code is not None)
    offices = dict.fromkeys(
        found.name for found in entities if found.kind in ("role", "institution")
    )
    return Report(
        case=one.seq,
        written_ms=one.written_ms,
        places=tuple(map(place_name, codes)),
        offices=tuple(offices),
        text=without_reporter(one.publication.text),
    )


PAGES = (
    Page("/oversight", oversight, READERS),
    Page("/oversight/export", export, READERS, "POST"),
)
