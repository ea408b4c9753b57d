"""The promises of tasks.ports.SecondOpinion, on the fake and on the ONNX adapter.

The adapter runs on stand-ins of its two packages; and on the real ones where they are installed
and EMBEDDER_DIR names a folder with a model.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ports import SecondOpinion
from tests.embedders import HashedOpinion
from workers.adapters.onnx_opinion import MODEL, TOKENIZER, NoEmbedder, OnnxOpinion

TEXTS = [
    "Air PDAM keruh lagi.",
    "Terima kasih, petugasnya ramah.",
    "",
    "😭" * 50,
    "antre " * 4_000,
    "\ud800 aneh",
]
ONNXRUNTIME = """
import numpy
class SessionOptions: pass
class Input:
    def __init__(self, name): self.name = name
class InferenceSession:
    def __init__(self, path, options, providers):
        assert options.intra_op_num_threads == 1 and providers == ["CPUExecutionProvider"]
        self.table = numpy.random.default_rng(len(open(path, "rb").read())).normal(size=(997, 24))
    def get_inputs(self): return [Input("input_ids"), Input("attention_mask")]
    def run(self, outputs, inputs):
        assert set(inputs) == {"input_ids", "attention_mask"} and inputs["input_ids"].shape[0] == 1
        return [self.table[inputs["input_ids"] % 997].astype(numpy.float32)]
"""
TOKENIZERS = """
import zlib
class Encoding:
    def __init__(self, ids): self.ids = ids
class Tokenizer:
    @classmethod
    def from_file(cls, path): open(path).close(); return cls()
    def no_padding(self): pass
    def enable_truncation(self, max_length): self.most = max_length
    def encode(self, text):
        assert len(text) <= 2_000
        return Encoding([zlib.crc32(word.encode()) for word in text.split()][:self.most])
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand-ins of both packages, and an empty folder for a model."""
    for name, code in (("onnxruntime", ONNXRUNTIME), ("tokenizers", TOKENIZERS)):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "model").mkdir()
    yield tmp_path / "model"
    for name in ("onnxruntime", "tokenizers"):
        sys.modules.pop(name, None)


@pytest.fixture(params=["fake", "stand_ins", "real"])
def opinion(request: pytest.FixtureRequest) -> SecondOpinion:
    """Each implementation in turn."""
    if request.param == "fake":
        return HashedOpinion()
    if request.param == "real":
        pytest.importorskip("onnxruntime", reason="saring[embed] is not installed")
        if "EMBEDDER_DIR" not in os.environ:
            pytest.skip("no model here: set EMBEDDER_DIR to a folder with one")
        return OnnxOpinion(Path(os.environ["EMBEDDER_DIR"]))
    folder: Path = request.getfixturevalue("packages")
    (folder / MODEL).write_bytes(b"model")
    (folder / TOKENIZER).write_text("{}")
    return OnnxOpinion(folder)


def test_every_text_has_a_row_of_length_one(opinion: SecondOpinion) -> None:
    rows = opinion.embed(TEXTS)

    assert (rows.shape[0], rows.dtype.name) == (len(TEXTS), "float32")
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_row_depends_on_its_text_alone(opinion: SecondOpinion) -> None:
    together = opinion.embed(TEXTS)

    for text, row in zip(TEXTS, together, strict=True):
        assert opinion.embed([text])[0].tobytes() == row.tobytes()
    assert together[0].tobytes() != together[1].tobytes()


def test_no_texts_give_no_rows(opinion: SecondOpinion) -> None:
    assert len(opinion.embed([])) == 0


def test_it_says_who_it_is(opinion: SecondOpinion) -> None:
    assert opinion.name
    assert opinion.version


def test_what_lies_beyond_the_bound_is_not_read(opinion: SecondOpinion) -> None:
    text = "antre " * 4_000
    assert opinion.embed([text])[0].tobytes() == opinion.embed([text + "senang"])[0].tobytes()


@given(text=st.text(st.characters(), max_size=60))
def test_the_fake_takes_any_text(text: str) -> None:
    assert np.isfinite(HashedOpinion().embed([text])).all()


def test_another_model_is_another_version(packages: Path) -> None:
    versions = []
    for model in ("one", "two"):
        folder = packages / model
        folder.mkdir()
        (folder / MODEL).write_text(model)
        (folder / TOKENIZER).write_text("{}")
        versions.append(OnnxOpinion(folder).version)
    assert versions[0] != versions[1]


@pytest.mark.parametrize("missing", [MODEL, TOKENIZER])
def test_a_missing_file_is_named(packages: Path, missing: str) -> None:
    for name in {MODEL, TOKENIZER} - {missing}:
        (packages / name).write_text("{}")
    with pytest.raises(NoEmbedder, match=rf"no {missing} in .*put"):
        OnnxOpinion(packages)


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_is_named(
    packages: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(
        "workers.adapters.onnx_opinion.find_spec",
        lambda name: None if name == package else object(),
    )
    with pytest.raises(NoEmbedder, match=rf"no package {package}: install saring\[embed\]"):
        OnnxOpinion(packages)
