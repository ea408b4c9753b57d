"""The heads together: calibrated probabilities of a text's language and of what it signals.

The weights are data (`tasks/assets/weights/*.npz`), made by `saring train`. Their licences
differ, so each head is a file of its own; those of `OPTIONAL` may be left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tasks.features import WIDTH, Features, features
from tasks.head import Head, Matrix, summed

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
class Heads:
    """All heads of one folder. A text's scores depend on that text alone, not on the batch."""

    loaded: tuple[Head, ...]
    acts: Head | None
    """The head of acts: it gives no signals, but what `tasks.classify.hearing` makes of it."""
    place: NDArray[np.int32]
    weights: NDArray[np.int8]
    """The weights of every head side by side: a feature is looked up once for all of them."""

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
        loaded = tuple(head for head in found if head is not acts)
        return cls(loaded, acts, *_side_by_side((*loaded, *([acts] if acts else []))))

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
            for language, signals in zip(_judged(self, batch)[0], self._signals(batch), strict=True)
        )

    def languages(self, texts: Sequence[str]) -> tuple[Language, ...]:
        """The language part of `score`."""
        return tuple(found for batch in hashed(texts) for found in _judged(self, batch)[0])

    def languages_alone(self, texts: Sequence[str]) -> tuple[Language, ...]:
        """The same at less cost, where nothing else is asked of the texts."""
        head = self.loaded[0]  # it reads no meanings
        batches = (features(chunk, meanings=False) for chunk in _chunks(texts))
        return tuple(
            found for batch in batches for found in self.told(batch, head.probabilities(batch))
        )

    def signals(self, texts: Sequence[str]) -> tuple[dict[str, float], ...]:
        """The signals part of `score`, alone."""
        return tuple(found for batch in hashed(texts) for found in self._signals(batch))

    def hear(self, texts: Sequence[str]) -> tuple[dict[str, float], ...]:
        """What the head of acts says of each text: label to probability; () without that head."""
        if self.acts is None:
            return ()
        return tuple(
            dict(zip(self.acts.labels, row, strict=True))
            for batch in hashed(texts)
            for row in _judged(self, batch)[1][_ACTS].round(4).tolist()
        )

    def told(self, batch: Features, found: Matrix) -> list[Language]:
        """The language of each text of a batch, by what the language head `found`."""
        head = self.loaded[0]
        readable = (batch.latin >= MIN_LETTERS) & (batch.latin > batch.foreign)
        top = np.where(readable, found.max(axis=1), 0.0)
        known = (top >= MIN_PROBABILITY) & (head.familiar(batch) >= MIN_FAMILIAR)
        return [
            Language(head.labels[best] if sure else UNDETERMINED, probability)
            for best, sure, probability in zip(
                found.argmax(axis=1).tolist(), known.tolist(), top.round(4).tolist(), strict=True
            )
        ]

    def judged(self, batch: Features) -> tuple[list[Language], dict[str, Matrix]]:
        """The language of each text of a batch, and the probabilities of every other head."""
        first, *others = self.every
        ends = np.cumsum([len(head.labels) for head in self.every])[:-1]
        sums = np.split(summed(self.place, self.weights, batch), ends, axis=1)
        languages = self.told(batch, first.judged(sums[0]))
        codes = [language.code for language in languages]
        return languages, {
            head.name: head.judged(of, codes) for head, of in zip(others, sums[1:], strict=True)
        }

    def _signals(self, batch: Features) -> list[dict[str, float]]:
        heads = self.loaded[1:]
        names = [f"{head.name}.{label}" for head in heads for label in head.labels]
        _, judged = _judged(self, batch)
        rows = np.hstack([judged[head.name] for head in heads]).round(4).tolist()
        return [dict(zip(names, row, strict=True)) for row in rows]


@lru_cache(maxsize=1)
def _judged(heads: Heads, batch: Features) -> tuple[list[Language], dict[str, Matrix]]:
    """Those of the last batch are kept, as its features are: two stages ask for them."""
    return heads.judged(batch)


def _side_by_side(heads: Sequence[Head]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """`place` and `weights` of all heads as of one, whose labels are those of all in order."""
    kept = np.flatnonzero(np.any([head.place > 0 for head in heads], axis=0))
    place = np.zeros(WIDTH, dtype=np.int32)
    place[kept] = np.arange(1, len(kept) + 1)
    rows = np.concatenate([[0], kept])
    return place, np.hstack([head.weights[head.place[rows]] for head in heads])


@cache
def heads() -> Heads:
    """The heads that come with the code, read once per process (and shared by its forks)."""
    return Heads.load()


def hashed(texts: Sequence[str]) -> Iterator[Features]:
    """Features of `texts`, in chunks of about `_CHUNK` code points."""
    return map(_features, _chunks(texts))


def _chunks(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    chunk: list[str] = []
    room = _CHUNK
    for text in texts:
        if chunk and len(text) > room:
            yield tuple(chunk)
            chunk, room = [], _CHUNK
        chunk.append(text)
        room -= len(text)
    if chunk:
        yield tuple(chunk)


@lru_cache(maxsize=1)
def _features(texts: tuple[str, ...]) -> Features:
    """Those of the last batch are kept: stages that run in one process hash it once."""
    return features(texts)
