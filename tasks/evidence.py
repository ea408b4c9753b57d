"""Which words of a text drove a signal: what its n-grams weigh, mapped back to the words.

The hashing keeps no positions, so the text is hashed again word by word and pair by pair: a
column that a pair has, and no word, belongs to both of its words. Pairs are those of neighbours,
and those of neighbours with a meaning, whatever stands between. This uses `features` itself, so
it follows its changes (longer runs than pairs would need their runs here, and a law in the tests
says so). Time is linear in the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.concepts import meanings
from tasks.features import CONCEPTS_FROM, features
from tasks.head import Head
from tasks.heads import Heads
from tasks.models import Span
from tasks.terms import places, terms

SPANS_SHOWN: Final = 8
"""Spans that explain a signal, however long the text."""
COVERED: Final = 0.8
"""Share of what speaks for a signal that its spans cover, unless there are too many."""
LIKELY: Final = 0.5
"""Probability from which one of exclusive labels is more than the best guess."""


class Driver(NamedTuple):
    """A word that speaks for a signal, and how much: its part of the logit."""

    span: Span
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The features of one text, and the words that hold each.

    `words`: their spans, in order. `columns` and `values`: the row that `features` makes of the
    text. Word `holders[i]` holds column `columns[places[i]]`: one pair for each word that does.
    """

    words: tuple[Span, ...]
    columns: NDArray[np.uint32]
    values: NDArray[np.float32]
    places: NDArray[np.int64]
    holders: NDArray[np.int64]

    def drivers(self, head: Head, label: str) -> tuple[Driver, ...]:
        """The words that speak most for `label` of `head`, the strongest first.

        At most SPANS_SHOWN, as few as cover COVERED of all that speaks for it; none if nothing
        does. Raises ValueError if the head has no such label.
        """
        if label not in head.labels:
            raise ValueError(f"the head {head.name} has no label {label}")
        weights = self._weights(head, head.labels.index(label))
        order = np.argsort(-weights, kind="stable")
        order = order[weights[order] > 0]
        covered = np.cumsum(weights[order])
        enough = int(np.searchsorted(covered, COVERED * covered[-1]) + 1) if len(order) else 0
        shown = order[: min(enough, SPANS_SHOWN)]
        return tuple(Driver(self.words[word], round(float(weights[word]), 4)) for word in shown)

    def _weights(self, head: Head, label: int) -> NDArray[np.float64]:
        """What each word adds to the logit of a label; a column is shared among its words."""
        shared = np.bincount(self.places, minlength=len(self.columns))
        parts = self._logits(head, label) / np.maximum(shared, 1)
        return np.asarray(
            np.bincount(self.holders, parts[self.places], len(self.words)), dtype=np.float64
        )

    def _logits(self, head: Head, label: int) -> NDArray[np.float64]:
        """What each column adds to the logit of a label.

        Where labels are exclusive: to how far it lies above the mean of the others, which is
        what a softmax compares.
        """
        weights = head.weights[head.place[self.columns]] * head.scale.astype(np.float64)
        parts = weights[:, label]
        if head.exclusive:
            parts = parts - np.delete(weights, label, axis=1).mean(axis=1)
        return np.asarray(parts * self.values, dtype=np.float64)


def telling(signals: Mapping[str, float], models: Heads) -> tuple[str, ...]:
    """The signals that say something: above their threshold, or likely where they are exclusive."""
    found: list[str] = []
    for head in models.loaded:
        names = [f"{head.name}.{label}" for label in head.labels]
        least = dict.fromkeys(names, LIKELY) if head.exclusive else models.thresholds
        found += [name for name in names if signals.get(name, 0.0) >= least[name]]
    return tuple(found)


def explained(text: str, names: Iterable[str], models: Heads) -> dict[str, tuple[Driver, ...]]:
    """The words that drove each of the signals `names`, in their order: see `Placed.drivers`.

    A signal whose head is not loaded is passed over.
    """
    loaded = {head.name: head for head in models.loaded}
    page = placed(text)
    found = {}
    for name in names:
        head, _, label = name.partition(".")
        if head in loaded:
            found[name] = page.drivers(loaded[head], label)
    return found


def placed(text: str) -> Placed:
    """The features of `text` with the words that hold them. Any str is accepted."""
    words = tuple(_words(text))
    runs = np.array(list(_runs(text, len(words))), dtype=np.int64).reshape(-1, 2)
    said = (text[words[first].start : words[last].end] for first, last in runs.tolist())
    batch = features([text, *said])
    columns = batch.indices[: batch.offsets[1]]
    found = batch.indices[batch.offsets[1] :]
    run = np.repeat(np.arange(len(runs)), np.diff(batch.offsets[1:]))
    first, last = runs[run, 0], runs[run, 1]
    at = np.minimum(np.searchsorted(columns, found), max(len(columns) - 1, 0))
    # Of words that are no neighbours only the meanings are.
    same = (columns[at] == found) & ((last - first < 2) | (found >= CONCEPTS_FROM))
    at, first, last = at[same], first[same], last[same]
    alone = first == last
    held = np.zeros(len(columns), dtype=np.bool_)
    held[at[alone]] = True
    paired = ~alone & ~held[at]
    return Placed(
        words=words,
        columns=columns,
        values=batch.values[: batch.offsets[1]],
        places=np.concatenate([at[alone], at[paired], at[paired]]),
        holders=np.concatenate([first[alone], first[paired], last[paired]]),
    )


def _runs(text: str, count: int) -> Iterator[tuple[int, int]]:
    """The runs of words that are hashed again, each as its first and its last word."""
    yield from ((at, at) for at in range(count))
    yield from pairwise(range(count))
    meant = [at for at, term in enumerate(terms(text)) if meanings(term)]
    yield from ((one, other) for one, other in pairwise(meant) if other > one + 1)


def _words(text: str) -> Iterator[Span]:
    """Where the words and symbols stand that `features` hashes."""
    folded = text.casefold()
    # Folding may lengthen a character, never shorten one: equal lengths mean equal places.
    origin: Sequence[int] = range(len(text))
    if len(folded) != len(text):
        origin = [at for at, character in enumerate(text) for _ in character.casefold()]
    for start, end in places(folded):
        yield Span(start=origin[start], end=origin[end - 1] + 1)
