"""The figures of claim matching: exact intervals, and shares of the right rows."""

import gzip
import json
from pathlib import Path

import pytest

from training import claim_figures
from training.claim_figures import HEADLINES, REAL, _figure, measure_claims
from training.claim_samples import MEASURING, samples


def test_the_interval_of_none_is_that_of_clopper_and_pearson() -> None:
    found = _figure("invented", "falsely confirmed", 0, 180)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 180), abs=1e-4)
    assert _figure("invented", "confirmed", 90, 180).value == 0.5


def test_every_share_is_of_all_the_texts_that_it_speaks_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in REAL:
        (tmp_path / name).mkdir()
        for split in ("train", "valid"):
            rows = [{"text": f"jembatan nomor {n} di kota contoh dibuka warga"} for n in range(80)]
            with gzip.open(tmp_path / name / f"{split}.jsonl.gz", "wt") as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(claim_figures, "SIZES", (70,))
    found = {(one.source, one.name): one for one in measure_claims(tmp_path)}
    assert all(one.low <= one.value <= one.high for one in found.values())
    texts = list(samples(MEASURING))
    for kind in ("denial", "report", "question", "near_miss"):
        one = found["samples", f"{kind}: falsely confirmed"]
        assert one.rows == sum(text.kind == kind for text in texts)
    assert found["samples", "wordings all: confirmed"].rows == 360
    parts = [found["samples", f"wordings {name}: confirmed"] for name in ("ind", "regional", "eng")]
    assert sum(one.rows for one in parts) == 360
    assert found[HEADLINES, "falsely confirmed"].rows == 80
    assert found["70 fact-checks, headlines", "confirmed"].rows == 80
    assert found["samples", "denial: falsely confirmed"].value == 0
