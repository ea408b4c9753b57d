"""How alike two texts are in what they tell: the cosine of their rare words and parts of words.

A word weighs by how rare it is (tasks.group.rarity), and stands for itself and for its rarest
four-letter parts, so that "mengungsi" is near "pengungsi". A word said again adds little (BM25).
The scheme, its numbers and the thresholds were chosen on the train part of hoax_tweets_umpo and
measured on its valid part: `saring evaluate group`. Similarity does not see negation.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

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


class Weighed(NamedTuple):
    """Hashes (n,), none twice and ascending in a vector, and what each weighs (n,)."""

    hashes: NDArray[np.uint32]
    weights: NDArray[np.float32]


def closeness(one: str, other: str) -> float:
    """The cosine of the vectors of two skeletons: 0 to 1."""
    a, b = vector(one), vector(other)
    if not (len(a.hashes) and len(b.hashes)):
        return 0.0
    places = np.minimum(np.searchsorted(a.hashes, b.hashes), len(a.hashes) - 1)
    shared = a.hashes[places] == b.hashes
    return min(1.0, float(a.weights[places[shared]] @ b.weights[shared]))


def term_keys(skeletons: Sequence[str]) -> list[tuple[int, ...]]:
    """The keys (below 2^KEY_BITS) of the TERMS rarest words of each skeleton."""
    return [tuple(map(_key, _rarest(skeleton))) for skeleton in skeletons]


@lru_cache(maxsize=_VECTORS)
def vector(skeleton: str) -> Weighed:
    """The vector of a skeleton, of unit length; empty for an empty one."""
    said = Counter(skeleton.split())
    if not said:
        return Weighed(np.empty(0, np.uint32), np.empty(0, np.float32))
    words = [_weighed(word) for word in said]
    often = np.array([count * (1 + _SATURATION) / (count + _SATURATION) for count in said.values()])
    every = np.concatenate([word.weights for word in words])
    every *= np.repeat(often, [len(word.hashes) for word in words])
    hashes, at = np.unique(np.concatenate([word.hashes for word in words]), return_inverse=True)
    weights = np.bincount(at, every).astype(np.float32)
    return Weighed(hashes, weights / np.linalg.norm(weights))


@lru_cache(maxsize=WORDS_REMEMBERED)
def _weighed(word: str) -> Weighed:
    """A word and its rarest parts: together of the length that `_weight` says."""
    hashes = np.array(parts_of(word), np.uint32)
    rare = rarity(hashes)
    rarest = np.argsort(-rare, kind="stable")[:_PARTS]
    of_parts = rare[rarest] / np.linalg.norm(rare[rarest])
    weights = np.append(of_parts, np.float32(1)) * np.float32(_weight(word) / np.sqrt(2))
    return Weighed(np.append(hashes[rarest], np.uint32(word_hash(word))), weights)


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
    rare = float(rarity(np.array([word_hash(word)], np.uint32))[0])
    return rare * (_NUMBER if word.isdigit() else _AFFIXED if _AFFIXES.fullmatch(word) else 1.0)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _key(word: str) -> int:
    """Of two checksums, since one of 32 bits is not enough to keep a million words apart."""
    return (crc32(word.encode(), 1) << 32 | word_hash(word)) & ((1 << KEY_BITS) - 1)
