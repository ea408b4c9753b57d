"""The linear heads: calibrated probabilities of language, sentiment and hate for a text.

The weights are data (`tasks/assets/weights/*.npz`), made by `saring train`. Their licences
differ, so each head is a file of its own; the hate head may be left out.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tasks.features import VERSION, WIDTH, WORDS_FROM, Features, features

ASSETS: Final = Path(__file__).parent / "assets" / "weights"
REQUIRED: Final = ("language", "sentiment")
OPTIONAL: Final = ("hate",)
"""Heads whose file may be absent: their signals are then not there."""

UNDETERMINED: Final = "und"
MIN_LETTERS: Final = 4
MIN_PROBABILITY: Final = 0.5
MIN_FAMILIAR: Final = 0.75
"""Share of a text's letter groups that the language head has met. On valid it costs .004 of one
set of posts and nothing elsewhere; it turns away text in languages that the head never saw."""
_CHUNK: Final = 1 << 17
"""Code points hashed at once: bounds the memory that one batch of long articles takes."""

Matrix = NDArray[np.float64]


class Language(NamedTuple):
    """ISO 639-3 code (Malay is `zsm`) and the probability of the likeliest known language.

    The code is `und` when the text has fewer than `MIN_LETTERS` Latin letters or more letters of
    another script (the probability is then 0), when the probability is under `MIN_PROBABILITY`,
    or when its spelling is unlike every known language (`MIN_FAMILIAR`).
    """

    code: str
    probability: float


@dataclass(frozen=True, slots=True)
class Score:
    """What the heads say of one text. Signals are named `head.label`, as in `hate.HS`."""

    language: str
    language_probability: float
    signals: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One linear model: `labels` columns of int8 weights, calibration folded into the scale.

    `place[column]` is the row of `weights` for a feature; row 0 is zero, for those pruned.
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

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a head. Raises FileNotFoundError, or ValueError when it is not for this code."""
        content = path.read_bytes()
        with np.load(path, allow_pickle=False) as arrays:
            if arrays["features_version"] != VERSION:
                raise ValueError(
                    f"{path}: weights for features version {arrays['features_version']}, but the "
                    f"code makes version {VERSION}; run `saring train` to make them again"
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
            )

    def probabilities(self, batch: Features) -> Matrix:
        """One row a text, one column a label; rows sum to one where labels are exclusive."""
        rows = self.place[batch.indices]
        weighed = self.weights[rows] * batch.values[:, np.newaxis]
        sums = np.zeros((len(batch.latin), len(self.labels)), dtype=np.float32)
        filled = np.diff(batch.offsets) > 0
        if filled.any():
            sums[filled] = np.add.reduceat(weighed, batch.offsets[:-1][filled], axis=0)
        return self.link((sums * self.scale + self.bias).astype(np.float64))

    def familiar(self, batch: Features) -> Matrix:
        """Share of the character block of each text that lies in features this head has kept."""
        known = (batch.indices < WORDS_FROM) & (self.place[batch.indices] > 0)
        rows = np.repeat(np.arange(len(batch.latin)), np.diff(batch.offsets))
        # A block has length one, so its squares are the shares of its counts.
        shares = batch.values[known].astype(np.float64) ** 2
        return np.asarray(np.bincount(rows[known], shares, len(batch.latin)), dtype=np.float64)

    def link(self, logits: Matrix) -> Matrix:
        """Logits to probabilities: softmax where labels are exclusive, else sigmoid."""
        if not self.exclusive:
            return np.asarray(1.0 / (1.0 + np.exp(-logits)))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Heads:
    """All heads of one folder. A text's scores depend on that text alone, not on the batch."""

    loaded: tuple[Head, ...]

    @classmethod
    def load(cls, directory: Path = ASSETS) -> Self:
        """Read the heads in `directory`. Raises FileNotFoundError when a required one is absent."""
        for name in REQUIRED:
            if not (directory / f"{name}.npz").is_file():
                raise FileNotFoundError(
                    f"no {name}.npz in {directory}; run `saring train` to make the weights"
                )
        names = [name for name in OPTIONAL if (directory / f"{name}.npz").is_file()]
        return cls(tuple(Head.load(directory / f"{name}.npz") for name in (*REQUIRED, *names)))

    @property
    def versions(self) -> dict[str, str]:
        """Head name to the first 12 hex digits of its file's sha256."""
        return {head.name: head.version for head in self.loaded}

    @property
    def thresholds(self) -> dict[str, float]:
        """Signal name to the probability from which F1 was best on folds of the training data."""
        return {
            f"{head.name}.{label}": round(float(threshold), 4)
            for head in self.loaded
            if not head.exclusive
            for label, threshold in zip(head.labels, head.thresholds, strict=True)
        }

    def score(self, texts: Sequence[str]) -> tuple[Score, ...]:
        """Language and signals of each text, in order; probabilities rounded to 4 decimals."""
        return tuple(
            Score(*language, signals)
            for batch in _hashed(texts)
            for language, signals in zip(self._languages(batch), self._signals(batch), strict=True)
        )

    def languages(self, texts: Sequence[str]) -> tuple[Language, ...]:
        """The language part of `score`, alone."""
        return tuple(found for batch in _hashed(texts) for found in self._languages(batch))

    def signals(self, texts: Sequence[str]) -> tuple[dict[str, float], ...]:
        """The signals part of `score`, alone."""
        return tuple(found for batch in _hashed(texts) for found in self._signals(batch))

    def _languages(self, batch: Features) -> list[Language]:
        head = self.loaded[0]
        found = head.probabilities(batch)
        readable = (batch.latin >= MIN_LETTERS) & (batch.latin > batch.foreign)
        top = np.where(readable, found.max(axis=1), 0.0)
        known = (top >= MIN_PROBABILITY) & (head.familiar(batch) >= MIN_FAMILIAR)
        return [
            Language(head.labels[best] if sure else UNDETERMINED, probability)
            for best, sure, probability in zip(
                found.argmax(axis=1), known, top.round(4).tolist(), strict=True
            )
        ]

    def _signals(self, batch: Features) -> list[dict[str, float]]:
        heads = self.loaded[1:]
        names = [f"{head.name}.{label}" for head in heads for label in head.labels]
        found = np.hstack([head.probabilities(batch) for head in heads]).round(4).tolist()
        return [dict(zip(names, row, strict=True)) for row in found]


@cache
def heads() -> Heads:
    """The heads that come with the code, read once per process (and shared by its forks)."""
    return Heads.load()


def _hashed(texts: Sequence[str]) -> Iterator[Features]:
    """Features of `texts`, in chunks of about `_CHUNK` code points."""
    chunk: list[str] = []
    room = _CHUNK
    for text in texts:
        if chunk and len(text) > room:
            yield features(chunk)
            chunk, room = [], _CHUNK
        chunk.append(text)
        room -= len(text)
    if chunk:
        yield features(chunk)
