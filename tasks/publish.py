"""publish: the item becomes a Publication, recorded and announced."""

from importlib.metadata import version

from tasks.models import Batch, Item, Publication
from tasks.ports import Ports
from tasks.stage import made

CODE_VERSION = version("saring")


def publish(batch: Batch, ports: Ports) -> Batch:
    """Publish every item of the batch in one step; publishing twice has one effect."""
    ports.publisher.publish([(item, publication(item)) for item in batch.items])
    return batch


def publication(item: Item) -> Publication:
    """The Publication of a fully processed item. Raises ItemError if a section is missing."""
    content = item.content
    clean = made(item.normalised, "normalise")
    grouping = made(item.grouping, "group")
    enrichment = made(item.enrichment, "enrich")
    classification = made(item.classification, "classify")
    routing = made(item.routing, "route")
    return Publication(
        id=content.id,
        source=content.source,
        kind=content.kind,
        published_at=content.published_at,
        url=content.url,
        platform=content.platform,
        text=clean.text,
        language=enrichment.language,
        mixed_languages=enrichment.mixed_languages,
        desk=routing.desk,
        state=routing.state,
        acts=classification.acts,
        target=classification.target,
        sentiment=classification.sentiment,
        topics=classification.topics,
        signals=classification.signals,
        entities=enrichment.entities,
        hashtags=enrichment.hashtags,
        links=enrichment.links,
        masked=enrichment.masked,
        narrative_id=grouping.narrative_id,
        duplicate_of=grouping.duplicate_of,
        match=grouping.match,
        forwards=grouping.forwards,
        claims=classification.claims,
        priority=routing.priority,
        reasons=routing.reasons,
        versions={"saring": CODE_VERSION, **classification.versions},
    )
