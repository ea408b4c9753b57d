"""The table of rare words and parts of words by which narratives are told (tasks.group.rarity)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from tasks.group.rarity import BITS, STEPS
from tasks.group.vectors import parts_of, word_hash
from tasks.skeleton import skeleton
from training.data import clean, read
from training.pack import write_npz

NAME: Final = "rarity"
SETS: Final = {
    "news_topic_clickid": ("text",),
    "clickbait_clickid": ("text",),
    "emot_emotion": ("text",),
    "indonli_pairs": ("premise", "hypothesis"),
    "sib200_topic_nusantara": ("text",),
}
"""Posts of hate_abusive_id are left out for their licence, SmSA since NusaX is measured on."""
LICENCE: Final = "CC-BY-SA-4.0"
LANGUAGES: Final = ("ind", "jav", "sun", "min")
_FEWEST: Final = 2
"""Texts that a word must stand in to be counted."""


def train_rarity(data: Path, out: Path) -> None:
    """Write rarity.npz to `out`. Raises FileNotFoundError when a set is missing."""
    texts = sorted({skeleton(text) for text in _texts(data)})
    found: Counter[int] = Counter()
    for text in texts:
        words = set(text.split())
        found.update({hashed for word in words for hashed in (word_hash(word), *parts_of(word))})
    most = np.zeros(1 << BITS)
    for hashed, count in found.items():
        if count >= _FEWEST:
            bucket = hashed & ((1 << BITS) - 1)
            most[bucket] = max(most[bucket], count)
    idf = np.log((len(texts) + 1) / (most + 1)) + 1
    write_npz(out / f"{NAME}.npz", {"idf": np.rint(STEPS * np.minimum(idf, 15.9)).astype(np.uint8)})


def _texts(data: Path) -> Iterator[str]:
    for name, columns in SETS.items():
        for row in read(data, name, "train"):
            if row.get("lang", "ind") in LANGUAGES:
                yield from (clean(row[column]) for column in columns)
