"""Which dangers to people an item holds that may be referred, and why most speech never is one.

This is the one place that decides it: what two must judge, and what a referral can be made of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tasks.models import ActFinding, Publication, Span
from tasks.policy import ACT_THRESHOLD
from tasks.tokens import Token, tokenise
from tasks.words import DANGER_ACTS, PROTECTED_ACTS, DangerAct, Target

HarmTarget = Literal["office_holder", "private_person", "protected_group", "none"]
"""Whom a harm may be done to: people, or the public at large, never an institution."""

# A holder of an office is a person to threats and doxxing; to all else the office is meant.
_AGAINST_OFFICE_HOLDERS: Final[frozenset[DangerAct]] = frozenset({"incitement_threat", "doxxing"})


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


def harms_in(publication: Publication) -> tuple[HarmToPeople, ...]:
    """The harms of an item that may be referred, the most probable first.

    Of the acts that count (ACT_THRESHOLD) those that are a harm to people and that no protected
    act covers. Journalism holds none. A protected act covers the clauses in which it was found,
    however probable the danger; found in the text as a whole, it covers a danger that is no more
    probable than itself. A threat in a clause of its own remains.
    """
    if publication.kind == "article":
        return ()
    counted = [one for one in publication.acts if one.probability >= ACT_THRESHOLD]
    shields = [one for one in counted if one.act in PROTECTED_ACTS]
    tokens = tokenise(publication.text) if shields else []
    counted.sort(key=lambda one: -one.probability)
    found = [
        harm_in(publication.ref, one, publication.target)
        for one in counted
        if not _covered(one, shields, tokens)
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def harm_in(ref: str, finding: ActFinding, target: Target) -> HarmToPeople | None:
    """The harm that a finding amounts to by itself; None where it is none."""
    if finding.act not in DANGER_ACTS or target == "institution":
        return None
    try:
        return HarmToPeople(ref, finding.act, target)
    except ValueError:
        return None


def _covered(danger: ActFinding, shields: list[ActFinding], tokens: list[Token]) -> bool:
    """Whether protected speech is all that stands where the danger was found."""
    if any(not _spans(one) and one.probability >= danger.probability for one in shields):
        return True
    own = _clauses(_spans(danger), tokens) if _spans(danger) else {one.clause for one in tokens}
    covered = {clause for one in shields for clause in _clauses(_spans(one), tokens)}
    return bool(shields) and own <= covered


def _spans(finding: ActFinding) -> list[Span]:
    return [span for evidence in finding.evidence for span in evidence.spans]


def _clauses(spans: Iterable[Span], tokens: list[Token]) -> set[int]:
    return {
        token.clause
        for span in spans
        for token in tokens
        if token.start < span.end and span.start < token.end
    }
