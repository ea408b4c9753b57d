"""Trains the tagger of names (`tasks.enrich.tagger`) and measures it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from tasks.enrich.tagger import MANNERS, STATES, WAYS, Tagger, runs
from tasks.enrich.word_features import (
    CODES,
    KINDS,
    MARGIN,
    PAD,
    VERSION,
    joint_keys,
    word_keys,
)
from training.crf import Chains, Field, Matrix, fit
from training.data import Split
from training.figures import Figure, figure
from training.ner_data import SETS, Run, Sentence, sentences, true_states
from training.pack import write_npz
from training.statistics import Statistic

FILE: Final = "names.npz"
LICENCE: Final = "MIT"
PENALTY: Final = 0.7
ROUNDS: Final = 70
"""More rounds move no figure by more than its noise."""
SEEN: Final = 2
"""Times that a feature is met, at least: one met once teaches its accident."""
_DISTANCES: Final = 2 * MARGIN + 1
_JOINT: Final = _DISTANCES  # the place of joint features, behind the distances
_STEPS: Final = 127  # of int8 on either side of zero
_NEVER: Final = -(1 << 20)  # below any sum of scores
_MANNERS: Final = tuple(slice(way, way + WAYS) for way in range(0, STATES, WAYS))
_PERSON: Final = 1
_KINDS: Final = {"place": 3, "institution": 5}

Arrays = dict[str, NDArray[np.generic]]
Keys = NDArray[np.uint64]


def train_tagger(data: Path, out: Path) -> None:
    """Write `names.npz` to `out`, which must exist. The same data give the same bytes.

    Raises FileNotFoundError when a set is missing.
    """
    found = [sentences(data, name, "train") for name in SETS]
    # One thread: how BLAS shares out a sum decides how it rounds it.
    with threadpool_limits(limits=1):
        write_npz(out / FILE, weights(found))


def weights(found: Sequence[Sequence[Sentence]]) -> Arrays:
    """The arrays that `Tagger.load` reads, from the sentences of each manner."""
    read = [one for manner in found for one in manner]
    states = [true_states(one, manner) for manner, rows in enumerate(found) for one in rows]
    met = _features([one.line.words for one in read])
    keys, column = _columns(met)
    known = column >= 0
    rows = np.repeat(np.arange(len(met)), known.sum(axis=1))
    parts = (np.ones(len(rows)), (rows, column[known]))
    chains = Chains(
        x=sp.csr_matrix(parts, shape=(len(met), len(keys))),
        y=np.concatenate(states),
        lengths=np.array([len(one) for one in states]),
        weights=np.ones(len(states)),
    )
    field = fit(chains, allowed(), ties(), PENALTY, ROUNDS)
    return _packed(keys, field)


def allowed() -> NDArray[np.bool_]:
    """The first states that may be, and the steps: one manner a line, no name from its middle."""
    way = np.arange(STATES) % WAYS
    further = (way > 0) & (way % 2 == 0)
    manner = np.arange(STATES) // WAYS
    same = manner[:, np.newaxis] == manner
    name = (way + way % 2)[:, np.newaxis] == way  # both words of a name, by its further words
    return np.vstack([~further, same & (~further | name)])


def ties() -> Matrix:
    """What the manners share: a feature has a weight for all of them, and one for each."""
    return np.vstack([np.tile(np.eye(WAYS), MANNERS), np.eye(STATES)])


def _features(found: Sequence[Sequence[str]]) -> Keys:
    """The features of all words, a row each: the key, and above it where it stands."""
    stream = [PAD] * MARGIN
    here: list[int] = []  # where in the stream each word stands
    for words in found:
        here.extend(range(len(stream), len(stream) + len(words)))
        stream += [*words, *[PAD] * MARGIN]
    keys = np.array([word_keys(word) for word in stream], dtype=np.uint32)
    at = np.array(here)
    parts = [
        _placed(keys[at + distance][:, [reach >= abs(distance) for reach in KINDS.values()]], shift)
        for shift, distance in enumerate(range(-MARGIN, MARGIN + 1))
    ]
    parts.append(_placed(joint_keys(keys[:, :CODES])[at - MARGIN], _JOINT))
    return np.hstack(parts)


def _placed(keys: NDArray[np.uint32], place: int) -> Keys:
    return keys.astype(np.uint64) | np.uint64(place) << np.uint64(32)


def _columns(met: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """The features met often enough, and for each that was met its column among them, or -1."""
    keys, column, count = np.unique(met.ravel(), return_inverse=True, return_counts=True)
    often = count >= SEEN
    place = np.where(often, np.cumsum(often) - 1, -1)
    return keys[often], place[column].reshape(met.shape)


def _packed(keys: Keys, field: Field) -> Arrays:
    """Weights in int8 steps, features without any dropped; links in the same steps."""
    step = np.abs(field.features).max() / _STEPS
    steps = np.rint(field.features / step).astype(np.int8)
    some = steps.any(axis=1)
    place, key = (keys[some] >> np.uint64(32)).astype(np.int64), keys[some].astype(np.uint32)
    joint = place == _JOINT
    word_list = np.unique(key[~joint])
    words = np.zeros((len(word_list), _DISTANCES, STATES), dtype=np.int8)
    words[np.searchsorted(word_list, key[~joint]), place[~joint]] = steps[some][~joint]
    links = np.vstack([field.start, field.steps]) / step
    links = np.where(allowed(), np.rint(links), _NEVER).astype(np.int32)
    return {
        "features_version": np.array(VERSION),
        "word_gaps": np.diff(word_list, prepend=np.uint32(0)),
        "words": words,
        "joint_gaps": np.diff(key[joint], prepend=np.uint32(0)),
        "joints": steps[some][joint],
        "start": links[0].reshape(MANNERS, WAYS),
        "steps": np.array([links[1:][of, of] for of in _MANNERS]),
    }


def measure_tagger(tagger: Tagger, data: Path, split: Split) -> tuple[Figure, ...]:
    """Span F1 on each set: exact span and kind, of the three kinds and of those that are told.

    Raises FileNotFoundError when a set is missing.
    """
    return tuple(
        found for name in SETS for found in span_figures(name, tagger, sentences(data, name, split))
    )


def span_figures(source: str, tagger: Tagger, rows: Sequence[Sentence]) -> Iterator[Figure]:
    """The figures of one list of sentences: of the model with persons, then of what is told."""
    true = [set(one.names) for one in rows]
    yield _figure(source, "span F1 with persons", tagged(tagger, rows), true)
    told = [
        {(_KINDS[name.kind], (name.start, name.end)) for name in names}
        for names in tagger.tag([one.text for one in rows])
    ]
    yield figure("names", source, "persons told as another", _met(told, true), len(rows))
    for name, kinds in (
        ("span F1", set(_KINDS.values())),
        *((f"span F1 {kind}", {state}) for kind, state in _KINDS.items()),
    ):
        yield _figure(source, name, *([_of(one, kinds) for one in all_] for all_ in (told, true)))


def _figure(source: str, name: str, said: list[set[Run]], true: list[set[Run]]) -> Figure:
    pairs = zip(said, true, strict=True)
    counts = np.array([[len(a & b), len(a), len(b)] for a, b in pairs], dtype=np.float64)
    return figure("names", source, name, _f1(counts), len(true))


def _of(names: set[Run], kinds: set[int]) -> set[Run]:
    return {name for name in names if name[0] in kinds}


def tagged(tagger: Tagger, rows: Sequence[Sentence]) -> list[set[Run]]:
    """The names that the model finds in each sentence, those of persons too."""
    found = [one.line for one in rows]
    return [
        {(state % WAYS, span) for state, span in runs(line, states)}
        for line, states in zip(found, tagger.states(found), strict=True)
    ]


def _met(told: list[set[Run]], true: list[set[Run]]) -> Statistic:
    """Share of the names of persons that lie, in part at least, in a name that is told."""
    counts = np.zeros((len(true), 2))
    for row, names in enumerate(true):
        for _, (start, end) in _of(names, {_PERSON}):
            met = any(start < last and end > first for _, (first, last) in told[row])
            counts[row] += met, 1

    def statistic(weights: Matrix) -> Matrix:
        met, persons = (weights @ counts).T
        return np.asarray(met / np.maximum(persons, 1))

    return statistic


def _f1(counts: Matrix) -> Statistic:
    """F1 over sentences from their columns: names both said and true, said, true."""

    def statistic(weights: Matrix) -> Matrix:
        both, said, true = (weights @ counts).T
        return np.asarray(2 * both / np.maximum(said + true, 1))

    return statistic
