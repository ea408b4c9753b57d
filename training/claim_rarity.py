"""The table of how much a shared term says (tasks.claims.rarity)."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.claims.rarity import BITS, STEPS, bucket
from tasks.claims.terms import split
from training.data import clean, read

SETS: Final = {
    "smsa_sentiment": "post",
    "hoax_tweets_umpo": "post",
    "news_topic_clickid": "headline",
    "nusax_sentiment": "lang",
    "lid_nusantara": "label",
}
"""Each set with the kind of its texts, or the column that names their language. Posts of
hate_abusive_id are left out for their licence."""
LANGUAGES: Final = ("jav", "sun", "min", "bjn", "zsm", "eng")
_UNSEEN: Final = 9.5
"""Weight of what was met nowhere."""
_LEAST: Final = 2.5
"""What weighs less, in more than 8% of the texts of a kind, says nothing."""


def rarity_table(data: Path) -> NDArray[np.uint8]:
    """(2^BITS): the weight of what hashes to each, in STEPS. Raises FileNotFoundError.

    A term weighs what it weighs in the kind of texts where it is most common: "ora" is no rare
    word because Indonesian posts seldom have it.
    """
    kinds: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for kind, text in _texts(data):
        kinds[kind][text] = None
    least = np.full(1 << BITS, _UNSEEN)
    for texts in kinds.values():
        count = np.zeros(1 << BITS)
        for text in texts:
            count[list({bucket(term) for term in split(text)})] += 1
        seen = count > 0
        least[seen] = np.minimum(least, np.log((len(texts) + 1) / (count + 0.5)))[seen]
    least[least < _LEAST] = 0.0
    table: NDArray[np.uint8] = np.rint(least * STEPS).astype(np.uint8)
    return table


def _texts(data: Path) -> Iterator[tuple[str, str]]:
    """Each text with its kind: posts, headlines, or the language of what has neither."""
    for name, column in SETS.items():
        for row in read(data, name, "train"):
            kind = row.get(column, column)
            if kind in (*LANGUAGES, "post", "headline"):
                yield kind, clean(row["text"])
