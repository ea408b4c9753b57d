"""How rare a word or a part of one is: a table of IDF, hashed, made by `saring train`."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

FILE: Final = Path(__file__).parents[1] / "assets" / "weights" / "rarity.npz"
BITS: Final = 17
STEPS: Final = 16
"""Steps of one unit of IDF (natural logarithm) in the table."""


def rarity(hashed: int) -> float:
    """IDF of what hashes to this, about 1 (in every text) to 12 (in none that was counted)."""
    return table()[hashed & ((1 << BITS) - 1)] / STEPS


@cache
def table() -> bytes:
    """The table (2^BITS), read once. Raises FileNotFoundError when the package is incomplete."""
    with np.load(FILE, allow_pickle=False) as arrays:
        stored: bytes = arrays["idf"].astype(np.uint8).tobytes()
    return stored
