"""`saring factchecks ...`: the library of published fact-checks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from tasks.ratings import ratings as own_ratings
from tasks.ratings import read_ratings
from tasks.words import Outcome, ReaderLanguage
from workers.cli.factcheck_words import OUTCOMES, SUBTYPES, WORDS
from workers.factchecks.importing import Format, read_all
from workers.ledger import Ledger, factchecks
from workers.ledger.factchecks import Changes, Revision
from workers.settings import load_settings
from workers.wiring import existing_ledger

_SHOWN: Final = 20
"""Problems, or ids, that are told at once."""
Id = Annotated[str, typer.Argument(metavar="ID", help="The id of the fact-check.")]

group = typer.Typer(help="The library of published fact-checks.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(group, name="factchecks")


@group.command("import")
def import_(
    path: Annotated[Path, typer.Argument(exists=True, help="A file, or a folder of them.")],
    form: Annotated[
        Format, typer.Option("--format", help="auto tells by the name and the content.")
    ] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be.")] = False,
    ratings: Annotated[
        Path | None, typer.Option(exists=True, help="Your own ratings.tsv, beside that of saring.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Of entries that name none; ISO 639-3, such as ind.")
    ] = None,
) -> None:
    """Import fact-checks, all or none; the same again changes nothing."""
    settings = load_settings()
    words, ledger = WORDS[settings.language], existing_ledger(settings)
    meanings = own_ratings() if ratings is None else {**own_ratings(), **read_ratings(ratings)}
    read = read_all(path, form, meanings, language)
    store = not (dry_run or read.problems)
    changes = (factchecks.store if store else factchecks.compare)(ledger, read.checks)
    _show_counts(changes, len(read.problems), settings.language)
    for problem in read.problems[:_SHOWN]:
        _say(str(problem))
    if read.problems:
        if len(read.problems) > _SHOWN:
            _say(words.more.format(number=len(read.problems) - _SHOWN))
        _say(words.nothing)
        raise typer.Exit(1)
    _say_of_withdrawn(changes, settings.language)
    _say(words.trial if dry_run else _now(ledger, changes, settings.language))


@group.command("list")
def list_(
    outcome: Annotated[Outcome | None, typer.Option(help="Only these.")] = None,
) -> None:
    """List the fact-checks in force, by id."""
    settings = load_settings()
    table = Table(*WORDS[settings.language].columns)
    table.columns[0].overflow = "fold"  # an id is shown whole
    for one in factchecks.library(existing_ledger(settings)).checks:
        if outcome in (None, one.outcome):
            said = OUTCOMES[one.outcome][settings.language]
            table.add_row(one.id, one.date.isoformat(), said, one.publisher, one.claim)
    _print(table)


@group.command()
def show(name: Id) -> None:
    """Show one fact-check, and its revisions, also if it is withdrawn."""
    settings = load_settings()
    found = factchecks.revisions(existing_ledger(settings), name)
    if not found:
        raise ValueError(f"no fact-check {name}; `saring factchecks list` names those in force")
    _print(_card(found[-1], settings.language))
    for one in found:
        _say(_history(one, found[-1], settings.language))


@group.command()
def withdraw(
    name: Id, reason: Annotated[str, typer.Option(help="Why; kept in the record. No names.")]
) -> None:
    """Take a fact-check out of the library; its record stays."""
    if not reason.strip():
        raise ValueError("--reason: is empty: say why, for those who ask later")
    settings = load_settings()
    factchecks.withdraw(existing_ledger(settings), name, reason.strip())
    _say(WORDS[settings.language].withdrawn.format(id=name))


def _show_counts(changes: Changes, refused: int, language: ReaderLanguage) -> None:
    table = Table(*WORDS[language].counts)
    for column in table.columns:
        column.justify = "right"
    counts = (len(changes.new), len(changes.changed), len(changes.same), refused)
    table.add_row(*map(str, counts))
    _print(table)


def _say_of_withdrawn(changes: Changes, language: ReaderLanguage) -> None:
    words = WORDS[language]
    for sentence, ids in (
        (words.returned, changes.returned),
        (words.still_withdrawn, changes.still_withdrawn),
    ):
        if ids:
            rest = words.more.format(number=len(ids) - _SHOWN) if len(ids) > _SHOWN else ""
            _say(f"{sentence.format(ids=', '.join(ids[:_SHOWN]))} {rest}".strip())


def _now(ledger: Ledger, changes: Changes, language: ReaderLanguage) -> str:
    library = factchecks.library(ledger)
    words = WORDS[language]
    sentence = words.version if changes.new or changes.changed else words.unchanged
    return sentence.format(version=library.version, number=len(library.checks))


def _card(held: Revision, language: ReaderLanguage) -> Table:
    one = held.check
    values = (
        one.claim,
        "\n".join(one.variants),
        one.language,
        one.verdict,
        OUTCOMES[one.outcome][language],
        "" if one.subtype is None else SUBTYPES[one.subtype][language],
        one.date.isoformat(),
        one.publisher,
        one.url,
        "\n".join(f"{source.title}\n{source.url}" for source in one.sources),
        one.clarification,
    )
    table = Table(show_header=False)
    for name, value in zip(WORDS[language].fields, values, strict=True):
        if value:
            table.add_row(name, value)
    return table


def _history(one: Revision, last: Revision, language: ReaderLanguage) -> str:
    words = WORDS[language]
    state = words.in_force if one == last else words.replaced
    if one.withdrawn_at is not None:
        state = words.taken_out.format(when=_time(one.withdrawn_at), reason=one.withdrawn_reason)
    return words.revision.format(number=one.revision, when=_time(one.imported_at), state=state)


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _print(table: Table) -> None:
    Console(markup=False).print(table)


def _say(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)
