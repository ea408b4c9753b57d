"""A share of a count, with how sure it is."""

import math
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959963984540054
"""Quantile of the normal distribution for 95%."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `of`, and the 95% score interval of that share.

    Method: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927). Raises ValueError for counts that
    are no share of anything.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of} is no share")

    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its lower and upper bound; None of nothing."""
        if not self.of:
            return None
        share, squared = self.count / self.of, _Z * _Z
        centre = (share + squared / (2 * self.of)) / (1 + squared / self.of)
        spread = math.sqrt(share * (1 - share) / self.of + squared / (4 * self.of**2))
        half = _Z * spread / (1 + squared / self.of)
        # At 0 and 1 the bound is exact, save for the rounding of floats.
        low = 0.0 if self.count == 0 else centre - half
        return low, 1.0 if self.count == self.of else centre + half
