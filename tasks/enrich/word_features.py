"""Features of words for the tagger: what a word looks like, and what its neighbours are.

A feature is a 32-bit number (CRC-32 of its kind and value), so that no word is kept in the
weights. `tasks/assets/gazetteer/classes.tsv` lists words of a class: given names, countries,
heads of institutions; such a class is a feature, beside the words of the gazetteer's places.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from zlib import crc32

import numpy as np

from tasks.enrich.key_index import Keys
from tasks.gazetteer import FOLDER, places
from tasks.names import split

VERSION: Final = 1
"""Raise it when a word gets other features than before: weights of another version are refused."""
PAD: Final = "\n"
"""Stands `MARGIN` times before and behind a line."""
MARGIN: Final = 2
"""How many words to either side a word is judged by."""

KINDS: Final = {
    "word": 2,
    "shape": 2,
    "class": 2,  # with the shape
    "any class": 1,
    "spelling": 0,  # word and shape
    "length": 1,
    "first 1": 0,
    "first 2": 0,
    "first 3": 1,
    "first 4": 0,
    "last 1": 0,
    "last 2": 1,
    "last 3": 2,
    "last 4": 0,
}
"""Kinds of features of one word, each with the distance at which a neighbour is judged by it."""
CODES: Final = 3
"""How many of them, the first ones, take part in features of several words."""

_WORD, _SHAPE, _CLASS = range(CODES)
_TOGETHER: Final = (
    ((_WORD, -1), (_WORD, 0)),
    ((_WORD, 0), (_WORD, 1)),
    ((_WORD, -2), (_WORD, -1)),
    ((_WORD, 1), (_WORD, 2)),
    ((_SHAPE, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_SHAPE, 1)),
    ((_SHAPE, -1), (_SHAPE, 0), (_SHAPE, 1)),
    ((_SHAPE, -2), (_SHAPE, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_SHAPE, 1), (_SHAPE, 2)),
    ((_WORD, -1), (_SHAPE, 0)),
    ((_SHAPE, 0), (_WORD, 1)),
    ((_WORD, -1), (_SHAPE, 0), (_SHAPE, 1)),
    ((_WORD, -2), (_SHAPE, -1), (_SHAPE, 0)),
    ((_CLASS, -1), (_CLASS, 0)),
    ((_CLASS, 0), (_CLASS, 1)),
    ((_CLASS, -1), (_CLASS, 0), (_CLASS, 1)),
)
"""Features of several words: which code of the word at which distance."""
_SALTS: Final = tuple(crc32(kind.encode()) for kind in KINDS)
_DIGIT: Final = re.compile(r"\d")
_LONGEST: Final = 40
"""Letters of a word that are looked at: bounds what one word costs, and what is remembered."""
_LENGTHS: Final = 6
# Odd 64-bit constants (splitmix64 and golden ratio): odd, so that multiplying loses nothing.
_STEP: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def clip(word: str) -> str:
    """As much of `word` as its features are made of."""
    return word[:_LONGEST]


def word_keys(word: str) -> list[int]:
    """The features of one word, one for each of `KINDS`."""
    word = clip(word)
    lower, shape = _DIGIT.sub("0", word.lower()), _shape(word)
    listed = classes().get(lower, "")
    values = (
        lower,
        shape,
        f"{listed} {shape}",
        listed,
        f"{lower} {shape}",
        f"{shape} {min(len(word), _LENGTHS)}",
        f"{lower[:1]} {shape}",
        *(lower[:length] for length in (2, 3, 4)),
        *(lower[-length:] for length in (1, 2, 3, 4)),
    )
    return [
        crc32(value.encode("utf-8", "surrogatepass"), salt)
        for value, salt in zip(values, _SALTS, strict=True)
    ]


def joint_keys(codes: Keys) -> Keys:
    """Features of neighbours: a row a word, but for the `MARGIN` words at either end.

    `codes` has a row a word: the first `CODES` of its `word_keys`.
    """
    count = len(codes) - 2 * MARGIN
    wide = codes.astype(np.uint64)
    keys = np.empty((count, len(_TOGETHER)), dtype=np.uint32)
    for column, parts in enumerate(_TOGETHER):
        state = np.full(count, column + 1, dtype=np.uint64)
        for code, distance in parts:
            first = MARGIN + distance
            state = (state * _STEP ^ wide[first : first + count, code]) * _MIX
            state ^= state >> np.uint64(32)
        keys[:, column] = state >> np.uint64(32)
    return keys


def _shape(word: str) -> str:
    """Large, small, digit or the sign itself, runs drawn together: "PDI-P" is X-X."""
    shape = ""
    for letter in word:
        if letter.isalpha():
            kind = "X" if letter.isupper() else "x"
        else:
            kind = "0" if letter.isdigit() else letter
        if not shape.endswith(kind):
            shape += kind
    return shape


@cache
def classes() -> dict[str, str]:
    """The classes of each word that has any, joined by a plus."""
    found: dict[str, set[str]] = {}
    for name, word in _listed():
        found.setdefault(word, set()).add(name)
    return {word: "+".join(sorted(names)) for word, names in found.items()}


def _listed() -> Iterator[tuple[str, str]]:
    with (FOLDER / "classes.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield from ((row["class"], word) for word in row["words"].split())
    for place in places():
        for name in (place.name, *(alias for alias, _ in place.aliases)):
            first, *rest = split(name)
            yield ("begins a place" if rest else "place"), first
            yield from (("in a place", word) for word in rest)
