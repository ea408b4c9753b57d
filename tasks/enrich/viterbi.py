"""The likeliest states along sequences (Viterbi 1967), many sequences at a time.

Integers only, so that the answer for a sequence is the same in any company and on any machine.
"""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.int32]
Whole = NDArray[np.int64]


def best_paths(scores: Scores, lengths: Whole, start: Scores, steps: Scores) -> Whole:
    """The states of the best-scored path through each sequence; a path keeps to one manner.

    `scores` (words, manners, states) holds the sequences one after another, `lengths` words each
    (none of them 0). `start[m, a]` is the score of beginning in state a of manner m, and
    `steps[m, a, b]` that of going from a to b. States are numbered through all manners. Of
    equals, the lowest state.
    """
    order = np.argsort(-lengths, kind="stable")
    first = (np.cumsum(lengths) - lengths)[order]
    # alive[t]: how many sequences have more than t words; they are the first in `order`.
    alive = np.cumsum(np.bincount(lengths)[::-1])[::-1][1:].tolist()
    # Words in the last axis: the maximum is then taken over whole rows.
    best = np.ascontiguousarray(scores.transpose(1, 2, 0))
    best[:, :, first] += start[:, :, np.newaxis]
    for time, count in enumerate(alive[1:], 1):
        at = first[:count] + time
        before = best[:, :, np.newaxis, at - 1]
        best[:, :, at] += (before + steps[:, :, :, np.newaxis]).max(axis=1)
    return _traced(best, first, lengths[order], alive, steps)


def _traced(best: Scores, first: Whole, lengths: Whole, alive: list[int], steps: Scores) -> Whole:
    """The paths that `best`, the score of the best path up to each word and state, came by."""
    manners, ways, words = best.shape
    states = np.zeros(words, dtype=np.int64)
    last = first + lengths - 1
    states[last] = best[:, :, last].reshape(manners * ways, -1).argmax(axis=0)
    manner = states[last] // ways
    for time in range(len(alive) - 1, 0, -1):
        at = first[: alive[time]] + time
        here = manner[: len(at)]
        before = best[here, :, at - 1] + steps[here, :, states[at] % ways]
        states[at - 1] = before.argmax(axis=1) + here * ways
    return states
