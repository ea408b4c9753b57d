"""What a linear model reads of a text to tell assertion from denial, question and report.

What the claim is about is taken out, so that it learns how people deny, and not what.
"""

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tasks.claims.terms import place_names, terms_of
from tasks.tokens import WORDS_REMEMBERED

BITS: Final = 15
_WORD: Final = re.compile(r"[0-9]+|[^\W\d_]+|[?!:\"“”\[\]]")
_CLAIMED: Final = "Ŧ"
"""Stands for words of the claim and for places."""
_PARTS: Final = (4, 5)
_SHORTEST: Final = 4

Columns = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Columns (n,), ascending, and their values (n,), of length 1."""


def columns(text: str, shared: Iterable[str]) -> Columns:
    """The hashed words, pairs and parts of words of `text` without its `shared` terms."""
    words = masked(text, shared)
    hashed = [column for word in words for column in _of_word(word)]
    hashed += [_column(f"{left} {right}") for left, right in pairwise(words)]
    if not hashed:
        return np.zeros(0, np.int64), np.zeros(0)
    at, counts = np.unique(np.array(hashed, np.int64), return_counts=True)
    return at, counts / math.sqrt(float((counts**2).sum()))


def masked(text: str, shared: Iterable[str]) -> list[str]:
    """Words and signs of `text`; runs of the claim's terms and of places, and numbers, as one."""
    known, names = frozenset(shared), place_names()
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if word[0] in "0123456789":
            found.append("0")
        elif word in names or (len(word) >= _SHORTEST and not known.isdisjoint(terms_of(word))):
            if not found or found[-1] != _CLAIMED:
                found.append(_CLAIMED)
        else:
            found.append(word)
    return found


@lru_cache(maxsize=WORDS_REMEMBERED)
def _of_word(word: str) -> tuple[int, ...]:
    """The columns of a word and of its parts."""
    if len(word) < _SHORTEST:
        return (_column(word),)
    around = f"<{word}>"
    parts = (around[at : at + n] for n in _PARTS for at in range(len(around) - n + 1))
    return (_column(word), *(_column("_" + part) for part in parts))


def _column(gram: str) -> int:
    return crc32(gram.encode()) & ((1 << BITS) - 1)
