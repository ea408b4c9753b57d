"""The examples of the head of acts: invented sentences, and real texts in which no act is done.

Headlines tell of violence, fraud and protest all day without doing any of it. Posts come from two
sets that were gathered for other ends; only those count as doing nothing in which no rule
finds anything either. So a few acts that the rules miss are taught as none.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from tasks.policy import REVIEWED_ACTS
from tasks.rules import rulebook
from training.act_sentences import FOLDER, LABELS, Sentence, sentences
from training.data import Examples, Split, clean, read

REAL: Final = "other"
"""The label of real texts."""
BACKGROUND: Final = {
    "news_topic_clickid": "text",
    "emot_emotion": "text",
    "stif_informal_formal": "informal",
}
"""Sets of real texts, with the column that holds them."""
_ROWS: Final = 2500
"""Rows taken of one set, in its order."""
_OF_PAIRS: Final = 3.0
"""Weight of a row whose neighbour shares most words: what they do not share is what decides."""
_ALIKE: Final = 0.4
_WORD: Final = re.compile(r"\w+")


def act_examples(data: Path, split: Split, folder: Path = FOLDER) -> Examples:
    """Each text with its one label; what one voice wrote, or one set holds, is a group.

    The sentences are the same whatever the split: who measures must fold by group.
    """
    rows = list(sentences(folder))
    for name, column in BACKGROUND.items():
        texts = [clean(row[column]) for row in read(data, name, split)[:_ROWS]]
        rows += [Sentence(REAL, "ind", text, name) for text in filter(_says_nothing, texts)]
    labels = (*LABELS, REAL)
    weights = np.ones(len(rows))
    weights[list(paired(rows))] = _OF_PAIRS
    return Examples(
        labels=labels,
        texts=[row.text for row in rows],
        truth=np.array([row.label for row in rows])[:, np.newaxis] == np.array(labels),
        sources=np.array([row.voice for row in rows]),
        groups=np.array([_group(number, row) for number, row in enumerate(rows)]),
        weights=weights,
        languages=np.array([row.language for row in rows]),
    )


def paired(rows: Sequence[Sentence]) -> Iterator[int]:
    """The rows of which a neighbour shares most words, and one of both is dangerous."""
    words = [frozenset(_WORD.findall(row.text.lower())) for row in rows]
    for at, (one, other) in enumerate(pairwise(rows)):
        alike = len(words[at] & words[at + 1]) >= _ALIKE * len(words[at] | words[at + 1])
        danger = (one.label in REVIEWED_ACTS) is not (other.label in REVIEWED_ACTS)
        if danger and alike and one.voice == other.voice:
            yield from (at, at + 1)


def _group(number: int, row: Sentence) -> str:
    """The voice; of real texts, which nobody wrote in one voice, each is a group of its own."""
    return f"{row.voice} {number}" if row.label == REAL else row.voice


def _says_nothing(text: str) -> bool:
    """Whether the rules find no act in a post. Headlines too are read as posts: as if shouted."""
    return not rulebook().read(text, "post").matches
