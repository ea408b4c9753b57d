"""The weights of claim matching: made the same twice, from the choosing half, and for this code."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tasks.claims import tables
from tasks.claims.model import FILE, MATCHING, Model, made_with
from tasks.claims.rarity import BITS
from tasks.heads import ASSETS, REQUIRED
from training import claims
from training.claim_rarity import SETS as RARITY_SETS
from training.claim_samples import CHOOSING, KINDS, MEASURING, Sample, sample_library, samples
from training.claims import NAME, REAL, train_claims
from training.data import Split
from training.pack import write_npz


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented sets of a few rows each."""
    folder = tmp_path_factory.mktemp("data")
    for name in {*RARITY_SETS, *REAL}:
        rows = [
            {"text": f"warga kota contoh melihat {word} {number} kali", "lang": lang, "label": lang}
            for number, word in enumerate(["air", "vaksin", "jembatan", "bantuan"] * 5)
            for lang in ("jav", "eng")
        ]
        (folder / name).mkdir()
        with gzip.open(folder / name / "train.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def made(data: Path, out: Path) -> bytes:
    out.mkdir()
    for head in (*REQUIRED, "act"):
        shutil.copy(ASSETS / f"{head}.npz", out)
    train_claims(data, out)
    return (out / f"{NAME}.npz").read_bytes()


def test_training_twice_gives_the_same_bytes_and_weights_that_load(
    data: Path, tmp_path: Path
) -> None:
    assert made(data, tmp_path / "one") == made(data, tmp_path / "two")
    model = Model.load(tmp_path / "one" / f"{NAME}.npz")
    assert len(model.matching) == len(MATCHING) + 1
    covered = model.matching[MATCHING.index("covered")]
    assert covered > 0  # the more of a claim is there, the more it is that claim


def test_nothing_is_learnt_from_the_measuring_half(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, ...]] = []

    def told(files: tuple[str, ...]) -> list[Sample]:
        read.append(tuple(files))
        return list(samples(files))

    splits: list[Split] = []

    def real(data: Path, names: tuple[str, ...], split: Split) -> list[str]:
        splits.append(split)
        return ["warga kota contoh"] * 10

    monkeypatch.setattr(claims, "samples", told)
    monkeypatch.setattr(claims, "real_texts", real)
    made(data, tmp_path / "out")
    assert (read, splits) == ([CHOOSING], ["train"])
    assert not {*CHOOSING} & {*MEASURING}


def test_weights_made_with_other_lists_or_code_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with np.load(FILE) as arrays:
        others = {**arrays, "made_for": np.array("1 000000000000")}
    write_npz(tmp_path / "claims.npz", others)
    with pytest.raises(ValueError, match="run `saring train`"):
        Model.load(tmp_path / "claims.npz")
    copy = tmp_path / "lists"
    shutil.copytree(tables.FOLDER, copy)
    (copy / "words.tsv").write_text("word\tsaid\nair\tbanyu\n", encoding="utf-8")
    before = made_with()
    monkeypatch.setattr(tables, "FOLDER", copy)
    tables.version.cache_clear()
    try:
        assert made_with() != before
        with pytest.raises(ValueError, match="run `saring train`"):
            Model.load()
    finally:
        tables.version.cache_clear()


def test_the_weights_are_plain_numbers() -> None:
    with np.load(FILE, allow_pickle=False) as arrays:
        kinds = {name: arrays[name].dtype.kind for name in arrays.files}
        assert arrays["idf"].dtype == np.uint8
        assert arrays["idf"].shape == (1 << BITS,)
        assert arrays["stance"].dtype == np.int8
        assert all(np.isfinite(arrays[name]).all() for name, kind in kinds.items() if kind == "f")
    assert {*kinds.values()} <= {*"iufU"}


def test_there_are_as_many_samples_as_their_readme_says() -> None:
    found = list(samples((*CHOOSING, *MEASURING)))
    counts = [sum(one.kind == kind for one in found) for kind in KINDS]
    assert dict(zip(KINDS, counts, strict=True)) == {
        "wording": 720,
        "question": 120,
        "denial": 360,
        "report": 240,
        "near_miss": 300,
    }
    assert {one.claim for one in found} == {check.id for check in sample_library().checks}
