"""What the desk Clarify adds to the page of an item."""

from collections.abc import Mapping
from typing import Any

from tasks.models import Publication
from workers.desk.clarify.common import spread_of
from workers.desk.clarify.writing import WRITERS
from workers.desk.page import Visit
from workers.ledger.clarifications import about, check_in_force


def panel(visit: Visit, publication: Publication) -> Mapping[str, Any]:
    """The fact-checks that match, the clarifications that are there, and the reach advice."""
    matches = publication.claims
    return {
        "ref": publication.ref,
        "matches": [(one, check_in_force(visit.ledger, one.claim_id)) for one in matches],
        "existing": about(
            visit.ledger, publication.narrative_id, tuple(one.claim_id for one in matches)
        ),
        "spread": spread_of(visit, publication.narrative_id),
        "may_edit": bool(visit.staff.roles & WRITERS),
    }
