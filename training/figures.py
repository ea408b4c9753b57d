"""Figures of what a head answered: the ones that every head has, each with its interval."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.statistics import (
    Interval,
    Matrix,
    Statistic,
    Truth,
    calibration_error,
    error_by_chance,
    interval,
    macro_f1,
    mean_of,
    share,
    within,
)

COVERAGES: Final = (0.9, 0.8, 0.5)
"""Shares of the rows that are answered when the least sure ones are left to a person."""


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
class Answers:
    """One answer for each row, beside the truth: `chosen` and `truth` are (rows, labels).

    `confidence` is the probability that the head gave to its answer.
    """

    head: str
    labels: tuple[str, ...]
    chosen: Truth
    truth: Truth
    confidence: Matrix

    @property
    def hit(self) -> Truth:
        """Whether the answer is the true one."""
        return np.asarray((self.chosen & self.truth).any(axis=1))

    def where(self, rows: Truth) -> "Answers":
        """The answers of the chosen rows."""
        parts = self.chosen[rows], self.truth[rows], self.confidence[rows]
        return Answers(self.head, self.labels, *parts)


def figure(head: str, source: str, name: str, statistic: Statistic, rows: int) -> Figure:
    """The figure of `statistic` over `rows` rows."""
    return _figure(head, source, name, interval(statistic, rows), rows)


def likeliest(head: str, labels: tuple[str, ...], found: Matrix, truth: Truth) -> Answers:
    """The likeliest label of each row, of labels that exclude one another."""
    chosen = found.argmax(axis=1)[:, np.newaxis] == np.arange(len(labels))
    return Answers(head, labels, chosen, truth, found.max(axis=1))


def yes_or_no(head: str, label: str, probability: Matrix, truth: Truth) -> Answers:
    """Whether one label holds: yes from a probability of one half."""
    return likeliest(
        head,
        (label, f"not {label}"),
        np.stack([probability, 1 - probability], axis=1),
        np.stack([truth, ~truth], axis=1),
    )


def quality(answers: Answers, source: str) -> Iterator[Figure]:
    """Macro-F1 and accuracy."""
    rows = len(answers.hit)
    f1 = macro_f1(answers.chosen, answers.truth)
    yield figure(answers.head, source, "macro-F1", f1, rows)
    yield figure(answers.head, source, "accuracy", share(answers.hit), rows)


def each_label(answers: Answers, source: str) -> Iterator[Figure]:
    """F1 of each label."""
    for column, label in enumerate(answers.labels):
        of = slice(column, column + 1)
        f1 = macro_f1(answers.chosen[:, of], answers.truth[:, of])
        yield figure(answers.head, source, f"F1 {label}", f1, len(answers.hit))


def certainty(answers: Answers, source: str) -> Iterator[Figure]:
    """ECE; the ECE that honest probabilities would show on as many rows; risk and coverage."""
    confidence, hit, rows = answers.confidence, answers.hit, len(answers.hit)
    error = calibration_error(confidence, hit)
    yield figure(answers.head, source, "ECE", error, rows)
    yield _figure(answers.head, source, "ECE by chance", error_by_chance(confidence), rows)
    surest_first = np.argsort(-confidence, kind="stable")
    for coverage in COVERAGES:
        kept = surest_first[: max(1, round(coverage * rows))]
        name = f"accuracy at {coverage:.0%} coverage"
        yield figure(answers.head, source, name, share(hit[kept]), len(kept))


def by_language(answers: Answers, languages: NDArray[np.str_], source: str) -> Iterator[Figure]:
    """Macro-F1 in the language of each row, and its mean over languages."""
    each = []
    for code in np.unique(languages).tolist():
        rows = languages == code
        f1 = macro_f1(answers.chosen[rows], answers.truth[rows])
        each.append(within(f1, rows))
        yield figure(answers.head, f"{source} {code}", "macro-F1", f1, int(rows.sum()))
    name = f"mean macro-F1 of {len(each)} languages"
    yield figure(answers.head, source, name, mean_of(each), len(languages))


def halves(texts: list[str]) -> dict[str, Truth]:
    """The shorter and the longer half of `texts`, in words; of equals the first are shorter."""
    by_length = np.argsort([len(text.split()) for text in texts], kind="stable")
    short = np.zeros(len(texts), dtype=np.bool_)
    short[by_length[: len(texts) // 2]] = True
    return {"short half": short, "long half": ~short}


def _figure(head: str, source: str, name: str, found: Interval, rows: int) -> Figure:
    return Figure(head, source, name, *found, int(rows))
