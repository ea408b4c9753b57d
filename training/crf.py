"""Fits a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001).

Loss and gradient by forward-backward over all sequences at a time, minimised by L-BFGS from
zero: nothing is drawn at random, so the same data give the same weights.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

Matrix = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Sequences one after another: features `x` (words, columns) and true states `y` (words).

    `lengths` are words a sequence, none of them 0; `weights` what each sequence counts for.
    """

    x: sp.csr_matrix
    y: Whole
    lengths: Whole
    weights: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Weights of features (columns, states), of the first state, and of steps between states."""

    features: Matrix
    start: Matrix
    steps: Matrix


def fit(
    chains: Chains, allowed: NDArray[np.bool_], ties: Matrix, penalty: float, rounds: int
) -> Field:
    """The field that fits the true states best, less `penalty` / 2 times the squared weights.

    `allowed` (1 + states, states) are the possible first states, and steps from each state; the
    weight of any other is 0 and means nothing. `ties` (weights, states) says which weights of a
    feature add up to that of a state. Stops after `rounds` of L-BFGS.
    """
    size = chains.x.shape[1] * len(ties)
    loss = _Loss(chains, allowed)

    def field(flat: Matrix) -> Field:
        links = flat[size:].reshape(allowed.shape)
        return Field(flat[:size].reshape(-1, len(ties)) @ ties, links[0], links[1:])

    def penalised(flat: Matrix) -> tuple[float, Matrix]:
        value, features, links = loss(field(flat))
        slope = np.concatenate([(features @ ties.T).ravel(), links.ravel()])
        return value + penalty / 2 * float(flat @ flat), slope + penalty * flat

    options = {"maxiter": rounds, "maxcor": 6, "ftol": 1e-7}
    start = np.zeros(size + allowed.size)
    return field(minimize(penalised, start, jac=True, method="L-BFGS-B", options=options).x)


class _Loss:
    """Minus the log-likelihood of the true states, and its slope."""

    def __init__(self, chains: Chains, allowed: NDArray[np.bool_]) -> None:
        self._x, self._turned = chains.x, chains.x.T.tocsr()
        self._allowed, self._y = allowed, chains.y
        order = np.argsort(-chains.lengths, kind="stable")
        begins = np.cumsum(chains.lengths) - chains.lengths
        self._first, self._weights = begins[order], chains.weights[order]
        alive = np.cumsum(np.bincount(chains.lengths)[::-1])[::-1][1:].tolist()
        self._times = [(time, self._first[:count] + time) for time, count in enumerate(alive)]
        self._word_weights = np.repeat(chains.weights, chains.lengths)
        # Rows of `allowed`: 0 is the start, the others are the states.
        self._before = np.roll(chains.y, 1) + 1
        self._before[begins] = 0
        true = np.zeros((len(chains.y), allowed.shape[1]))
        true[np.arange(len(chains.y)), chains.y] = self._word_weights
        self._true = self._turned @ true
        self._true_links = np.zeros(allowed.shape)
        np.add.at(self._true_links, (self._before, chains.y), self._word_weights)

    def __call__(self, field: Field) -> tuple[float, Matrix, Matrix]:
        """The loss, its slope by feature weights, and its slope by start and steps."""
        scores = self._x @ field.features
        top = scores.max(axis=1)
        likely = np.exp(scores - top[:, np.newaxis])
        weighed = np.vstack([field.start, field.steps])
        links = np.exp(weighed) * self._allowed
        forward, scale = self._forward(likely, links)
        chance, linked = self._backward(likely, links, forward, scale)
        true = scores[np.arange(len(top)), self._y] + weighed[self._before, self._y]
        value = float(self._word_weights @ (np.log(scale) + top - true))
        slope = self._turned @ (chance * self._word_weights[:, np.newaxis]) - self._true
        return value, slope, (linked - self._true_links) * self._allowed

    def _forward(self, likely: Matrix, links: Matrix) -> tuple[Matrix, Matrix]:
        """Chance of each state given the words so far, and what each word was divided by."""
        forward, scale = np.empty_like(likely), np.empty(len(likely))
        for time, at in self._times:
            reached = (forward[at - 1] @ links[1:] if time else links[0]) * likely[at]
            scale[at] = reached.sum(axis=1)
            forward[at] = reached / scale[at][:, np.newaxis]
        return forward, scale

    def _backward(
        self, likely: Matrix, links: Matrix, forward: Matrix, scale: Matrix
    ) -> tuple[Matrix, Matrix]:
        """Chance of each state of each word, and how often each link is expected."""
        behind = np.ones((len(self._first), links.shape[1]))
        chance, linked = np.empty_like(likely), np.zeros_like(links)
        for time, at in reversed(self._times):
            here = behind[: len(at)]
            chance[at] = forward[at] * here
            ahead = here * likely[at] / scale[at][:, np.newaxis]
            weights = self._weights[: len(at), np.newaxis]
            if time:
                linked[1:] += (forward[at - 1] * weights).T @ ahead
            else:
                linked[0] = (ahead * weights).sum(axis=0)
            behind[: len(at)] = ahead @ links[1:].T
        return chance, linked * links
