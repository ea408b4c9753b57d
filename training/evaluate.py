"""`saring evaluate`: the figures that docs/models.md states, measured again."""

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tasks.heads import heads
from training.data import Split
from training.measure import Report, measure


def evaluate(data: Path, split: Split, as_json: bool) -> Report:
    """Measure the heads that come with the code, and print a table or one JSON object.

    Raises FileNotFoundError when a set or its split is missing from `data`.
    """
    report = measure(heads(), data, split)
    if as_json:
        print(json.dumps(asdict(report)))
    else:
        Console().print(_table(report))
    return report


def _table(report: Report) -> Table:
    table = Table("head", "source", "figure", title=f"Figures on {report.split}")
    for column in ("value", "95% interval", "rows"):
        table.add_column(column, justify="right")
    for figure in report.figures:
        table.add_row(
            f"{figure.head} {report.versions[figure.head]}",
            figure.source,
            figure.name,
            f"{figure.value:.3f}",
            f"{figure.low:.3f}-{figure.high:.3f}",
            str(figure.rows),
        )
    return table
