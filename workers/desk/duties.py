"""Who may decide at which desk."""

from collections.abc import Mapping
from typing import Final

from tasks.words import Desk
from workers.ledger.desk_tables import Role
from workers.ledger.staff import Staff

QUEUES: Final[tuple[Desk, ...]] = (
    "review",
    "clarify",
    "oversight",
    "service",
    "answer",
    "amplify",
)
"""The desks where items wait for people, the most pressing first."""
_DECIDERS: Final[Mapping[Desk, frozenset[Role]]] = {
    "review": frozenset({"reviewer"}),
    "none": frozenset({"desk", "reviewer"}),
}
"""Where it is not the role "desk" alone."""
DECIDERS: Final[frozenset[Role]] = frozenset({"desk", "reviewer"})
"""Whoever may decide at some desk."""


PROTECTORS: Final[frozenset[Role]] = frozenset({"desk", "legal"})
"""Who may read what was said of the misconduct of officers: nobody who need not."""


def may_see(member: Staff, desk: Desk) -> bool:
    """Whether this person may read what waits there."""
    return desk != "oversight" or bool(member.roles & PROTECTORS)


def seen_by(member: Staff) -> tuple[Desk, ...]:
    """The desks of which this person may read what waits."""
    return tuple(desk for desk in QUEUES if may_see(member, desk))


def may_decide(member: Staff, desk: Desk) -> bool:
    """Whether this person decides about what waits there."""
    return bool(member.roles & _DECIDERS.get(desk, frozenset({"desk"})))
