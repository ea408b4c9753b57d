"""A stream of invented posts in which much is repeated, as long as wanted, for `bench stories`.

Words are made of syllables and come as often as words do (Zipf); so rare words are rare. Of the
posts, some repeat an earlier one to the letter, in capitals with a call to share, or with edits.
"""

from collections import deque
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Final

import numpy as np

from training.edits import edited

EXACT: Final = 0.25
SHOUTED: Final = 0.05
EDITED: Final = 0.10
"""Shares of posts that repeat an earlier one in each of these ways; an assumption, no measure."""
_RECENT: Final = 20_000
"""An earlier one is one of so many new ones before it."""
_VOCABULARY: Final = 60_000
_WORDS: Final = (8, 40)
_DRAWN: Final = 4096

_STARTS: Final = ["b", "d", "g", "k", "l", "m", "n", "p", "r", "s", "t", "j", "h", "w", "ng", "ny"]
_VOWELS: Final = ["a", "i", "u", "e", "o"]


def posts(seed: int) -> Iterator[str]:
    """Posts without end."""
    random, draws = Random(seed), np.random.default_rng(seed)
    words = _vocabulary(random)
    chances = 1 / np.arange(1, len(words) + 1)
    chances /= chances.sum()
    recent: deque[str] = deque(maxlen=_RECENT)
    while True:
        lengths = draws.integers(*_WORDS, size=_DRAWN)
        drawn = draws.choice(len(words), size=int(lengths.sum()), p=chances).tolist()
        at = 0
        for length in lengths.tolist():
            yield _next(" ".join(words[one] for one in drawn[at : at + length]), recent, random)
            at += length


def _next(new: str, recent: deque[str], random: Random) -> str:
    kind = random.random()
    if recent and kind < EXACT + SHOUTED + EDITED:
        old = random.choice(recent)
        if kind < EXACT:
            return old
        return f"SEBARKAN! {old.upper()}" if kind < EXACT + SHOUTED else edited(old, 0.1, random)
    recent.append(new)
    return new


def _vocabulary(random: Random) -> list[str]:
    syllables = ["".join(pair) for pair in product(_STARTS, _VOWELS)]
    found: dict[str, None] = {}
    while len(found) < _VOCABULARY:
        found["".join(random.choices(syllables, k=random.randint(2, 4)))] = None
    return list(found)
