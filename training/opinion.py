"""`saring train --embedder DIR`: the head of a second opinion, and what it gains and costs."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from tasks.cascade import reconsidered
from tasks.heads import heads
from tasks.opinion import OpinionHead, Vectors, unsure
from tasks.ports import Opinion, SecondOpinion
from training.data import Examples, sentiment_examples
from training.fit import FOLDS, Arrays
from training.pack import write_npz

STRENGTH: Final = 10.0
"""C of the regression. Embeddings have length one and few dimensions: little to hold back."""


def train_opinion(embedder: SecondOpinion, data: Path, out: Path) -> None:
    """Write the head to `out` and print, for valid, what it gains and costs.

    Raises FileNotFoundError when a set is missing.
    """
    examples = sentiment_examples(data, "train")
    texts = track(examples.texts, "embedding", console=Console(stderr=True))
    vectors = np.vstack([embedder.embed([text]) for text in texts])
    with threadpool_limits(limits=1):  # as for the linear heads: the same sums every time
        write_npz(out, fit_opinion(vectors, examples, embedder.version))
    opinion = Opinion(embedder, OpinionHead.load(out))
    valid = sentiment_examples(data, "valid")
    for source in np.unique(valid.sources):
        print(gain(opinion, valid.where(valid.sources == source), source))


def fit_opinion(vectors: Vectors, examples: Examples, embedder: str) -> Arrays:
    """The arrays of a calibrated head, as `OpinionHead.load` reads them."""
    folds = np.array([crc32(group.encode()) % FOLDS for group in examples.groups])
    held_out = np.zeros(examples.truth.shape)
    for fold in range(FOLDS):
        seen = folds != fold
        model = _fitted(vectors[seen], examples.where(seen))
        held_out[~seen] = model.decision_function(vectors[~seen])
    slope = temperature(held_out, examples)
    model = _fitted(vectors, examples)
    return {
        "labels": np.array([f"sentiment.{label}" for label in examples.labels]),
        "weights": (model.coef_.T * slope).astype(np.float32),
        "bias": (model.intercept_ * slope).astype(np.float32),
        "embedder": np.array(embedder),
    }


def temperature(logits: NDArray[np.float64], examples: Examples) -> float:
    """The factor of `logits` by which their softmax, the link of `OpinionHead`, fits best."""

    def loss(log_factor: float) -> float:
        likelihoods = log_softmax(logits * np.exp(log_factor), axis=1)[examples.truth]
        return float(-examples.weights @ likelihoods)

    return float(np.exp(minimize_scalar(loss, bounds=(-4.0, 4.0), method="bounded").x))


def _fitted(vectors: Vectors, examples: Examples) -> LogisticRegression:
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    return model.fit(vectors, examples.truth.argmax(axis=1), sample_weight=examples.weights)


def gain(opinion: Opinion, examples: Examples, name: str) -> str:
    """One line: macro-F1 of the linear head alone and of the cascade; who is asked; its time."""
    signals = heads().signals(examples.texts)
    start = time.process_time()  # not the clock: other processes are not its cost
    both = reconsidered(examples.texts, signals, opinion)
    spent = time.process_time() - start
    asked = sum(map(unsure, signals))
    truth = examples.truth.argmax(axis=1)
    alone, cascade = (
        f1_score(truth, [_best(found, examples.labels) for found in each], average="macro")
        for each in (signals, both)
    )
    return (
        f"{name}: macro-F1 {alone:.3f} alone, {cascade:.3f} with the second opinion, "
        f"which is asked of {asked / len(signals):.0%} of {len(signals)} texts "
        f"and takes {1000 * spent / max(asked, 1):.1f} CPU ms each"
    )


def _best(signals: Mapping[str, float], labels: tuple[str, ...]) -> int:
    return int(np.argmax([signals[f"sentiment.{label}"] for label in labels]))
