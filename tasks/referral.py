"""A referral: two reviewers who judged alone, each by the six factors of Rabat, and a sign-off.

A `Referral` is built from a `HarmToPeople`, and that only from a danger to people. Nothing
else has a constructor that takes an act, so protected speech cannot be referred: it does not
type-check, and at run time it raises ValueError. These are not pydantic models on purpose:
`model_construct` and `model_copy` would go round the checks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tasks.factors import FACTORS, RabatFactors, plain
from tasks.harm import HarmToPeople

_STAFF: Final = re.compile(r"staff/[a-z0-9-]{1,40}")
_ROLE: Final = re.compile(r"role/[a-z0-9-]{1,40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StaffId:
    """A member of staff, `staff/...`: never an author of a post."""

    value: str

    def __post_init__(self) -> None:
        if not _STAFF.fullmatch(self.value):
            raise ValueError("a staff id looks like staff/ab12")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer decided, without having seen the other's decision."""

    reviewer: StaffId
    refer: bool
    factors: RabatFactors
    decided_at: datetime
    seen: str
    """SHA-256 of the publication that the reviewer saw, in hex."""

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.seen):
            raise ValueError("seen: the SHA-256 of what was seen, in hex")


@dataclass(frozen=True, slots=True)
class SignOff:
    """The third person who answers for the referral, and the role that allows it."""

    officer: StaffId
    role: str
    signed_at: datetime

    def __post_init__(self) -> None:
        if not _ROLE.fullmatch(self.role):
            raise ValueError("a role id looks like role/legal")


@dataclass(frozen=True, slots=True)
class Referral:
    """A harm to people that three persons agreed to refer. Raises ValueError otherwise."""

    harm: HarmToPeople
    decisions: tuple[Decision, Decision]
    sign_off: SignOff

    def __post_init__(self) -> None:
        if not isinstance(self.harm, HarmToPeople):
            raise ValueError("a referral is made of a HarmToPeople")  # noqa: TRY004 - one error
        if len(self.decisions) != 2 or not all(decision.refer for decision in self.decisions):
            raise ValueError("a referral needs two reviewers who both refer")
        first, second = self.decisions
        if len({first.reviewer, second.reviewer, self.sign_off.officer}) != 3:
            raise ValueError("two reviewers and the person who signs are three people")
        if any(
            plain(first.factors.said(one)) == plain(second.factors.said(one)) for one in FACTORS
        ):
            raise ValueError("the reviewers must judge on their own: a factor is the same twice")
        if first.seen != second.seen:
            raise ValueError("the reviewers did not see the same: the item changed between them")
        times = (first.decided_at, second.decided_at, self.sign_off.signed_at)
        if any(time.tzinfo is None for time in times):
            raise ValueError("times need a time zone")
        if self.sign_off.signed_at < max(first.decided_at, second.decided_at):
            raise ValueError("the sign-off comes after both decisions")


def verdict(refers: Sequence[bool]) -> bool | None:
    """What reviewers who judged alone have decided, in the order in which they did.

    The first two, if they agree; else the third decides. None: another one must judge.
    """
    if len(refers) < 2:
        return None
    if refers[0] == refers[1]:
        return refers[0]
    return refers[2] if len(refers) > 2 else None
