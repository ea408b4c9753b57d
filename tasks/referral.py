"""What may leave the house: a referral, and why most things can never become one.

A `Referral` is built from a `HarmToPeople`, and that only from a danger to people. Nothing
else has a constructor that takes an act, so protected speech cannot be referred: it does not
type-check, and at run time it raises ValueError. These are not pydantic models on purpose:
`model_construct` and `model_copy` would go round the checks.
"""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final, Literal, get_args

from tasks.models import ActFinding
from tasks.words import DANGER_ACTS, DangerAct, Target

HarmTarget = Literal["office_holder", "private_person", "protected_group", "none"]
"""Whom a harm may be done to: people, or the public at large, never an institution."""

# A holder of an office is a person to threats and doxxing; to all else the office is meant.
_AGAINST_OFFICE_HOLDERS: Final[frozenset[DangerAct]] = frozenset({"incitement_threat", "doxxing"})
_STAFF: Final = re.compile(r"staff/[a-z0-9-]{1,40}")
_ROLE: Final = re.compile(r"role/[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class HarmToPeople:
    """A danger to people found in the item `ref`. Raises ValueError for anything else."""

    ref: str
    act: DangerAct
    target: HarmTarget

    def __post_init__(self) -> None:
        if self.act not in DANGER_ACTS:
            raise ValueError(f"{self.act} is no harm to people: it cannot be referred")
        if self.target not in get_args(HarmTarget):
            raise ValueError(f"no harm to people is done to the target {self.target}")
        if self.target == "office_holder" and self.act not in _AGAINST_OFFICE_HOLDERS:
            raise ValueError(f"{self.act} against an office holder is speech about the office")
        if self.act == "identity_hate" and self.target != "protected_group":
            raise ValueError("identity_hate is an attack on a protected group")


def harm_in(ref: str, finding: ActFinding, target: Target) -> HarmToPeople | None:
    """The harm that a finding amounts to; None where it is none that may be referred."""
    if finding.act not in DANGER_ACTS or target == "institution":
        return None
    try:
        return HarmToPeople(ref, finding.act, target)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class StaffId:
    """A member of staff, `staff/...`: never an author of a post."""

    value: str

    def __post_init__(self) -> None:
        if not _STAFF.fullmatch(self.value):
            raise ValueError("a staff id looks like staff/ab12")


@dataclass(frozen=True, slots=True)
class RabatFactors:
    """The six factors of the Rabat Plan of Action, each in the reviewer's own words."""

    context: str
    speaker_role: str
    intent: str
    content_and_form: str
    extent: str
    likelihood: str

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name).strip():
                raise ValueError(f"{field.name}: say it in your own words")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer decided, without having seen the other's decision."""

    reviewer: StaffId
    refer: bool
    factors: RabatFactors
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class SignOff:
    """The third person who answers for the referral, and the role that allows it."""

    officer: StaffId
    role: str
    signed_at: datetime

    def __post_init__(self) -> None:
        if not _ROLE.fullmatch(self.role):
            raise ValueError("a role id looks like role/kepala-humas")


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
        if first.factors == second.factors:
            raise ValueError("the reviewers must judge on their own: their factors are the same")
        times = (first.decided_at, second.decided_at, self.sign_off.signed_at)
        if any(time.tzinfo is None for time in times):
            raise ValueError("times need a time zone")
        if self.sign_off.signed_at < max(first.decided_at, second.decided_at):
            raise ValueError("the sign-off comes after both decisions")
