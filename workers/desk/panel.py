"""What a desk adds to the page of an item that waits there.

The page includes `panel/<desk>.html` with the values as `panel`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tasks.models import Publication
from tasks.words import Desk
from workers.desk import amplify, answer, oversight, review, service
from workers.desk.clarify.panel import panel as clarify
from workers.desk.page import Visit

Panel = Callable[[Visit, Publication], Mapping[str, Any]]

PANELS: Final[dict[Desk, Panel]] = {
    "review": review.panel,
    "clarify": clarify,
    "amplify": amplify.panel,
    "answer": answer.panel,
    "service": service.panel,
    "oversight": oversight.panel,
}
"""By desk; one without shows `panel/default.html`."""
