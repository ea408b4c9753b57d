"""Items for the tests of stores: at the door, and with every section filled."""

from datetime import UTC, datetime

from tasks.models import (
    ActFinding,
    Classification,
    Content,
    Enrichment,
    Grouping,
    Item,
    Normalised,
    Publication,
    Routing,
)
from tasks.publish import publication
from workers.entry import Entry


def entry(number: int, source: str = "pantau", text: str = "banjir di hulu") -> Entry:
    content = Content(
        source=source,
        id=f"no-{number}",
        kind="post",
        text=f"{text} {number}",
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    return Entry(content, f"{number}{text}".encode().ljust(32, b"."), None)


def finished(item: Item, duplicate_of: str | None = None) -> tuple[Item, Publication]:
    done = (
        item.with_normalised(Normalised(text=item.content.text))
        .with_grouping(Grouping(narrative_id="n-1", duplicate_of=duplicate_of))
        .with_enrichment(Enrichment(language="ind", language_probability=0.9))
        .with_classification(
            Classification(
                signals={},
                acts=(ActFinding(act="question", probability=0.8),),
                target="none",
                sentiment="neutral",
                versions={},
            )
        )
        .with_routing(Routing(desk="answer", state="auto", priority=10, reasons=("tanya",)))
    )
    return done, publication(done)
