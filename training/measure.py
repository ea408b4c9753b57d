"""Figures of the heads on one split, each with a 95% bootstrap interval.

All go through the public API of `tasks.heads`: they are figures of what the pipeline says.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from tasks.features import features
from tasks.heads import Heads
from tasks.policy import REVIEWED_ACTS
from training.data import (
    INFORMAL,
    Examples,
    Split,
    clean,
    clickbait_examples,
    emotion_examples,
    hate_examples,
    language_examples,
    read,
    sentiment_examples,
    topic_examples,
)
from training.figures import (
    Answers,
    Figure,
    by_language,
    certainty,
    each_label,
    figure,
    halves,
    likeliest,
    quality,
    yes_or_no,
)
from training.statistics import Matrix, calibration_error, macro_f1, mean_of, share

UNSEEN: Final = ("hate_abusive_id", "hoax_tweets_umpo")
"""Sets of Indonesian posts of which the language head saw none."""
ALARMED: Final = {
    "smsa_sentiment": "text",
    "emot_emotion": "text",
    "stif_informal_formal": "informal",
    "news_topic_clickid": "text",
    "hoax_tweets_umpo": "text",
    "hate_abusive_id": "text",
}
"""Sets of real texts that should seldom raise the alarm of the head of acts, and their column."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one split, and the versions of the heads they belong to."""

    split: Split | Literal["simulated", "samples"]
    versions: dict[str, str]
    figures: tuple[Figure, ...]


def measure(
    models: Heads, data: Path, split: Split, advance: Callable[[str], None] = lambda _: None
) -> Report:
    """Measure `models` on a split; a head that is not loaded is passed over.

    Calls `advance` with the name of each head before it is measured. Raises FileNotFoundError
    when a set is missing.
    """
    figures: list[Figure] = []
    for head in filter(models.versions.__contains__, PARTS):
        advance(head)
        figures += PARTS[head](models, data, split)
    return Report(split, models.versions, tuple(figures))


def _language(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    examples = language_examples(data, split)
    examples = examples.where(~np.isin(examples.sources, list(INFORMAL)))
    found = models.languages(examples.texts)
    codes = np.array([language.code for language in found])
    top = np.array([language.probability for language in found])
    chosen = codes[:, np.newaxis] == np.array(examples.labels)
    answers = Answers("language", examples.labels, chosen, examples.truth, top)
    for source in np.unique(examples.sources).tolist():
        of = examples.sources == source
        yield figure("language", source, "accuracy", share(answers.hit[of]), int(of.sum()))
    yield from quality(answers, "all")
    yield from certainty(answers, "all")
    for code in np.unique(examples.languages).tolist():
        of = examples.languages == code
        yield figure("language", code, "recall", share(answers.hit[of]), int(of.sum()))
    yield from _called_indonesian(models, data, split)


def _called_indonesian(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    """Share of posts and headlines in Indonesian that are called so, und counting against."""
    for name, column in (*INFORMAL.items(), *((name, "text") for name in UNSEEN)):
        texts = [clean(row[column]) for row in read(data, name, split)]
        called = np.array([found.code == "ind" for found in models.languages(texts)])
        seen = "" if name in INFORMAL else " (unseen source)"
        yield figure("language", f"{name}{seen}", "called ind", share(called), len(called))


def _sentiment(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    examples = sentiment_examples(data, split)
    answers = _likeliest(models, "sentiment", examples)
    for source in np.unique(examples.sources).tolist():
        of = examples.sources == source
        yield from quality(answers.where(of), source)
        yield from certainty(answers.where(of), source)
    translated = examples.sources == "nusax"
    yield from by_language(answers.where(translated), examples.languages[translated], "nusax")
    posts = examples.sources == "smsa"
    for half, of in halves(examples.where(posts).texts).items():
        yield from quality(answers.where(posts).where(of), f"smsa, {half}")


def _hate(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    examples, source = hate_examples(data, split), "hate_abusive_id"
    found, truth = _signals(models, "hate", examples), examples.truth
    thresholds = np.array([models.thresholds[f"hate.{label}"] for label in examples.labels])
    best, even = found >= thresholds, found >= 0.5
    errors = [calibration_error(p, t) for p, t in zip(found.T, truth.T, strict=True)]
    statistics = {
        "macro-F1 of 12": macro_f1(best, truth),
        "macro-F1 of 12 at .5": macro_f1(even, truth),
        "mean ECE of 12": mean_of(errors),
    }
    for name, statistic in statistics.items():
        yield figure("hate", source, name, statistic, len(truth))
    yield from each_label(Answers("hate", examples.labels, best, truth, found), source)
    for column, label in ((0, "HS"), (1, "Abusive")):
        answers = yes_or_no("hate", label, found[:, column], truth[:, column])
        yield from certainty(answers, f"{source}, {label}")
    for half, of in halves(examples.texts).items():
        f1 = macro_f1(best[of], truth[of])
        yield figure("hate", f"{source}, {half}", "macro-F1 of 12", f1, int(of.sum()))


def _emotion(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    answers = _likeliest(models, "emotion", emotion_examples(data, split))
    for figures in (quality, certainty, each_label):
        yield from figures(answers, "emot_emotion")


def _topic(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    examples, source = topic_examples(data, split), "news_topic_clickid"
    answers = _likeliest(models, "topic", examples)
    for figures in (quality, certainty, each_label):
        yield from figures(answers, source)
    for publisher in np.unique(examples.sources).tolist():
        hit = answers.hit[examples.sources == publisher]
        yield figure("topic", publisher, "accuracy", share(hit), len(hit))


def _clickbait(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    examples, source = clickbait_examples(data, split), "clickbait_clickid"
    found = _signals(models, "clickbait", examples)[:, 0]
    answers = yes_or_no("clickbait", "clickbait", found, examples.truth[:, 0])
    agreed = answers.where(examples.sources == "agreed")
    for figures in (quality, certainty):
        yield from figures(answers, source)
    yield from quality(agreed, f"{source}, agreed rows")


def _act(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    """How often real texts raise its alarm: `cross` measures what it finds.

    Some of them are dangers indeed, of hate_abusive_id without hate and of headlines hardly any.
    """
    if models.acts is None:
        return
    for name, column in ALARMED.items():
        rows = [row for row in read(data, name, split) if not row.get("HS")]
        found = models.acts.probabilities(features([clean(row[column]) for row in rows]))
        dangerous = np.isin(models.acts.labels, REVIEWED_ACTS)
        alarmed = found[:, dangerous].sum(axis=1) >= models.acts.alarm
        yield figure("act", name, "alarm raised", share(alarmed), len(rows))


PARTS: Final[dict[str, Callable[[Heads, Path, Split], Iterator[Figure]]]] = {
    "language": _language,
    "sentiment": _sentiment,
    "hate": _hate,
    "emotion": _emotion,
    "topic": _topic,
    "clickbait": _clickbait,
    "act": _act,
}
"""How each head is measured."""


def _likeliest(models: Heads, head: str, examples: Examples) -> Answers:
    return likeliest(head, examples.labels, _signals(models, head, examples), examples.truth)


def _signals(models: Heads, head: str, examples: Examples) -> Matrix:
    """Probabilities (rows, labels) of one head."""
    names = [f"{head}.{label}" for label in examples.labels]
    return np.array([[row[name] for name in names] for row in models.signals(examples.texts)])
