"""The linear heads: calibrated probabilities of a text's language and of what it signals.

The weights are data (`tasks/assets/weights/*.npz`), made by `saring train`. Their licences
differ, so each head is a file of its own; those of `OPTIONAL` may be left out.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tasks.features import VERSION, WIDTH, WORDS_FROM, Features, features

ASSETS: Final = Path(__file__).parent / "assets" / "weights"
REQUIRED: Final = ("language", "sentiment")
OPTIONAL: Final = ("hate", "emotion", "topic", "clickbait", "act")
"""Heads whose file may be absent: their signals are then not there."""
_ACTS: Final = "act"

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
                # Files made before 2026-11-23 have neither chains nor slopes.
                given=arrays.get("given", np.full(len(arrays["labels"]), -1, dtype=np.int8)),
                slopes=_slopes(arrays) if "slopes" in arrays else {},
            )

    def probabilities(self, batch: Features, languages: Sequence[str] = ()) -> Matrix:
        """One row a text, one column a label; rows sum to one where labels are exclusive.

        `languages` are those of the texts, as `Language.code`; without them no slope is used.
        """
        rows = self.place[batch.indices]
        kept = np.flatnonzero(rows)  # most features were pruned
        weighed = self.weights[rows[kept]] * batch.values[kept, np.newaxis]
        sums = np.zeros((len(batch.latin), len(self.labels)), dtype=np.float32)
        offsets = np.searchsorted(kept, batch.offsets)
        filled = np.diff(offsets) > 0
        if filled.any():
            sums[filled] = np.add.reduceat(weighed, offsets[:-1][filled], axis=0)
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


@dataclass(frozen=True, slots=True)
class Heads:
    """All heads of one folder. A text's scores depend on that text alone, not on the batch."""

    loaded: tuple[Head, ...]
    acts: Head | None = None
    """The head of acts: it gives no signals, since it reads texts with their concepts."""

    @classmethod
    def load(cls, directory: Path = ASSETS) -> Self:
        """Read the heads in `directory`. Raises FileNotFoundError when a required one is absent."""
        for name in REQUIRED:
            if not (directory / f"{name}.npz").is_file():
                raise FileNotFoundError(
                    f"no {name}.npz in {directory}; run `saring train` to make the weights"
                )
        names = [name for name in OPTIONAL if (directory / f"{name}.npz").is_file()]
        found = [Head.load(directory / f"{name}.npz") for name in (*REQUIRED, *names)]
        acts = next((head for head in found if head.name == _ACTS), None)
        return cls(tuple(head for head in found if head is not acts), acts)

    @property
    def every(self) -> tuple[Head, ...]:
        """All heads, that of acts too."""
        return self.loaded if self.acts is None else (*self.loaded, self.acts)

    @property
    def versions(self) -> dict[str, str]:
        """Head name to the first 12 hex digits of its file's sha256."""
        return {head.name: head.version for head in self.every}

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
            for batch in hashed(texts)
            for language, signals in self._scores(batch)
        )

    def languages(self, texts: Sequence[str]) -> tuple[Language, ...]:
        """The language part of `score`, alone."""
        return tuple(found for batch in hashed(texts) for found in self._languages(batch))

    def signals(self, texts: Sequence[str]) -> tuple[dict[str, float], ...]:
        """The signals part of `score`, alone."""
        return tuple(found for batch in hashed(texts) for _, found in self._scores(batch))

    def _scores(self, batch: Features) -> Iterator[tuple[Language, dict[str, float]]]:
        found = self._languages(batch)
        return zip(found, self._signals(batch, [language.code for language in found]), strict=True)

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

    def _signals(self, batch: Features, languages: list[str]) -> list[dict[str, float]]:
        heads = self.loaded[1:]
        names = [f"{head.name}.{label}" for head in heads for label in head.labels]
        found = [head.probabilities(batch, languages) for head in heads]
        rows = np.hstack(found).round(4).tolist()
        return [dict(zip(names, row, strict=True)) for row in rows]


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


@cache
def heads() -> Heads:
    """The heads that come with the code, read once per process (and shared by its forks)."""
    return Heads.load()


def hashed(texts: Sequence[str]) -> Iterator[Features]:
    """Features of `texts`, in chunks of about `_CHUNK` code points."""
    chunk: list[str] = []
    room = _CHUNK
    for text in texts:
        if chunk and len(text) > room:
            yield _features(tuple(chunk))
            chunk, room = [], _CHUNK
        chunk.append(text)
        room -= len(text)
    if chunk:
        yield _features(tuple(chunk))


@lru_cache(maxsize=1)
def _features(texts: tuple[str, ...]) -> Features:
    """Those of the last batch are kept: stages that run in one process hash it once."""
    return features(texts)
