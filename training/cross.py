"""Figures across sources: a head is trained again without a source, and measured on it.

Scores inside one source flatter, since a head learns its habits too. What is measured here is
a new head of the same recipe, not the one that comes with the code.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from tasks.features import features
from tasks.head import Head
from tasks.policy import REVIEWED_ACTS
from tasks.words import PROTECTED_ACTS, Act
from training.act_examples import REAL, act_examples
from training.data import (
    Examples,
    Split,
    emotion_examples,
    nusax_examples,
    sentiment_examples,
    topic_examples,
)
from training.figures import (
    Figure,
    by_language,
    certainty,
    each_label,
    figure,
    likeliest,
    quality,
    yes_or_no,
)
from training.fit import alarm, fit
from training.pack import write_npz
from training.recipes import RECIPES
from training.statistics import Matrix, macro_f1, share

PUBLISHERS: Final = ("kompas", "okezone", "sindonews", "tempo", "tribunnews")
"""Those with headlines of eight topics or more; the others have three at most."""
_FOLDS: Final = 3


def cross(data: Path, split: Split, advance: Callable[[str], None]) -> tuple[Figure, ...]:
    """The figures; calls `advance` with a name before each training. Takes some minutes.

    Raises FileNotFoundError when a set is missing.
    """
    return (
        *_emotion(data, advance),
        *_sentiment(data, split, advance),
        *_topic(data, split, advance),
        *_act(data, advance),
    )


def _emotion(data: Path, advance: Callable[[str], None]) -> Iterator[Figure]:
    """On folds of train: the other splits are too small to tell miscalibration from luck."""
    examples = emotion_examples(data, "train")
    found = _folded("emotion", examples, advance)
    answers = likeliest("emotion", examples.labels, found, examples.truth)
    for figures in (quality, certainty):
        yield from figures(answers, "emot_emotion, folds of train")


def _sentiment(data: Path, split: Split, advance: Callable[[str], None]) -> Iterator[Figure]:
    """Trained on NusaX alone: the one way to measure its Indonesian, which was made from SmSA."""
    advance("sentiment without smsa")
    head = _trained("sentiment", nusax_examples(data, "train"))
    both, translated = sentiment_examples(data, split), nusax_examples(data, split)
    for source, on in (
        ("smsa (unseen source)", both.where(both.sources == "smsa")),
        ("nusax, smsa unseen", translated),
    ):
        answers = likeliest("sentiment", on.labels, _found(head, on), on.truth)
        yield from quality(answers, source)
        yield from certainty(answers, source)
    yield from by_language(answers, translated.languages, source)


def _topic(data: Path, split: Split, advance: Callable[[str], None]) -> Iterator[Figure]:
    """On all headlines of a publisher, of train too; macro-F1 over the topics that it has."""
    train, held = topic_examples(data, "train"), topic_examples(data, split)
    for publisher in PUBLISHERS:
        advance(f"topic without {publisher}")
        head = _trained("topic", train.where(train.sources != publisher))
        unseen = [part.where(part.sources == publisher) for part in (train, held)]
        found = np.vstack([_found(head, part) for part in unseen])
        truth = np.vstack([part.truth for part in unseen])
        answers, source = (
            likeliest("topic", train.labels, found, truth),
            f"{publisher} (unseen source)",
        )
        has = truth.any(axis=0)
        f1 = macro_f1(answers.chosen[:, has], truth[:, has])
        yield figure("topic", source, "macro-F1", f1, len(truth))
        yield from certainty(answers, source)


def _act(data: Path, advance: Callable[[str], None]) -> Iterator[Figure]:
    """On folds by voice: a sentence is judged by a head that learned from other voices alone."""
    examples = act_examples(data, "train")
    found = _folded("act", examples, advance)
    written = ~examples.truth[:, examples.labels.index(REAL)]
    examples, found = examples.where(written), found[written]
    answers = likeliest("act", examples.labels, found, examples.truth)
    source = "unseen voices"
    yield from quality(answers, source)
    yield from certainty(answers, source)
    yield from each_label(answers, source)
    yield from _alarms(examples, found, source)


def _alarms(examples: Examples, found: Matrix, source: str) -> Iterator[Figure]:
    """What is found, in all, by act and by language, when FALSE_ALARMS of the rest raise the alarm.

    The threshold is that of these rows: a head that comes with the code has its own folds.
    """
    dangerous = np.isin(examples.labels, REVIEWED_ACTS)
    truth, danger = examples.truth[:, dangerous], found[:, dangerous].sum(axis=1)
    alarmed = danger >= alarm(found, examples, REVIEWED_ACTS)
    of = np.asarray(truth.any(axis=1))
    answers = yes_or_no("act", "danger", danger, of)
    yield from certainty(answers, f"{source}, danger")
    yield figure("act", source, "danger found", share(alarmed[of]), of.sum())
    yield figure("act", source, "alarm without danger", share(alarmed[~of]), (~of).sum())
    acts: tuple[Act, ...] = (*PROTECTED_ACTS, *REVIEWED_ACTS)
    for label in filter(examples.labels.__contains__, acts):
        kept = examples.truth[:, examples.labels.index(label)]
        yield figure("act", f"{source}, {label}", "alarm raised", share(alarmed[kept]), kept.sum())
    for code in np.unique(examples.languages).tolist():
        kept = of & (examples.languages == code)
        yield figure(
            "act", f"{source}, {code}", "danger found", share(alarmed[kept]), int(kept.sum())
        )


def _folded(name: str, examples: Examples, advance: Callable[[str], None]) -> Matrix:
    """Probabilities (rows, labels), each by a head that saw no row of the fold."""
    # Not by the hash that `fit` folds by: its folds of what is left would then be empty.
    folds = np.array([crc32(f"{group} apart".encode()) % _FOLDS for group in examples.groups])
    found = np.zeros(examples.truth.shape)
    for fold in range(_FOLDS):
        advance(f"{name} without fold {fold + 1} of {_FOLDS}")
        head = _trained(name, examples.where(folds != fold))
        found[folds == fold] = _found(head, examples.where(folds == fold))
    return found


def _trained(name: str, seen: Examples) -> Head:
    """A head of the recipe of `name` that learnt from `seen` alone."""
    with TemporaryDirectory() as folder, threadpool_limits(limits=1):
        path = Path(folder) / f"{name}.npz"
        write_npz(path, fit(seen, RECIPES[name], lambda: None))
        return Head.load(path)


def _found(head: Head, unseen: Examples) -> Matrix:
    """Probabilities (rows, labels), each row in the language that it is in."""
    return head.probabilities(features(unseen.texts), unseen.languages.tolist())
