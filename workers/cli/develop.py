"""Commands that need the repository: train, evaluate, bench; and `saring schema`."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from tasks.models import Publication, Submission

_DATA = Path("../shared/data")
_NO_CHECKOUT = "needs the repository: run it in a clone, in the environment that `make` builds"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (train, evaluate, bench, schema):
        app.command()(command)


def train(
    data: Annotated[Path, typer.Option(help="Folder of data sets.")] = _DATA,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = Path("tasks/assets/weights"),
) -> None:
    """Train the heads and write their weights; the same data give the same bytes."""
    try:
        from training.train import train as run  # noqa: PLC0415 - not in the wheel
    except ImportError as error:
        raise ValueError(f"saring train {_NO_CHECKOUT} ({error})") from error
    run(data, out)


def evaluate(
    data: Annotated[Path, typer.Option(help="Folder of data sets.")] = _DATA,
    split: Annotated[Literal["valid", "test"], typer.Option(help="Which file of each.")] = "valid",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print the figures of docs/models.md, with 95% intervals."""
    try:
        from training.evaluate import evaluate as run  # noqa: PLC0415 - not in the wheel
    except ImportError as error:
        raise ValueError(f"saring evaluate {_NO_CHECKOUT} ({error})") from error
    run(data, split, as_json)


def bench(
    items: Annotated[int, typer.Option(help="Items of a run.", min=64)] = 2000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure items/s and CPU ms per item: stages, queue, ledger, broker."""
    try:
        from bench.run import bench as run  # noqa: PLC0415 - not in the wheel
    except ImportError as error:
        raise ValueError(f"saring bench {_NO_CHECKOUT} ({error})") from error
    run(items, as_json)


def schema(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path("docs/schema"),
) -> None:
    """Write the JSON Schemas of Submission and Publication."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text)


def schemas() -> dict[str, str]:
    """The text of each schema file, by name."""
    made = {
        "submission.json": Submission.model_json_schema(),
        "publication.json": Publication.model_json_schema(mode="serialization"),
    }
    return {
        name: json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **one}, indent=2
        )
        + "\n"
        for name, one in made.items()
    }
