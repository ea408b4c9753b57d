"""The examples of the head of acts: invented sentences, and real texts in which no act is done.

Headlines tell of violence, fraud and protest all day without doing any of it. Posts come from two
sets that were gathered for other ends; only those count as doing nothing in which no rule
finds anything either. So a few acts that the rules miss are taught as none.
"""

from pathlib import Path
from typing import Final

import numpy as np

from tasks.concepts import with_concepts
from tasks.rules import rulebook
from tasks.words import Act
from training.act_sentences import FOLDER, OTHER, Sentence, sentences
from training.data import Examples, Split, clean, read

ACTS: Final[tuple[Act, ...]] = (
    "criticism",
    "satire",
    "misconduct_report",
    "identity_hate",
    "incitement_threat",
    "doxxing",
    "scam_impersonation",
    "good_news",
    "question",
    "complaint",
    "rumour",
    "slander_person",
    "abusive",
    "emergency",
)
"""The labels. `press` follows from the kind of an item, `false_claim` needs a fact-check."""
BACKGROUND: Final = {
    "news_topic_clickid": "text",
    "emot_emotion": "text",
    "stif_informal_formal": "informal",
}
"""Sets of real texts, with the column that holds them."""
_ROWS: Final = 3500
"""Rows taken of one set, in its order."""


def act_examples(data: Path, split: Split, folder: Path = FOLDER) -> Examples:
    """Texts with their concepts, each a row of at most one act; rows of one frame are a group.

    The sentences are the same whatever the split: who measures must fold by group.
    """
    rows = list(sentences(folder))
    sources = ["invented"] * len(rows)
    for name, column in BACKGROUND.items():
        texts = [clean(row[column]) for row in read(data, name, split)[:_ROWS]]
        rows += [Sentence(OTHER, "ind", text, text) for text in filter(_says_nothing, texts)]
        sources += [name] * (len(rows) - len(sources))
    acts = np.array([row.act for row in rows])
    return Examples(
        labels=ACTS,
        texts=[with_concepts(row.text) for row in rows],
        truth=np.asarray(acts[:, np.newaxis] == np.array(ACTS)),
        sources=np.array(sources),
        groups=np.array([row.frame for row in rows]),
        weights=np.ones(len(rows)),
        languages=np.array([row.language for row in rows]),
    )


def _says_nothing(text: str) -> bool:
    """Whether the rules find no act in a post. Headlines too are read as posts: as if shouted."""
    return not rulebook().read(text, "post").matches
