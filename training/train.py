"""`saring train`: data sets in, weights and their manifest out."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits

from tasks.enrich.tagger import Kind, Tagger
from tasks.features import VERSION
from tasks.heads import Heads
from training.claims import LICENCE as CLAIMS_LICENCE
from training.claims import NAME as CLAIMS
from training.claims import SETS as CLAIMS_SETS
from training.claims import train_claims
from training.figures import Figure
from training.fit import FOLDS, fit
from training.measure import measure
from training.ner_data import SETS as NER_SETS
from training.pack import write_npz
from training.rarity import LICENCE as RARITY_LICENCE
from training.rarity import NAME as RARITY
from training.rarity import SETS as RARITY_SETS
from training.rarity import train_rarity
from training.recipes import LICENCES, LOADERS, RECIPES, SETS
from training.tagger import FILE, LICENCE, measure_tagger, train_tagger

NAMES: Final = Path(FILE).stem


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
    train_tagger(data, out)
    train_rarity(data, out)
    train_claims(data, out)
    write_manifest(data, out)


def write_manifest(data: Path, out: Path) -> None:
    """Write `manifest.json`: what the weights in `out` are, and their figures on valid."""
    models, names = Heads.load(out), Tagger.load(out / FILE)
    figures = (*measure(models, data, "valid").figures, *measure_tagger(names, data, "valid"))
    heads = {
        head.name: _entry(
            out, head.name, head.labels, SETS[head.name], LICENCES[head.name], figures
        )
        for head in models.every
    }
    tagger = _entry(out, NAMES, get_args(Kind), NER_SETS, LICENCE, figures)
    tables = {
        RARITY: _entry(out, RARITY, (), tuple(RARITY_SETS), RARITY_LICENCE, ()),
        CLAIMS: _entry(out, CLAIMS, (), CLAIMS_SETS, CLAIMS_LICENCE, ()),
    }
    manifest = {"features_version": VERSION, "heads": heads, "tagger": tagger, "tables": tables}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _entry(
    out: Path,
    name: str,
    labels: Sequence[str],
    sets: Sequence[str],
    licence: str,
    figures: Sequence[Figure],
) -> dict[str, Any]:
    """What the manifest says of one file of weights."""
    content = (out / f"{name}.npz").read_bytes()
    return {
        "file": f"{name}.npz",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": licence,
        "licence_file": f"LICENSE-{licence}.md",
        "data": sets,
        "labels": labels,
        "figures": [asdict(figure) for figure in figures if figure.head == name],
    }
