"""The tables of the demo."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from rich.console import Console
from rich.table import Table

from tasks.models import MAX_TEXT, Publication
from workers.cli.demo_words import DemoWords
from workers.cli.labels import act_label
from workers.cli.results import shorten
from workers.ledger.views import Quarantined
from workers.problems import ProblemType
from workers.problems import words as problem_words
from workers.push import Tally


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the demo did."""

    tally: Tally
    publications: list[Publication]
    quarantined: list[Quarantined]
    seconds: float
    p50_ms: float
    p95_ms: float


def show(outcome: Outcome, words: DemoWords, console: Console, most: int | None) -> None:
    """Print a table for each desk (`most` rows, None for all), then refusals and figures."""
    for table in _desk_tables(outcome.publications, words, most):
        console.print(table)
    console.print(_refusals(outcome.tally, words))
    console.print(_quarantine(outcome.quarantined, words))
    console.print(_figures(outcome, words))


def _desk_tables(
    publications: list[Publication], words: DemoWords, most: int | None
) -> Iterator[Table]:
    for desk, title in words.desks.items():
        ranked = sorted((one for one in publications if one.desk == desk), key=_rank)
        shown = ranked[:most]
        table = Table(*words.columns, title=f"{title}: {len(ranked)}", title_justify="left")
        table.columns[0].no_wrap = True
        for one in shown:
            label = act_label(one.acts[0], words.language)
            table.add_row(one.ref, label, " ".join(one.reasons), shorten(one.text, 70))
        if len(ranked) > len(shown):
            table.caption = words.more.format(number=len(ranked) - len(shown))
        yield table


def _rank(publication: Publication) -> tuple[int, str]:
    return -publication.priority, publication.ref


def _refusals(tally: Tally, words: DemoWords) -> Table:
    table = Table(*words.refused_columns, title=words.refused, title_justify="left")
    for refusal in tally.refusals:
        for problem in refusal.problems:
            said = problem["problem"], problem["remedy"]
            if words.language != "en":
                kind = cast(ProblemType, problem["type"])
                said = problem_words(kind, words.language, limit=MAX_TEXT, known="?", sent="?")
            table.add_row(str(refusal.line), problem["field"], *said)
    return table


def _quarantine(quarantined: list[Quarantined], words: DemoWords) -> Table:
    table = Table(*words.quarantined_columns, title=words.quarantined, title_justify="left")
    for one in quarantined:
        table.add_row(one.ref, words.errors.get(one.error, one.error))
    return table


def _figures(outcome: Outcome, words: DemoWords) -> Table:
    copies = sum(one.duplicate_of is not None for one in outcome.publications)
    done = len(outcome.publications) + len(outcome.quarantined)
    table = Table(title=words.figures, title_justify="left", show_header=False)
    for name, value in (
        (words.accepted, str(outcome.tally.accepted)),
        (words.published, str(len(outcome.publications) - copies)),
        (words.duplicates, str(copies)),
        (words.refused_count, str(len(outcome.tally.refusals))),
        (words.quarantined_count, str(len(outcome.quarantined))),
        (words.rate, f"{done / outcome.seconds:.0f}"),
        (words.latency, f"{outcome.p50_ms:.0f} / {outcome.p95_ms:.0f} ms"),
    ):
        table.add_row(name, value)
    return table
