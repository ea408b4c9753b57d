"""How rare a word or a part of one is: a table of IDF, hashed, made by `saring train`."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = Path(__file__).parents[1] / "assets" / "weights" / "rarity.npz"
BITS: Final = 17
STEPS: Final = 16
"""Steps of one unit of IDF (natural logarithm) in the table."""


def rarity(hashes: NDArray[np.uint32]) -> NDArray[np.float32]:
    """IDF of what hashes to these, about 1 (in every text) to 12 (in none that was counted)."""
    found: NDArray[np.float32] = table()[hashes & np.uint32((1 << BITS) - 1)] / np.float32(STEPS)
    return found


@cache
def table() -> NDArray[np.uint8]:
    """The table (2^BITS), read once. Raises FileNotFoundError when the package is incomplete."""
    with np.load(FILE, allow_pickle=False) as arrays:
        stored: NDArray[np.uint8] = arrays["idf"]
    return stored
