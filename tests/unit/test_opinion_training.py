"""The head of a second opinion: fitted the same twice, and its gain stated with its cost."""

from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from tasks.opinion import OpinionHead
from tasks.ports import Opinion
from tests.embedders import HashedOpinion
from training.data import Examples
from training.fit import FOLDS
from training.opinion import fit_opinion, gain, temperature
from training.pack import write_npz

GLAD = ["Senang sekali, petugasnya ramah.", "Senang, cepat dan rapi.", "Senang, terima kasih."]
PLAIN = ["Kantor buka pukul delapan.", "Kantor pindah ke lantai dua.", "Kantor libur hari Senin."]
SOUR = ["Kecewa berat, antre lama.", "Kecewa, berkas hilang.", "Kecewa, loketnya tutup."]
# Three groups, one a fold: each label is then in each fold.
GROUPS = [
    next(str(n) for n in range(99) if crc32(str(n).encode()) % FOLDS == fold)
    for fold in range(FOLDS)
]


def examples() -> Examples:
    return Examples(
        labels=("positive", "neutral", "negative"),
        texts=[*GLAD, *PLAIN, *SOUR],
        truth=np.repeat(np.eye(3, dtype=np.bool_), 3, axis=0),
        sources=np.full(9, "ours"),
        groups=np.tile(GROUPS, 3),
        weights=np.ones(9),
        languages=np.full(9, "ind"),
    )


def fitted(folder: Path) -> Opinion:
    embedder = HashedOpinion()
    arrays = fit_opinion(embedder.embed(examples().texts), examples(), embedder.version)
    write_npz(folder / "sentiment.npz", arrays)
    return Opinion(embedder, OpinionHead.load(folder / "sentiment.npz"))


def test_fitting_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = fitted(tmp_path).head.version
    (tmp_path / "again").mkdir()
    assert fitted(tmp_path / "again").head.version == first


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_temperature_is_that_of_a_softmax(factor: float) -> None:
    random = np.random.default_rng(7)
    logits = random.normal(size=(20_000, 3)) * 2
    powers = np.exp(logits)
    drawn = (random.random((20_000, 1)) > (powers / powers.sum(1, keepdims=True)).cumsum(1)).sum(1)
    rows = replace(examples(), truth=np.eye(3, dtype=np.bool_)[drawn], weights=np.ones(20_000))
    assert temperature(logits / factor, rows) == pytest.approx(factor, rel=0.05)


def test_it_learns_what_the_labels_say(tmp_path: Path) -> None:
    opinion = fitted(tmp_path)
    assert opinion.head.embedder == HashedOpinion.version
    for text, label in ((GLAD[0], "positive"), (PLAIN[0], "neutral"), (SOUR[0], "negative")):
        (found,) = opinion.head.signals(opinion.embedder.embed([text]))
        assert max(found, key=found.__getitem__) == f"sentiment.{label}"


def test_the_gain_is_stated_with_its_cost(tmp_path: Path) -> None:
    said = gain(fitted(tmp_path), examples(), "ours")
    assert said.startswith("ours: macro-F1 ")
    assert "of 9 texts" in said
    assert said.endswith(" CPU ms each")
