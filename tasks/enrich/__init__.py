"""enrich: the language of an item, and what its text holds. One file for each kind of thing."""

from tasks.enrich.entities import entities
from tasks.enrich.institutions import institutions
from tasks.enrich.marks import hashtags, links, masked
from tasks.enrich.mixture import mixture
from tasks.heads import heads
from tasks.models import Batch, Enrichment, Item
from tasks.ports import Ports
from tasks.stage import made


def enrich(batch: Batch, ports: Ports) -> Batch:  # noqa: ARG001 - every stage takes ports
    """Say what language each item is in, and what stands in it: marks, masked data, entities."""
    texts = [_text(item) for item in batch.items]
    mixed = mixture(texts)
    # Posts are not what the tagger learned from.
    tagged = institutions([_text(item) if _is_article(item) else "" for item in batch.items])
    languages = heads().languages(texts)
    return batch.with_items(
        tuple(
            item.with_enrichment(
                Enrichment(
                    language=language.code,
                    language_probability=language.probability,
                    mixed_languages=mixes,
                    hashtags=hashtags(text),
                    links=links(text),
                    masked=masked(text),
                    entities=entities(text, item.content.published_at, named),
                )
            )
            for item, text, language, mixes, named in zip(
                batch.items, texts, languages, mixed, tagged, strict=True
            )
        )
    )


def _is_article(item: Item) -> bool:
    return item.content.kind == "article"


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text
