"""How alike two texts are in what they tell: the cosine of their rare words and parts of words.

A word weighs by how rare it is (tasks.group.rarity), and stands for itself and for its rarest
four-letter parts, so that "mengungsi" is near "pengungsi". A word said again adds little (BM25).
The scheme, its numbers and the thresholds were chosen on the train part of hoax_tweets_umpo and
measured on its valid part: `saring evaluate group`. Similarity does not see negation.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import Final
from zlib import crc32

from tasks.group.rarity import rarity
from tasks.group.shingles import KEY_BITS
from tasks.tokens import WORDS_REMEMBERED

JOIN: Final = 0.31
"""From this closeness on a text joins the narrative of the one it is closest to;"""
MERGE: Final = 0.6
"""and from this one on that of every other too."""
TERMS: Final = 8
"""Rarest words of a text by which others find it."""

_PART: Final = 4
_PARTS: Final = 4
_SATURATION: Final = 0.8
_NUMBER: Final = 1.2
_AFFIXED: Final = 0.9
_AFFIXES: Final = re.compile(
    r"(?:mem|men|me|di|ber|ter|per|pem|pen|pe|ke|se)[^\W\d_]{3,}"
    r"|[^\W\d_]{4,}(?:nya|lah|kah|kan|an|ku|mu|i)"
)
_VECTORS: Final = 8192


def closeness(one: str, other: str) -> float:
    """The cosine of the vectors of two skeletons: 0 to 1."""
    a, b = vector(one), vector(other)
    few, many = (a, b) if len(a) < len(b) else (b, a)
    return min(1.0, sum(few[hashed] * many[hashed] for hashed in few.keys() & many.keys()))


def term_keys(skeletons: Sequence[str]) -> list[tuple[int, ...]]:
    """The keys (below 2^KEY_BITS) of the TERMS rarest words of each skeleton."""
    return [tuple(map(_key, _rarest(skeleton))) for skeleton in skeletons]


@lru_cache(maxsize=_VECTORS)
def vector(skeleton: str) -> Mapping[int, float]:
    """What a skeleton weighs at each hash; of unit length, or empty for an empty one."""
    found: dict[int, float] = defaultdict(float)
    for word, count in Counter(skeleton.split()).items():
        often = count * (1 + _SATURATION) / (count + _SATURATION)
        for hashed, weight in _weighed(word):
            found[hashed] += often * weight
    length = sqrt(sum(weight * weight for weight in found.values()))
    return {hashed: weight / length for hashed, weight in found.items()}


@lru_cache(maxsize=WORDS_REMEMBERED)
def _weighed(word: str) -> tuple[tuple[int, float], ...]:
    """The hashes of a word's rarest parts and of itself: together of the length of `_weight`."""
    rarest = sorted(((rarity(part), -part) for part in parts_of(word)), reverse=True)[:_PARTS]
    length = sqrt(sum(rare * rare for rare, _ in rarest))
    half = _weight(word) / sqrt(2)  # its parts weigh as much as itself
    parts = ((-part, half * rare / length) for rare, part in rarest)
    return (*parts, (word_hash(word), half))


def word_hash(word: str) -> int:
    """The hash of a whole word, apart from those of parts."""
    return crc32(b"W" + word.encode())


def parts_of(word: str) -> list[int]:
    """The hashes of the four-letter parts of a word."""
    padded = f" {word} "
    parts = {padded[at : at + _PART] for at in range(max(1, len(padded) - _PART + 1))}
    return sorted(crc32(part.encode()) for part in parts)


def _rarest(skeleton: str) -> list[str]:
    return sorted(set(skeleton.split()), key=_rank)[:TERMS]


@lru_cache(maxsize=WORDS_REMEMBERED)
def _rank(word: str) -> tuple[float, str]:
    return -_weight(word), word


@lru_cache(maxsize=WORDS_REMEMBERED)
def _weight(word: str) -> float:
    rare = rarity(word_hash(word))
    return rare * (_NUMBER if word.isdigit() else _AFFIXED if _AFFIXES.fullmatch(word) else 1.0)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _key(word: str) -> int:
    """Of two checksums, since one of 32 bits is not enough to keep a million words apart."""
    return (crc32(word.encode(), 1) << 32 | word_hash(word)) & ((1 << KEY_BITS) - 1)
