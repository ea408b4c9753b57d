"""Which acts an item performs: rules, model signals and the head of acts, combined.

What the head of acts says is calibrated, what rules say is a prior. What holds whatever they say:
`false_claim` is never found here, journalism is never a danger, and rudeness to an institution
or an office is criticism.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.classify.hearing import HEAD, Heard
from tasks.classify.target import INSTITUTIONAL
from tasks.models import ActFinding, Evidence
from tasks.policy import ACT_THRESHOLD, REVIEWED_ACTS
from tasks.rules import Match, Reading
from tasks.words import ACTS, DANGER_ACTS, PROTECTED_ACTS, Act, Kind, Target

OTHER_PRIOR: Final = 0.6
"""Probability that an item in which nothing was found is nothing: the rules miss some."""
CERTAINTY: Final = 0.99
"""No heap of evidence makes an act more probable than this."""
CONFIRMED: Final = 0.9
"""Danger that the head of acts must hear somewhere in a text for other clues of danger to count.

Words alone mislead rules: chosen on sentences of voices that the head had not learned from."""

# Criticism keeps these from itself where it is at least as strong, in its own clause.
_CONTESTED: Final = (*DANGER_ACTS, "slander_person", "emergency")
_GROUNDS: Final = ("hate.HS_Religion", "hate.HS_Race", "hate.HS_Gender", "hate.HS_Physical")
# Words of a group stand in these contexts without an attack on it; the model cannot tell.
_CALMING: Final = frozenset({"counter_speech", "report", "quoted", "solidarity"})


@dataclass(frozen=True, slots=True)
class _Clue:
    act: Act
    evidence: Evidence
    weight: float


def find_acts(
    reading: Reading,
    kind: Kind,
    target: Target,
    signals: Mapping[str, float],
    heard: Sequence[Heard] = (),
) -> tuple[ActFinding, ...]:
    """Every act with evidence, strongest first; `other` where none is probable enough.

    `heard`: what the head of acts says of the text, its whole first; nothing where it is not
    heard, and there the rules speak alone.
    """
    clues: dict[Act, list[_Clue]] = defaultdict(list)
    doubtful = heard and all(one.danger < CONFIRMED for one in heard)
    for clue in (*_of_rules(reading, target), *_of_heads(reading, kind, target, signals)):
        if not (doubtful and clue.act in REVIEWED_ACTS):
            clues[clue.act].append(clue)
    for clue in _of_acts(heard, target):
        clues[clue.act].append(clue)
    findings = [_finding(act, found) for act, found in clues.items()]
    findings.sort(key=_strength)
    if not findings or findings[0].probability < ACT_THRESHOLD:
        rest = 1.0 - (findings[0].probability if findings else 0.0)
        findings.append(ActFinding(act="other", probability=round(OTHER_PRIOR * rest, 4)))
        findings.sort(key=_strength)
    return tuple(findings)


def _strength(finding: ActFinding) -> tuple[float, int]:
    # ACTS begins with the protected acts, so they win a tie.
    return (-finding.probability, ACTS.index(finding.act))


def _finding(act: Act, clues: list[_Clue]) -> ActFinding:
    doubt = 1.0
    for clue in clues:
        doubt *= 1.0 - clue.weight
    probability = round(min(1.0 - doubt, CERTAINTY), 4)
    return ActFinding(
        act=act, probability=probability, evidence=tuple(clue.evidence for clue in clues)
    )


def _of_rules(reading: Reading, target: Target) -> Iterator[_Clue]:
    shields = [match for match in reading.matches if match.rule.act in PROTECTED_ACTS]
    for match in reading.matches:
        if match.rule.act in _CONTESTED and _shielded(match, shields):
            continue
        act: Act = match.rule.act
        if act == "abusive" and target in INSTITUTIONAL:
            act = "criticism"
        weight = match.rule.weight
        yield _Clue(act, Evidence(by=match.rule.name, spans=match.spans, weight=weight), weight)


def _shielded(danger: Match, shields: list[Match]) -> bool:
    """Whether a protected act at least as strong stands in every clause of the danger."""
    equal = [shield for shield in shields if shield.rule.weight >= danger.rule.weight]
    if any(not shield.clauses for shield in equal):
        return True
    covered = frozenset[int]().union(*(shield.clauses for shield in equal))
    return bool(danger.clauses) and danger.clauses <= covered


def _of_heads(
    reading: Reading, kind: Kind, target: Target, signals: Mapping[str, float]
) -> Iterator[_Clue]:
    hate, abusive = signals.get("hate.HS", 0.0), signals.get("hate.Abusive", 0.0)
    if kind == "article":
        return
    if abusive >= ACT_THRESHOLD:
        yield _clue("criticism" if target in INSTITUTIONAL else "abusive", "hate.Abusive", abusive)
    if hate >= ACT_THRESHOLD and target in INSTITUTIONAL:
        yield _clue("criticism", "hate.HS", hate)
    if hate >= ACT_THRESHOLD and target == "protected_group" and not reading.guards & _CALMING:
        ground = max(_GROUNDS, key=lambda name: signals.get(name, 0.0))
        weight = min(hate, signals.get(ground, 0.0))
        if weight >= ACT_THRESHOLD and not _text_is_protected(reading):
            yield _clue("identity_hate", ground, weight)


def _of_acts(heard: Sequence[Heard], target: Target) -> Iterator[_Clue]:
    for act, weight in heard[0].acts.items() if heard else ():
        if act in REVIEWED_ACTS or act == "other" or weight < ACT_THRESHOLD:
            continue
        meant: Act = "criticism" if act == "abusive" and target in INSTITUTIONAL else act
        yield _clue(meant, f"{HEAD}.{act}", weight)
    alarming = sorted((one for one in heard if one.alarming), key=lambda one: one.danger)
    worst = {one.dangerous: one for one in alarming}
    for act, one in worst.items():
        evidence = Evidence(by=f"head:{HEAD}.{act}", spans=one.spans, weight=one.danger)
        yield _Clue(act, evidence, one.danger)


def _text_is_protected(reading: Reading) -> bool:
    return any(match.rule.act in PROTECTED_ACTS for match in reading.matches)


def _clue(act: Act, signal: str, weight: float) -> _Clue:
    return _Clue(act, Evidence(by=f"head:{signal}", weight=round(weight, 4)), weight)
