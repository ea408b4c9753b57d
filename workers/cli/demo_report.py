"""The tables of the demo."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from rich.console import Console
from rich.table import Table

from tasks.models import MAX_TEXT, Publication
from workers.cli.demo_words import DemoWords
from workers.cli.results import shorten
from workers.labels import act_label
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
    console.print(_known(outcome, words))
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


def _known(outcome: Outcome, words: DemoWords) -> Table:
    """The claims that a fact-check refutes, by fact-check: each wording that was caught."""
    found = [(claim, one) for one in outcome.publications for claim in one.claims]
    confirmed = [(claim, one) for claim, one in found if claim.decision == "confirm"]
    title = f"{words.known}: {len(confirmed)}"
    table = Table(*words.known_columns, title=title, title_justify="left")
    for claim, one in sorted(confirmed, key=lambda pair: (pair[0].claim_id, pair[1].ref)):
        table.add_row(claim.claim_id, one.ref, one.language, shorten(one.text, 60))
    table.caption = words.suggested.format(number=len(found) - len(confirmed))
    return table


def late_table(late: list[tuple[Publication, int]], words: DemoWords) -> Table:
    """A hoax that arrives in several wordings, and how soon its fact-check was beside each."""
    table = Table(*words.late_columns, title=words.late, title_justify="left")
    table.columns[0].no_wrap = True
    for one, waited in late:
        known = ", ".join(f"{claim.claim_id}: {claim.verdict}" for claim in one.claims)
        seconds = f"{waited / 1000:.2f} s"
        table.add_row(one.ref, one.language, seconds, known or "-", shorten(one.text, 60))
    return table


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
