"""What each desk shows on the page of an item, below what all of them show."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tasks.models import Publication
from tasks.words import Desk
from workers.desk import amplify, answer, oversight, service
from workers.desk.page import Visit

Panel = Callable[[Visit, Publication], Mapping[str, Any]]
"""The values that `templates/panel/<desk>.html` sees as `panel`."""
PANELS: Final[dict[Desk, Panel]] = {
    "amplify": amplify.panel,
    "answer": answer.panel,
    "service": service.panel,
    "oversight": oversight.panel,
}
