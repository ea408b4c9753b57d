"""classify: signals of the models and findings of the rules, combined into acts and a target."""

from collections.abc import Mapping
from itertools import repeat
from typing import Final, get_args

from tasks.classify.acts import find_acts
from tasks.classify.target import named_target, target_of
from tasks.heads import heads
from tasks.models import Batch, Classification, Item
from tasks.policy import LANGUAGES_HEARD
from tasks.ports import Ports
from tasks.rules import rulebook
from tasks.stage import made
from tasks.words import Kind, Sentiment

_SENTIMENTS: Final[tuple[Sentiment, ...]] = get_args(Sentiment)


def classify(batch: Batch, ports: Ports) -> Batch:  # noqa: ARG001 - every stage takes ports
    """Give each item its signals, acts, target and sentiment.

    Raises ItemError when an item has no clean text or no language.
    """
    models = heads()
    signals = models.signals([_text(item) for item in batch.items])
    return batch.with_items(tuple(map(_classified, batch.items, signals, repeat(models.versions))))


def _classified(item: Item, signals: Mapping[str, float], versions: Mapping[str, str]) -> Item:
    language = made(item.enrichment, "enrich").language
    return item.with_classification(
        classification(_text(item), item.content.kind, language, signals, versions)
    )


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text


def classification(
    text: str,
    kind: Kind,
    language: str,
    signals: Mapping[str, float],
    versions: Mapping[str, str] | None = None,
) -> Classification:
    """The classification of a clean text, given what the models say of it.

    A pure function. In a language that the models did not learn only the rules are heard.
    """
    reading = rulebook().read(text, kind)
    heard = signals if language in LANGUAGES_HEARD else {}
    acts = find_acts(reading, kind, named_target(reading.targets), heard)
    return Classification(
        signals=dict(signals),
        acts=acts,
        target=target_of(reading, acts),
        sentiment=_sentiment(signals),
        versions={"rules": rulebook().version, **(versions or {})},
    )


def _sentiment(signals: Mapping[str, float]) -> Sentiment:
    scores = {name: signals.get(f"sentiment.{name}", 0.0) for name in _SENTIMENTS}
    best = max(_SENTIMENTS, key=lambda name: scores[name])
    return best if scores[best] > 0.0 else "neutral"
