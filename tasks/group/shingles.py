"""MinHash of character shingles: which texts are nearly the same, without comparing all.

The similarity of two skeletons is the Jaccard similarity of their sets of SHINGLE bytes in a row;
PERMUTATIONS minima estimate it (Broder 1997), by the library rensa. They also make BANDS keys:
two texts of similarity s share one with probability 1 - (1 - s^ROWS)^BANDS, which is .94 at .63
and .001 at .09, where 99 of 100 unrelated pairs stay below. `saring evaluate group` measures it.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

SHINGLE: Final = 4
BANDS: Final = 16
ROWS: Final = 4
PERMUTATIONS: Final = BANDS * ROWS

KEY_BITS: Final = 50
_SEED: Final = 20_261_123
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_AGAIN: Final = np.uint64(0xBF58476D1CE4E5B9)


def minima(skeletons: Sequence[str]) -> NDArray[np.uint64]:
    """PERMUTATIONS minima (n, PERMUTATIONS) of the shingles of each skeleton."""
    if not skeletons:
        return np.empty((0, PERMUTATIONS), np.uint64)
    signs = [f" {skeleton} ".encode().ljust(SHINGLE) for skeleton in skeletons]
    ends = list(accumulate(map(len, signs), initial=0))
    hashed = _hashed(b"".join(signs))
    # Without those that reach over the end of a text.
    own = [hashed[start : end - SHINGLE + 1] for start, end in pairwise(ends)]
    rows = list(accumulate(map(len, own), initial=0))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(own), rows, PERMUTATIONS, _SEED
    )
    return np.array(matrix.to_rows(), dtype=np.uint64)


def band_keys(found: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A key below 2^KEY_BITS for each of the BANDS of each row of minima: (n, BANDS)."""
    rows = found.reshape(len(found), BANDS, ROWS)
    keys = np.broadcast_to(np.arange(1, BANDS + 1, dtype=np.uint64), rows.shape[:2]).copy()
    for row in range(ROWS):
        keys = _mixed(keys ^ rows[:, :, row])
    return np.asarray(keys >> np.uint64(64 - KEY_BITS))


def sketches(found: NDArray[np.uint64]) -> list[bytes]:
    """The lowest byte of each minimum, by which similarity is estimated."""
    return [row.tobytes() for row in found.astype(np.uint8)]


def similarity(one: bytes, other: bytes) -> float:
    """The Jaccard similarity that two sketches tell: 0 to 1, standard error at most .07."""
    same = np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8)
    by_chance = 1 / 256
    return max(0.0, (float(same.mean()) - by_chance) / (1 - by_chance))


def _hashed(text: bytes) -> NDArray[np.uint64]:
    """A hash of every SHINGLE bytes in a row."""
    signs = np.frombuffer(text, np.uint8).astype(np.uint64)
    count = len(signs) - SHINGLE + 1
    hashed = np.zeros(count, np.uint64)
    for place in range(SHINGLE):
        hashed = (hashed << np.uint64(8)) | signs[place : place + count]
    return _mixed(hashed)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of a value spread over all (splitmix64)."""
    values = (values + _MIX) * _AGAIN
    return np.asarray(values ^ (values >> np.uint64(31)))
