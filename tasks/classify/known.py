"""Known claims: which published fact-check an item is about, and whether it is a false claim.

Only a match that is confirmed makes `false_claim`: the check refutes the claim, and the item holds
it for true. Where the item is satire, journalism or a report of misconduct, the match is left to a
person.
"""

from collections.abc import Sequence
from typing import Final

from tasks.claims import ClaimMatch, claim_index, match
from tasks.heads import heads
from tasks.models import ActFinding, Claim, Evidence, Span
from tasks.policy import ACT_THRESHOLD
from tasks.ports import FactChecks
from tasks.words import ACTS, PROTECTED_ACTS, Act

_NEVER_CLAIMING: Final[frozenset[Act]] = frozenset(PROTECTED_ACTS) - {"criticism"}


def known_claims(
    texts: Sequence[str], factchecks: FactChecks | None
) -> tuple[list[Claim | None], dict[str, str]]:
    """The claim that each text is about, if any is known, and the versions that say so.

    Raises Unavailable when the fact-checks cannot be reached.
    """
    library = None if factchecks is None else factchecks.library()
    if library is None or not library.checks:
        return [None] * len(texts), {}
    index = claim_index(library)
    heard = heads().hear(texts) or ({},) * len(texts)  # () without the head of acts
    found = match(index, texts, heard)
    return [None if one is None else _claim(one) for one in found], {"claims": index.version}


def with_claim(
    acts: tuple[ActFinding, ...], claim: Claim, version: str
) -> tuple[tuple[ActFinding, ...], Claim]:
    """The acts, `false_claim` among them if the claim is confirmed; and the claim as it stands."""
    if claim.decision == "suggest":
        return acts, claim
    if any(one.act in _NEVER_CLAIMING and one.probability >= ACT_THRESHOLD for one in acts):
        return acts, claim.model_copy(update={"decision": "suggest"})
    evidence = Evidence(
        by=f"factcheck:{claim.claim_id}@{version}",
        spans=() if claim.span is None else (claim.span,),
        weight=claim.score,
    )
    finding = ActFinding(act="false_claim", probability=claim.asserted, evidence=(evidence,))
    rest = tuple(one for one in acts if one.act != "other")
    ordered = sorted((*rest, finding), key=lambda one: (-one.probability, ACTS.index(one.act)))
    return tuple(ordered), claim


def _claim(found: ClaimMatch) -> Claim:
    check = found.check
    start, end = found.sentence
    return Claim(
        claim_id=check.id,
        verdict=check.verdict,
        score=round(found.score, 4),
        asserted=round(found.asserted, 4),
        decision=found.decision,
        outcome=check.outcome,
        subtype=check.subtype,
        claim=check.claim,
        clarification=check.clarification,
        publisher=check.publisher,
        url=check.url,
        published_on=check.date,
        span=Span(start=start, end=end),
        shared=found.shared,
    )
