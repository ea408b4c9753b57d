"""One linear head: calibrated probabilities from the shared features of a text.

The weights are data (`tasks/assets/weights/<head>.npz`), made by `saring train`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tasks import concepts
from tasks.features import VERSION, WIDTH, WORDS_FROM, Features

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One linear model: `labels` columns of int8 weights, calibration folded into the scale.

    `place[column]` is the row of `weights` for a feature; row 0 is zero, for those pruned.
    `given[label]` is the label without which it cannot hold, or -1 (see `chained`). `slopes`
    multiply the logits of texts in a language; 1 where a language is not named.
    """

    name: str
    version: str
    labels: tuple[str, ...]
    exclusive: bool
    place: NDArray[np.int32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    given: NDArray[np.int8]
    slopes: dict[str, float]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a head. Raises FileNotFoundError, or ValueError when it is not for this code."""
        content = path.read_bytes()
        with np.load(path, allow_pickle=False) as arrays:
            made_for = f"{arrays['features_version']} {arrays.get('concepts', '')}"
            if made_for != f"{VERSION} {concepts.version()}":
                raise ValueError(
                    f"{path}: weights for features version {made_for}, but the code makes version "
                    f"{VERSION} {concepts.version()}; run `saring train` to make them again"
                )
            place = np.zeros(WIDTH, dtype=np.int32)
            columns = np.cumsum(arrays["gaps"], dtype=np.int64)
            place[columns] = np.arange(1, len(columns) + 1)
            weights = arrays["weights"]
            return cls(
                name=path.stem,
                version=hashlib.sha256(content).hexdigest()[:12],
                labels=tuple(arrays["labels"].tolist()),
                exclusive=bool(arrays["exclusive"]),
                place=place,
                weights=np.vstack([np.zeros_like(weights[:1]), weights]),
                scale=arrays["scale"],
                bias=arrays["bias"],
                thresholds=arrays["thresholds"],
                # Files made before 2026-11-23 have neither chains nor slopes.
                given=arrays.get("given", np.full(len(arrays["labels"]), -1, dtype=np.int8)),
                slopes=_slopes(arrays) if "slopes" in arrays else {},
            )

    @property
    def alarm(self) -> float:
        """The probability of danger from which a person should look; 1 where none was fitted."""
        return float(self.thresholds[0]) if self.exclusive and len(self.thresholds) else 1.0

    def probabilities(self, batch: Features, languages: Sequence[str] = ()) -> Matrix:
        """One row a text, one column a label; rows sum to one where labels are exclusive.

        `languages` are those of the texts, as `Language.code`; without them no slope is used.
        """
        return self.judged(summed(self.place, self.weights, batch), languages)

    def judged(self, sums: NDArray[np.float32], languages: Sequence[str] = ()) -> Matrix:
        """The same of `summed` weights."""
        logits = (sums * self.scale + self.bias).astype(np.float64)
        if self.slopes and languages:
            logits *= np.array([[self.slopes.get(code, 1.0)] for code in languages])
        return self.link(logits)

    def familiar(self, batch: Features) -> Matrix:
        """Share of the character block of each text that lies in features this head has kept."""
        known = (batch.indices < WORDS_FROM) & (self.place[batch.indices] > 0)
        rows = np.repeat(np.arange(len(batch.latin)), np.diff(batch.offsets))
        # A block has length one, so its squares are the shares of its counts.
        shares = batch.values[known].astype(np.float64) ** 2
        return np.asarray(np.bincount(rows[known], shares, len(batch.latin)), dtype=np.float64)

    def link(self, logits: Matrix) -> Matrix:
        """Logits to probabilities: shares where labels are exclusive, else chained sigmoids."""
        if not self.exclusive:
            return chained(1.0 / (1.0 + np.exp(-logits)), self.given)
        return share_out(logits)


def summed(
    place: NDArray[np.int32], weights: NDArray[np.int8], batch: Features
) -> NDArray[np.float32]:
    """The sums of weighed features, (texts, columns of `weights`)."""
    rows = place[batch.indices]
    kept = np.flatnonzero(rows)  # many features were pruned
    held, values = weights.take(rows[kept], axis=0), batch.values[kept]
    bounds = np.searchsorted(kept, batch.offsets).tolist()
    sums = np.zeros((len(batch.latin), weights.shape[1]), dtype=np.float32)
    for text, (start, end) in enumerate(pairwise(bounds)):
        # One by one: each is summed in the same order whatever stands beside it, and faster.
        np.einsum("n,nk->k", values[start:end], held[start:end], out=sums[text])
    return sums


def share_out(logits: Matrix) -> Matrix:
    """Sigmoids of logits (texts, labels), scaled so that those of a text sum to one."""
    logs = -np.logaddexp(0.0, -logits)
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def chained(own: Matrix, given: NDArray[np.int8]) -> Matrix:
    """P(label and what it needs) from each label's `own` P(label | what it needs).

    Both (texts, labels); `given` holds for each label the place of the one it needs, or -1. What
    is needed needs nothing itself. So no probability is above that of the label it needs.
    """
    padded = np.hstack([own, np.ones((len(own), 1))])
    return np.asarray(own * padded[:, given])


def _slopes(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, float]:
    return dict(zip(arrays["slope_languages"].tolist(), arrays["slopes"].tolist(), strict=True))
