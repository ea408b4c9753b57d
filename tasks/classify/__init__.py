"""classify: signals of the models and findings of the rules, combined into acts and a target."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from tasks.cascade import opinion_versions, reconsidered
from tasks.classify.acts import find_acts
from tasks.classify.hearing import Heard, hear
from tasks.classify.known import known_claims, with_claim
from tasks.classify.target import named_target, target_of
from tasks.heads import UNDETERMINED, heads
from tasks.models import Batch, Claim, Classification, Item
from tasks.policy import LANGUAGES_COVERED, LANGUAGES_HEARD
from tasks.ports import Ports
from tasks.rules import rulebook
from tasks.stage import made
from tasks.words import Kind, Sentiment

_ACTS_HEARD: Final = LANGUAGES_COVERED | {"eng", UNDETERMINED}
"""Languages in which the head of acts was shown examples, Banjar, which is near to them, and texts
whose language cannot be told: short ones above all."""
_TOPIC: Final = "topic."
_TOPIC_THRESHOLD: Final = 0.5
_SENTIMENTS: Final[tuple[Sentiment, ...]] = get_args(Sentiment)


def classify(batch: Batch, ports: Ports) -> Batch:
    """Give each item its signals, acts, target and sentiment.

    Raises ItemError when an item has no clean text or no language.
    """
    models = heads()
    texts = [_text(item) for item in batch.items]
    signals = reconsidered(texts, models.signals(texts), ports.opinion)
    heard = hear(texts, [item.content.kind for item in batch.items])
    claims, of_claims = known_claims(texts, ports.factchecks)
    versions = models.versions | opinion_versions(ports.opinion) | of_claims
    said = zip(batch.items, signals, heard, claims, strict=True)
    return batch.with_items(tuple(_classified(*one, versions) for one in said))


def _classified(
    item: Item,
    signals: Mapping[str, float],
    heard: Sequence[Heard],
    claim: Claim | None,
    versions: Mapping[str, str],
) -> Item:
    language = made(item.enrichment, "enrich").language
    found = classification(_text(item), item.content.kind, language, signals, versions, heard)
    return item.with_classification(found if claim is None else claiming(found, claim))


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text


def classification(
    text: str,
    kind: Kind,
    language: str,
    signals: Mapping[str, float],
    versions: Mapping[str, str] | None = None,
    heard: Sequence[Heard] = (),
) -> Classification:
    """The classification of a clean text, given what the models say of it.

    A pure function. `heard`: what the head of acts says of it (`hear`). In a language that the
    models did not learn only the rules are heard.
    """
    found = rulebook().read(text, kind)
    believed = signals if language in LANGUAGES_HEARD else {}
    named = named_target(found.targets)
    reading = found.where(language, named, believed)
    acts = find_acts(reading, kind, named, believed, heard if language in _ACTS_HEARD else ())
    return Classification(
        signals=dict(signals),
        acts=acts,
        target=target_of(reading, acts),
        sentiment=_sentiment(signals),
        topics=_topics(kind, signals),
        versions={"rules": rulebook().version, **(versions or {})},
    )


def claiming(found: Classification, claim: Claim) -> Classification:
    """The classification of an item that is about a known claim. A pure function."""
    acts, stands = with_claim(found.acts, claim, found.versions["claims"])
    return found.model_copy(update={"acts": acts, "claims": (stands,)})


def _topics(kind: Kind, signals: Mapping[str, float]) -> tuple[str, ...]:
    """The topic of an article; the head learned from headlines, and says nothing of posts."""
    if kind != "article":
        return ()
    return tuple(
        name.removeprefix(_TOPIC)
        for name, probability in signals.items()
        if name.startswith(_TOPIC) and probability >= _TOPIC_THRESHOLD
    )


def _sentiment(signals: Mapping[str, float]) -> Sentiment:
    scores = {name: signals.get(f"sentiment.{name}", 0.0) for name in _SENTIMENTS}
    best = max(_SENTIMENTS, key=lambda name: scores[name])
    return best if scores[best] > 0.0 else "neutral"
