"""Figures of the heads on one split, each with a 95% bootstrap interval.

All go through the public API of `tasks.heads`: they are figures of what the pipeline says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tasks.heads import Heads
from training.data import (
    INFORMAL,
    Examples,
    Split,
    clean,
    hate_examples,
    language_examples,
    read,
    sentiment_examples,
)
from training.statistics import (
    Matrix,
    Statistic,
    calibration_error,
    interval,
    macro_f1,
    mean_of,
    share,
)

UNSEEN: Final = ("hate_abusive_id", "hoax_tweets_umpo")
"""Sets of Indonesian posts of which the language head saw none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one head: its value on the split, and the ends of its 95% interval."""

    head: str
    source: str
    name: str
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one split, and the versions of the heads they belong to."""

    split: Split
    versions: dict[str, str]
    figures: tuple[Figure, ...]


def measure(models: Heads, data: Path, split: Split) -> Report:
    """Measure `models` on a split. Raises FileNotFoundError when a set is missing."""
    figures = [
        *_language(models, language_examples(data, split)),
        *_called_indonesian(models, data, split),
        *_sentiment(models, sentiment_examples(data, split)),
    ]
    if "hate" in models.versions:
        figures += _hate(models, hate_examples(data, split))
    return Report(split, models.versions, tuple(figures))


def _language(models: Heads, examples: Examples) -> Iterator[Figure]:
    examples = examples.where(~np.isin(examples.sources, list(INFORMAL)))
    found = models.languages(examples.texts)
    codes = np.array([language.code for language in found])
    top = np.array([language.probability for language in found])
    chosen = codes[:, np.newaxis] == np.array(examples.labels)
    hit = (chosen & examples.truth).any(axis=1)
    for source in np.unique(examples.sources).tolist():
        of = examples.sources == source
        yield _figure("language", source, "accuracy", share(hit[of]), of.sum())
    rows = len(hit)
    yield _figure("language", "all", "macro-F1", macro_f1(chosen, examples.truth), rows)
    yield _figure("language", "all", "ECE", calibration_error(top, hit), rows)


def _called_indonesian(models: Heads, data: Path, split: Split) -> Iterator[Figure]:
    """Share of posts and headlines in Indonesian that are called so, und counting against."""
    for name, column in (*INFORMAL.items(), *((name, "text") for name in UNSEEN)):
        texts = [clean(row[column]) for row in read(data, name, split)]
        called = np.array([found.code == "ind" for found in models.languages(texts)])
        seen = "" if name in INFORMAL else " (unseen source)"
        yield _figure("language", f"{name}{seen}", "called ind", share(called), len(called))


def _sentiment(models: Heads, examples: Examples) -> Iterator[Figure]:
    found = _signals(models, "sentiment", examples)
    chosen = found.argmax(axis=1)[:, np.newaxis] == np.arange(len(examples.labels))
    hit = (chosen & examples.truth).any(axis=1)
    for source in np.unique(examples.sources).tolist():
        of = examples.sources == source
        statistics = {
            "macro-F1": macro_f1(chosen[of], examples.truth[of]),
            "accuracy": share(hit[of]),
            "ECE": calibration_error(found[of].max(axis=1), hit[of]),
        }
        for name, statistic in statistics.items():
            yield _figure("sentiment", source, name, statistic, of.sum())


def _hate(models: Heads, examples: Examples) -> Iterator[Figure]:
    found, truth = _signals(models, "hate", examples), examples.truth
    thresholds = np.array([models.thresholds[f"hate.{label}"] for label in examples.labels])
    best, even = found >= thresholds, found >= 0.5
    errors = [calibration_error(p, t) for p, t in zip(found.T, truth.T, strict=True)]
    statistics = {
        "macro-F1 of 12": macro_f1(best, truth),
        "macro-F1 of 12 at .5": macro_f1(even, truth),
        "mean ECE of 12": mean_of(errors),
    }
    for column, label in enumerate(examples.labels):
        of = slice(column, column + 1)
        statistics[f"F1 {label}"] = macro_f1(best[:, of], truth[:, of])
    for name, statistic in statistics.items():
        yield _figure("hate", "hate_abusive_id", name, statistic, len(truth))


def _signals(models: Heads, head: str, examples: Examples) -> Matrix:
    """Probabilities (rows, labels) of one head."""
    names = [f"{head}.{label}" for label in examples.labels]
    return np.array([[row[name] for name in names] for row in models.signals(examples.texts)])


def _figure(head: str, source: str, name: str, statistic: Statistic, rows: int) -> Figure:
    value, low, high = interval(statistic, int(rows))
    return Figure(head, source, name, value, low, high, int(rows))
