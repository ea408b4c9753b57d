"""How much a shared term says: its inverse document frequency, from a hashed table.

A term weighs what it weighs in the language where it is most common. `saring train` makes the
table.
"""

from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tasks.claims.numbers import MARK

BITS: Final = 16
STEPS: Final = 16
"""Steps of one unit (natural logarithm) in the table."""
MOST_OF_NUMBERS: Final = 5.5
"""Weight that a number can have: many are seen once, and yet say little alone."""
_YEAR: Final = f"{MARK}20"
_REMEMBERED: Final = 200_000


def bucket(term: str) -> int:
    """The column of a term in the table."""
    return crc32(term.encode()) & ((1 << BITS) - 1)


class Rarity(dict[str, float]):
    """The weight of each term: `rarity[term]`. 0 for years, letters, and words in every text.

    A dict of those asked for so far, since each text asks for each of its terms.
    """

    def __init__(self, table: NDArray[np.uint8]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, term: str) -> float:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[term] = self._weight(term)
        return found

    def _weight(self, term: str) -> float:
        if len(term) < 2 or (len(term) == 5 and term.startswith(_YEAR)):
            return 0.0
        weight = float(self._table[bucket(term)]) / STEPS
        return min(MOST_OF_NUMBERS, weight) if term[0] == MARK else weight
