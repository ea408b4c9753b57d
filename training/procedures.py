"""Figures of finding the page about a procedure that a question asks for.

120 invented questions on the 26 pages of workers/samples/procedures: 84 ask for one of them, in
several registers and four languages; 36 ask for none. The first half of each chose the threshold
(the one with most right decisions), the second half measures.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import binomtest

from tasks.procedures import LEAST, Match, Procedure, Procedures
from training.figures import Figure
from workers.procedure_files import read_procedures
from workers.samples import PROCEDURES

QUESTIONS: Final = Path(__file__).parent / "samples" / "procedures" / "questions.tsv"
HEAD: Final = "procedures"
_NONE: Final = "-"
_STEPS: Final = np.arange(0.05, 0.80, 0.01)


class Question(NamedTuple):
    """A question, the id of its page (None: no page answers it), and its language."""

    page: str | None
    language: str
    text: str


class Found(NamedTuple):
    """A question and the page that is most like it."""

    question: Question
    best: Match

    def right(self, least: float) -> bool:
        """Whether the right page is offered, or none where there is none, at a threshold."""
        if self.best.score < least:
            return self.question.page is None
        return self.best.procedure.id == self.question.page


def questions() -> list[Question]:
    """All of them, as they stand in the file."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Question(None if row["page"] == _NONE else row["page"], row["language"], row["text"])
            for row in rows
        ]


def halves() -> tuple[list[Found], list[Found]]:
    """The choosing and the measuring half: the odd and the even lines."""
    found = _found(questions())
    return found[::2], found[1::2]


def best_threshold(found: Sequence[Found]) -> float:
    """The threshold with most right decisions; of several the middle one."""
    right = [sum(one.right(float(least)) for one in found) for least in _STEPS]
    best = [least for least, count in zip(_STEPS, right, strict=True) if count == max(right)]
    return round(float(best[len(best) // 2]), 2)


def measure_procedures() -> Iterator[Figure]:
    """The figures of the measuring half at the threshold of the code, with exact intervals."""
    choosing, measuring = halves()
    chosen = best_threshold(choosing)
    yield Figure(HEAD, "choosing half", "best threshold", chosen, chosen, chosen, len(choosing))
    asked = [one for one in measuring if one.question.page is not None]
    others = [one for one in measuring if one.question.page is None]
    offered = [one for one in measuring if one.best.score >= LEAST]
    yield _share("right decision", [one.right(LEAST) for one in measuring])
    yield _share("right page first", [one.right(0.0) for one in asked])
    yield _share("right page offered", [one.right(LEAST) for one in asked])
    yield _share("offered page is right", [one.right(LEAST) for one in offered])
    yield _share("none offered where none is", [one.right(LEAST) for one in others])
    regional = [one.right(LEAST) for one in asked if one.question.language != "ind"]
    yield _share("right page offered, regional", regional)


def _found(asked: Sequence[Question]) -> list[Found]:
    pages = [one for one in read_procedures(PROCEDURES) if isinstance(one, Procedure)]
    library = Procedures.of(pages)
    return [Found(one, library.best(one.text, 1)[0]) for one in asked]


def _share(name: str, hits: Sequence[bool]) -> Figure:
    """A share with its interval after Clopper and Pearson."""
    ends = binomtest(sum(hits), len(hits)).proportion_ci()
    value = sum(hits) / len(hits)
    low, high = round(float(ends.low), 4), round(float(ends.high), 4)
    return Figure(HEAD, "measuring half", name, round(value, 4), low, high, len(hits))
