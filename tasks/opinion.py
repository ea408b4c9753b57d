"""The head that reads sentence embeddings, and where its opinion is asked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

SURE: Final = 0.7
"""Probability of the best sentiment from which the linear head is believed alone. Chosen on folds
of train, where it asks for 14% of the SmSA rows, which hold 54% of that head's errors, and for 31%
and 65% of NusaX; with .8 a half more is asked, for +.002 on SmSA and -.002 on NusaX."""

_HEAD: Final = "sentiment."

Vectors = NDArray[np.float32]


def unsure(signals: Mapping[str, float]) -> bool:
    """Whether the linear sentiment head leaves room for a second opinion; not if it is silent."""
    best = max((value for name, value in signals.items() if name.startswith(_HEAD)), default=1.0)
    return best < SURE


@dataclass(frozen=True, slots=True, eq=False)
class OpinionHead:
    """A softmax over embeddings: weights (dimensions, labels), calibration folded in.

    `labels` are whole signal names, such as `sentiment.positive`.
    """

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    embedder: str
    """Version of the embedder whose vectors it was fitted to."""
    version: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a head as `training.opinion` writes it. Raises FileNotFoundError, ValueError."""
        content = path.read_bytes()
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                labels=tuple(arrays["labels"].tolist()),
                weights=arrays["weights"],
                bias=arrays["bias"],
                embedder=str(arrays["embedder"]),
                version=hashlib.sha256(content).hexdigest()[:12],
            )

    def signals(self, vectors: Vectors) -> list[dict[str, float]]:
        """Probabilities that sum to one, for each row of `vectors` by itself."""
        return [dict(zip(self.labels, self._softmax(row), strict=True)) for row in vectors]

    def _softmax(self, vector: Vectors) -> list[float]:
        # One row at a time: how BLAS shares out a product of many rows decides its rounding.
        logits = (vector @ self.weights + self.bias).astype(np.float64)
        powers = np.exp(logits - logits.max())
        found: list[float] = (powers / powers.sum()).tolist()
        return found
