"""`saring evaluate`: the figures that docs/models.md, narratives.md, claims.md and desk/alerts.md
state, again.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tasks.enrich.tagger import tagger
from tasks.heads import Heads, heads
from tasks.ports import SecondOpinion
from training.claim_figures import measure_claims
from training.copies import measure_copies
from training.cross import cross
from training.data import Split
from training.growth import measure_growth
from training.measure import Report, measure
from training.narratives import measure_narratives
from training.procedures import measure_procedures
from training.tagger import measure_tagger

_WIDTH: Final = 120


def evaluate(
    data: Path, split: Split, as_json: bool, across: bool = False, models: Heads | None = None
) -> Report:
    """Measure `models`, or the heads and the tagger of the code; print a table or one JSON object.

    `across` adds figures on sources that a head has not seen, for which heads are trained again:
    some minutes more. Progress goes to stderr. Raises FileNotFoundError when a set or its split
    is missing from `data`.
    """
    advance = _progress()
    report = measure(heads() if models is None else models, data, split, advance)
    names = tagger() if models is None else None
    if names is not None:
        advance("names")
        report = replace(report, figures=(*report.figures, *measure_tagger(names, data, split)))
    if across:
        more = cross(data, split, advance)
        report = replace(report, figures=(*report.figures, *more))
    advance("done")
    _show(report, as_json)
    return report


def evaluate_group(
    data: Path, split: Split, as_json: bool, embedder: SecondOpinion | None = None
) -> Report:
    """Measure copies, narratives and the matching of claims; print a table or one JSON object.

    Raises FileNotFoundError when a set or its split is missing from `data`.
    """
    advance = _progress()
    advance("copies")
    found = tuple(measure_copies(data))
    advance("narratives")
    found += tuple(measure_narratives(data, split, embedder))
    advance("claims")
    found += tuple(measure_claims(data))
    advance("done")
    report = Report(split, {"saring": version("saring")}, found)
    _show(report, as_json)
    return report


def evaluate_growth(as_json: bool) -> Report:
    """Measure the alerts on simulated streams; print a table or one JSON object."""
    advance = _progress()
    advance("growth")
    report = Report("simulated", {"saring": version("saring")}, tuple(measure_growth()))
    advance("done")
    _show(report, as_json)
    return report


def evaluate_procedures(as_json: bool) -> Report:
    """Measure how questions find their page; print a table or one JSON object."""
    report = Report("samples", {"saring": version("saring")}, tuple(measure_procedures()))
    _show(report, as_json)
    return report


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(report)))
    else:
        # What is no terminal says nothing of its width; a narrow table would break each row.
        Console(width=None if sys.stdout.isatty() else _WIDTH).print(_table(report))


def _progress() -> Callable[[str], None]:
    """Says on stderr what comes next, and after how many seconds."""
    console, begun = Console(stderr=True), monotonic()
    return lambda what: console.print(f"{monotonic() - begun:4.0f} s  {what}", highlight=False)


def _table(report: Report) -> Table:
    versions = ", ".join(f"{head} {version}" for head, version in report.versions.items())
    title = f"Figures on {report.split}"
    table = Table("head", "source", "figure", title=title, caption=versions, box=SIMPLE_HEAD)
    for column in ("value", "95% interval", "rows"):
        table.add_column(column, justify="right", no_wrap=True)
    for figure in report.figures:
        table.add_row(
            figure.head,
            figure.source,
            figure.name,
            f"{figure.value:.3f}",
            f"{figure.low:.3f}-{figure.high:.3f}",
            f"{figure.rows:,}",
        )
    return table
