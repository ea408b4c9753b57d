"""`saring train`: data sets in, weights and their manifest out."""

import hashlib
import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits

from tasks.features import VERSION
from tasks.heads import Head, Heads
from training.data import INFORMAL, LOADERS
from training.fit import FOLDS, Recipe, fit
from training.measure import Report, measure
from training.pack import write_npz

RECIPES: Final = {
    "language": Recipe(exclusive=True, strength=4.0, kept=150_000),
    "sentiment": Recipe(exclusive=True, strength=4.0, kept=150_000),
    "hate": Recipe(exclusive=False, strength=1.0, kept=60_000),
}
SETS: Final = {
    "language": ("lid_nusantara", *INFORMAL),
    "sentiment": ("smsa_sentiment", "nusax_sentiment"),
    "hate": ("hate_abusive_id",),
}
LICENCES: Final = {
    "language": "CC-BY-SA-4.0",
    "sentiment": "CC-BY-SA-4.0",
    "hate": "CC-BY-NC-SA-4.0",
}


def train(data: Path, out: Path) -> None:
    """Write `<head>.npz` of every head and `manifest.json` to `out`, which is made if absent.

    The same data give the same bytes; nothing read from `data` but its figures ends in `out`.
    Raises FileNotFoundError when a set is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for name, recipe in RECIPES.items():
            examples = LOADERS[name](data, "train")
            task = progress.add_task(name, total=len(examples.labels) * (FOLDS + 1))
            # One thread: how BLAS shares out a sum decides how it rounds it.
            with threadpool_limits(limits=1):
                arrays = fit(examples, recipe, partial(progress.advance, task))
            write_npz(out / f"{name}.npz", arrays)
    models = Heads.load(out)
    report = measure(models, data, "valid")
    entries = {head.name: _entry(out, head, report) for head in models.loaded}
    manifest = {"features_version": VERSION, "heads": entries}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _entry(out: Path, head: Head, report: Report) -> dict[str, Any]:
    """What the manifest says of one head."""
    content = (out / f"{head.name}.npz").read_bytes()
    licence = LICENCES[head.name]
    return {
        "file": f"{head.name}.npz",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": licence,
        "licence_file": f"LICENSE-{licence}.md",
        "data": SETS[head.name],
        "labels": head.labels,
        "figures": [asdict(figure) for figure in report.figures if figure.head == head.name],
    }
