"""Publications for the tests of harms and packets: acts found in clauses of a text."""

from datetime import UTC, datetime

from tasks.models import ActFinding, Evidence, Publication, Span
from tasks.words import Kind, Target

TEXT = "Kantor itu lambat sekali. ayo serang rumah mereka. kata mereka, usir semuanya."
CLAUSES = {"slow": (0, 24), "attack": (26, 49), "quoted": (64, 77)}


def found(act: str, probability: float, *clauses: str) -> ActFinding:
    spans = tuple(Span(start=CLAUSES[one][0], end=CLAUSES[one][1]) for one in clauses)
    return ActFinding.model_validate(
        {"act": act, "probability": probability, "evidence": (Evidence(by="uji", spans=spans),)}
    )


def item(*acts: ActFinding, target: Target = "none", kind: Kind = "post") -> Publication:
    return Publication(
        id="1",
        source="uji",
        kind=kind,
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
        url=None,
        platform=None,
        text=TEXT,
        language="ind",
        desk="review",
        state="needs_human",
        acts=acts,
        target=target,
        sentiment="neutral",
        topics=(),
        signals={},
        entities=(),
        hashtags=(),
        links=(),
        masked=(),
        narrative_id="n-1",
        duplicate_of=None,
        claims=(),
        priority=1,
        reasons=(),
        versions={},
    )
