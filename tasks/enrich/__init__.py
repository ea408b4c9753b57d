"""enrich: the language of an item, and what its text holds. One file for each kind of thing."""

from tasks.enrich.marks import hashtags, links, masked
from tasks.heads import Language, heads
from tasks.models import Batch, Enrichment, Item
from tasks.ports import Ports
from tasks.stage import made


def enrich(batch: Batch, ports: Ports) -> Batch:  # noqa: ARG001 - every stage takes ports
    """Say what language each item is in, and where links, hashtags and masked data stand."""
    texts = [_text(item) for item in batch.items]
    found = zip(batch.items, texts, heads().languages(texts), strict=True)
    return batch.with_items(
        tuple(item.with_enrichment(_enrichment(text, language)) for item, text, language in found)
    )


def _enrichment(text: str, language: Language) -> Enrichment:
    return Enrichment(
        language=language.code,
        language_probability=language.probability,
        hashtags=hashtags(text),
        links=links(text),
        masked=masked(text),
    )


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text
