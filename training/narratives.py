"""Figures of narratives: which similarity knows a story in other words, and what grouping does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

from tasks.group.copies import lead
from tasks.group.shingles import minima
from tasks.group.vectors import vector
from tasks.ports import SecondOpinion
from tasks.skeleton import skeleton
from training.copies import cleaned, groupings
from training.data import Split, clean, read
from training.figures import Figure, figure
from training.statistics import Matrix, Statistic, Truth, share
from workers.adapters.memory_stories import MemoryStories

HEAD: Final = "narratives"
TRANSLATIONS: Final = ("jav", "sun", "min")
_ORDERS: Final = 5
"""Random orders of arrival in which the tweets are grouped."""
_BINS: Final = 1000
_AT_ONCE: Final = 16

Similarities = NDArray[np.float32]
Method = Callable[[Sequence[str], Sequence[str]], Similarities]


@dataclass(frozen=True, slots=True)
class Task:
    """Skeletons to find (rows) among skeletons (columns), and which pairs are right."""

    source: str
    rows: list[str]
    columns: list[str]
    right: Truth
    texts: dict[str, str]
    """The clean text of each skeleton."""


def measure_narratives(
    data: Path, split: Split, embedder: SecondOpinion | None = None
) -> Iterator[Figure]:
    """P@1 and AUC of each similarity on each set and their mean; then the grouping itself.

    With an embedder, its similarity too, and the sum that the slow lane goes by.
    """
    tweets, keywords = _tweets(data, split)
    tasks = [_same_keyword(tweets, keywords), *_pairs(data, split)]
    for name, method in (METHODS | _with_embedder(tasks, embedder)).items():
        yield from _quality(name, method, tasks)
    yield from _grouping(tweets, keywords)


def _quality(name: str, method: Method, tasks: Sequence[Task]) -> Iterator[Figure]:
    parts: list[float] = []
    for task in tasks:
        found = method(task.rows, task.columns)
        if task.source == "wrete":  # pairs that are entailed or not: nothing to look for
            auc = _auc_of_pairs(found.diagonal(), task.right.diagonal())
            yield figure(HEAD, task.source, f"AUC, {name}", auc, len(task.rows))
            parts.append(float(auc(np.ones((1, len(task.rows))))[0]))
            continue
        if task.rows is task.columns:
            np.fill_diagonal(found, -1)
        hits = task.right[np.arange(len(found)), found.argmax(axis=1)][task.right.any(axis=1)]
        yield figure(HEAD, task.source, f"P@1, {name}", share(hits), len(hits))
        parts.append(float(hits.mean()))
        if task.rows is task.columns:
            auc = _auc_within(found, task.right)
            yield figure(HEAD, task.source, f"AUC, {name}", auc, len(task.rows))
            parts[-1] = (parts[-1] + float(auc(np.ones((1, len(task.rows))))[0])) / 2
    mean = float(np.mean(parts))
    yield Figure(HEAD, "all sets", f"mean, {name}", round(mean, 4), mean, mean, len(parts))


def _grouping(tweets: list[str], keywords: NDArray[np.str_]) -> Iterator[Figure]:
    """What the stage makes of the stream, in some orders: stories found, and how far they agree."""
    found = [_labels(tweets, Random(order)) for order in range(_ORDERS)]
    aris = [float(adjusted_rand_score(keywords, labels)) for labels in found]
    same = keywords[:, np.newaxis] == keywords
    upper = np.triu_indices(len(tweets), 1)
    scores = [_pair_scores(same[upper], _alike(labels)[upper]) for labels in found]
    agreed = [float(adjusted_rand_score(found[0], labels)) for labels in found[1:]]
    rows = len(tweets)
    for name, values in (
        ("ARI of groups", aris),
        ("pair precision of groups", [one[0] for one in scores]),
        ("pair recall of groups", [one[1] for one in scores]),
        ("pair F1 of groups", [one[2] for one in scores]),
        ("ARI between orders", agreed),
    ):
        mean = round(float(np.mean(values)), 4)
        yield Figure(HEAD, "umpo", name, mean, min(values), max(values), rows)


def _labels(tweets: list[str], random: Random) -> NDArray[np.str_]:
    """The narrative of each tweet when they arrive in a random order."""
    order = random.sample(range(len(tweets)), len(tweets))
    grouped = groupings([tweets[at] for at in order], MemoryStories())
    leads = {old: one.narrative_id for one in grouped for old in one.forwards}
    labels = [""] * len(tweets)
    for at, one in zip(order, grouped, strict=True):
        narrative = one.narrative_id
        while narrative in leads:
            narrative = leads[narrative]
        labels[at] = narrative
    return np.array(labels)


def _alike(labels: NDArray[np.str_]) -> Truth:
    return np.asarray(labels[:, np.newaxis] == labels)


def _pair_scores(truth: Truth, found: Truth) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs."""
    hits = int((truth & found).sum())
    precision, recall = hits / max(1, int(found.sum())), hits / int(truth.sum())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _tweets(data: Path, split: Split) -> tuple[list[str], NDArray[np.str_]]:
    """The clean texts that have a keyword, and their keywords, which say of what story they are."""
    rows = [row for row in read(data, "hoax_tweets_umpo", split) if row["keyword"]]
    return cleaned(clean(row["text"]) for row in rows), np.array([row["keyword"] for row in rows])


def _same_keyword(tweets: list[str], keywords: NDArray[np.str_]) -> Task:
    bones = [lead(skeleton(text)) for text in tweets]
    same = _alike(keywords)
    np.fill_diagonal(same, val=False)
    return Task("umpo", bones, bones, same, dict(zip(bones, tweets, strict=True)))


def _pairs(data: Path, split: Split) -> Iterator[Task]:
    stif = read(data, "stif_informal_formal", split)
    yield _parallel("stif", [row["informal"] for row in stif], [row["formal"] for row in stif])
    wrete = read(data, "wrete_entailment", split)
    task = _parallel("wrete", [row["text_a"] for row in wrete], [row["text_b"] for row in wrete])
    yield replace(task, right=np.diag([_entailed(row) for row in wrete]))
    by_id: dict[str, dict[str, str]] = {}
    for row in read(data, "nusax_sentiment", split):
        by_id.setdefault(row["id"], {})[row["lang"]] = row["text"]
    for code in TRANSLATIONS:
        both = [texts for texts in by_id.values() if {"ind", code} <= texts.keys()]
        yield _parallel(
            f"nusax ind-{code}", [one["ind"] for one in both], [one[code] for one in both]
        )


def _entailed(row: dict[str, Any]) -> bool:
    return bool(row["label"] != "NotEntail")


def _parallel(source: str, rows: list[str], columns: list[str]) -> Task:
    texts = cleaned([*rows, *columns])
    bones = [lead(skeleton(text)) for text in texts]
    right = np.eye(len(rows), dtype=np.bool_)
    said = dict(zip(bones, texts, strict=True))
    return Task(source, bones[: len(rows)], bones[len(rows) :], right, said)


def _with_embedder(tasks: Sequence[Task], embedder: SecondOpinion | None) -> dict[str, Method]:
    if embedder is None:
        return {}
    texts = {bones: text for task in tasks for bones, text in task.texts.items()}
    wanted = sorted(texts)
    parts = [wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)]
    rows = (row for part in parts for row in embedder.embed([texts[bones] for bones in part]))
    known = dict(zip(wanted, rows, strict=True))

    def alone(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
        one, other = (np.stack([known[bones] for bones in side]) for side in (rows, columns))
        return np.asarray(one @ other.T, dtype=np.float32)

    def together(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
        return np.asarray((_ours(rows, columns) + alone(rows, columns)) / 2)

    return {"embedder alone": alone, "saring + embedder": together}


def _ours(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
    found = [vector(text) for text in (*rows, *columns)]
    hashes = np.array([hashed for one in found for hashed in one], np.uint32)
    ends = np.cumsum([0, *map(len, found)])
    places = np.unique(hashes, return_inverse=True)[1]
    weights = np.array([weight for one in found for weight in one.values()], np.float32)
    matrix = sparse.csr_matrix((weights, places, ends))
    return _product(matrix[: len(rows)], matrix[len(rows) :])


def _tfidf(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
    vectors = TfidfVectorizer(tokenizer=str.split, token_pattern=None).fit_transform(
        (*rows, *columns)
    )
    return _product(vectors[: len(rows)], vectors[len(rows) :])


def _product(rows: Any, columns: Any) -> Similarities:
    return np.asarray((rows @ columns.T).toarray(), dtype=np.float32)


def _rapidfuzz(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
    found = process.cdist(rows, columns, scorer=fuzz.token_set_ratio, dtype=np.float32)
    return np.asarray(found / 100)


def _minhash(rows: Sequence[str], columns: Sequence[str]) -> Similarities:
    one, other = minima(rows), minima(columns)
    return np.array([(row == other).mean(axis=1) for row in one], dtype=np.float32)


METHODS: Final[dict[str, Method]] = {
    "saring": _ours,
    "TF-IDF of words": _tfidf,
    "rapidfuzz token set": _rapidfuzz,
    "MinHash": _minhash,
}


def _auc_of_pairs(scores: NDArray[np.float32], truth: Truth) -> Statistic:
    better = (scores[truth][:, np.newaxis] > scores[~truth]) + 0.5 * (
        scores[truth][:, np.newaxis] == scores[~truth]
    )

    def statistic(weights: Matrix) -> Matrix:
        right, wrong = weights[:, truth], weights[:, ~truth]
        pairs = np.maximum(right.sum(axis=1) * wrong.sum(axis=1), 1)
        return np.asarray(((right @ better) * wrong).sum(axis=1) / pairs)

    return statistic


def _auc_within(found: Similarities, same: Truth) -> Statistic:
    """AUC over all pairs of texts, in bins of similarity; a resample draws texts, not pairs."""
    upper = np.triu_indices(len(found), 1)
    bins = np.clip(found[upper] * _BINS, 0, _BINS - 1).astype(np.int64)
    truth = same[upper]

    def one(weights: Matrix) -> float:
        pairs = weights[upper[0]] * weights[upper[1]]
        right = np.bincount(bins[truth], pairs[truth], _BINS)
        wrong = np.bincount(bins[~truth], pairs[~truth], _BINS)
        below = np.cumsum(wrong) - wrong / 2
        return float((right * below).sum() / max(1.0, right.sum() * wrong.sum()))

    return lambda weights: np.array([one(row) for row in weights])
