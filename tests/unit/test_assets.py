"""The weights that come with the code: current, small, licensed, and data only."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import numpy as np
import pytest

from tasks.features import VERSION, WIDTH
from tasks.heads import ASSETS, OPTIONAL, REQUIRED, Heads
from training.data import LANGUAGES
from training.measure import measure
from training.recipes import LICENCES, RECIPES, SETS

MANIFEST: Final[dict[str, Any]] = json.loads((ASSETS / "manifest.json").read_text())
HEADS: Final = tuple(MANIFEST["heads"])
TABLES: Final[dict[str, Any]] = MANIFEST["tables"]
FILES: Final[dict[str, Any]] = {**MANIFEST["heads"], "names": MANIFEST["tagger"], **TABLES}
DATA: Final = Path(__file__).parents[3] / "shared" / "data"
LARGEST: Final = 20 * 1024 * 1024


def test_the_manifest_names_every_file_of_weights() -> None:
    assert {*REQUIRED} <= {*HEADS} <= {*REQUIRED, *OPTIONAL}
    assert MANIFEST["features_version"] == VERSION
    files = {entry["file"] for entry in FILES.values()}
    assert files == {path.name for path in ASSETS.glob("*.npz")}


@pytest.mark.parametrize("name", FILES)
def test_the_manifest_is_current(name: str) -> None:
    entry = FILES[name]
    content = (ASSETS / entry["file"]).read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["bytes"] == len(content)
    assert entry["figures"] or name in TABLES  # `saring evaluate group` measures what uses them


@pytest.mark.parametrize("name", FILES)
def test_a_licence_lies_beside_each_file_and_names_it(name: str) -> None:
    entry = FILES[name]
    text = (ASSETS / entry["licence_file"]).read_text()
    assert entry["file"] in text
    assert entry["licence"].removeprefix("CC-").replace("-4.0", " 4.0") in text


@pytest.mark.parametrize("name", RECIPES)
def test_each_head_that_is_trained_has_a_licence_that_names_its_file(name: str) -> None:
    text = (ASSETS / f"LICENSE-{LICENCES[name]}.md").read_text()
    assert f"{name}.npz" in text.splitlines()[0]
    assert ("NC" in LICENCES[name]) == ("hate_abusive_id" in SETS[name])


def test_what_learnt_from_non_commercial_data_says_so() -> None:
    for entry in MANIFEST["heads"].values():
        assert ("NC" in entry["licence"]) == ("hate_abusive_id" in entry["data"])


def test_all_assets_together_are_small() -> None:
    sizes = [path.stat().st_size for path in ASSETS.parent.rglob("*") if path.is_file()]
    assert sum(sizes) < LARGEST


@pytest.mark.parametrize("name", HEADS)
def test_weights_are_plain_numbers(name: str) -> None:
    path: Path = ASSETS / f"{name}.npz"
    with ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(path, allow_pickle=False) as arrays:  # raises on an object array
        kinds = {key: arrays[key].dtype.kind for key in arrays.files}
        columns = np.cumsum(arrays["gaps"], dtype=np.int64)
        assert arrays["weights"].shape == (len(columns), len(arrays["labels"]))
        assert np.isfinite(arrays["scale"]).all()
        assert np.isfinite(arrays["bias"]).all()
    assert set(kinds.values()) <= set("iufbU")
    assert columns[-1] < WIDTH
    assert np.all(np.diff(columns) > 0)


def test_the_figures_of_the_manifest_are_those_of_the_weights() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the data sets are not here: no {DATA}")
    if MANIFEST["heads"]["language"]["labels"] != [*LANGUAGES]:
        pytest.skip("the weights are older than the training data: run `saring train`")
    report = measure(Heads.load(), DATA, "valid")
    found = {(f.head, f.source, f.name): f.value for f in report.figures}
    for entry in MANIFEST["heads"].values():
        for f in entry["figures"]:
            value = found[f["head"], f["source"], f["name"]]
            assert value == pytest.approx(f["value"], abs=0.0005), f
