"""Finds 32-bit keys in a sorted list, many at a time."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
Whole = NDArray[np.int64]

_BITS: Final = 18
_SHIFT: Final = np.uint32(32 - _BITS)


@dataclass(frozen=True, slots=True, eq=False)
class KeyIndex:
    """A list of keys with a table of where those with the same leading bits begin.

    The keys are hashes, so few share them: a handful of looks beats a binary search tenfold.
    """

    keys: Keys
    """With `looks` zeros more at its end: only the key 0 is like them, and it is sought at 0."""
    begins: NDArray[np.int32]
    looks: int
    """The most keys that share their leading bits."""
    size: int

    @classmethod
    def of(cls, keys: Keys) -> Self:
        """An index of `keys`, which ascend without repeats."""
        counts = np.bincount(keys >> _SHIFT, minlength=1 << _BITS)
        begins = (np.cumsum(counts) - counts).astype(np.int32)
        looks = int(counts.max())
        return cls(np.append(keys, np.zeros(looks, np.uint32)), begins, looks, len(keys))

    def rows(self, sought: Keys) -> Whole:
        """The place of each sought key in the list; the list's length where it is not there."""
        at = self.begins[sought >> _SHIFT]
        rows = np.full(sought.shape, self.size, dtype=np.int64)
        for look in range(self.looks):
            here = at + look
            np.copyto(rows, here, where=self.keys[here] == sought)
        return rows
