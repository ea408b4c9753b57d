"""Alerts of narratives that grow faster than their own past, until a person has seen them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from workers.desk.page import EVERYBODY, Page, Visit
from workers.desk.veil import harmful
from workers.ledger.alerts import Alert, alerts_since, see, unseen
from workers.ledger.database import now_ms
from workers.ledger.reach import HOUR_MS
from workers.ledger.wordings import headlines

_DAYS: Final = 7
_MAY_SEE: Final = EVERYBODY - {"viewer"}


@dataclass(frozen=True, slots=True)
class Raised:
    """The alerts of one narrative, the newest first."""

    narrative_id: str
    alerts: tuple[Alert, ...]

    @property
    def until_hour(self) -> int:
        """The hour of the newest one."""
        return self.alerts[0].hour

    @property
    def waits(self) -> bool:
        """Whether nobody has seen one of them."""
        return any(one.seen_by is None for one in self.alerts)


def alerts(visit: Visit) -> Response:
    """The narratives that raised an alert in the last days: unseen ones first."""
    found = raised(alerts_since(visit.ledger, now_ms() - _DAYS * 24 * HOUR_MS))
    said = headlines(visit.ledger, [one.narrative_id for one in found])
    return visit.render(
        "alerts/list.html",
        found=found,
        said=said,
        veiled={root for root, one in said.items() if harmful(one)},
        days=_DAYS,
        may_see=bool(visit.staff.roles & _MAY_SEE),
    )


def count(visit: Visit) -> Response:
    """How many narratives wait to be seen, for the navigation."""
    return visit.render("alerts/count.html", unseen=unseen(visit.ledger))


def seen(visit: Visit) -> Response:
    """A person has seen the alerts of a narrative."""
    until = visit.form.get("until", "")
    if not until.isdecimal() or len(until) > 12:
        raise ValueError(visit.text("alerts.until_wrong"))
    see(visit.ledger, visit.form.get("narrative", ""), int(until), visit.staff.id)
    return visit.to("/alerts")


def raised(found: Iterable[Alert]) -> list[Raised]:
    """Alerts by their narrative: those that wait first, then those of the newest hour."""
    of: dict[str, list[Alert]] = {}
    for one in found:
        of.setdefault(one.narrative_id, []).append(one)
    all_of_them = [Raised(root, tuple(some)) for root, some in of.items()]
    return sorted(all_of_them, key=lambda one: (not one.waits, -one.until_hour))


PAGES = (
    Page("/alerts", alerts, EVERYBODY),
    Page("/alerts/count", count, EVERYBODY),
    Page("/alerts/seen", seen, _MAY_SEE, "POST"),
)
