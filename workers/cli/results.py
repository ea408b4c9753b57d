"""`saring results` and `saring quarantine`: what came out, and what waits for a person."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from tasks.models import Publication
from tasks.words import Desk, ReaderLanguage
from workers.cli.spans import span_seconds
from workers.labels import DESKS, act_label
from workers.ledger import views
from workers.settings import load_settings
from workers.wiring import existing_ledger

_TABLE_ROWS = 200
HEADINGS: Final[dict[ReaderLanguage, tuple[str, ...]]] = {
    "id": ("Meja", "Item", "Tindak tutur", "Alasan", "Teks"),
    "en": ("Desk", "Item", "Act", "Reason", "Text"),
}


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(results)
    app.command()(quarantine)


def results(
    desk: Annotated[Desk | None, typer.Option(help="Only this desk.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was published since: 30m, 7d, or ISO 8601.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One Publication (JSON) a line.")] = False,
) -> None:
    """Show what was published, oldest first."""
    settings = load_settings()
    ledger = existing_ledger(settings)
    found = views.results(ledger, desk, None if since is None else parse_since(since))
    if jsonl:
        for publication in found:
            sys.stdout.write(publication.model_dump_json() + "\n")
        return
    console = Console()
    console.print(table(islice(found, _TABLE_ROWS), settings.language))
    if next(found, None) is not None:
        console.print(f"… only the first {_TABLE_ROWS}; --jsonl prints all")


def quarantine() -> None:
    """List the items that could not be processed, and why."""
    ledger = existing_ledger(load_settings())
    rows = Table("item", "since", "attempts", "error")
    for one in views.quarantine(ledger):
        since = datetime.fromtimestamp(one.since_ms / 1000, UTC).isoformat(timespec="seconds")
        rows.add_row(one.ref, since, str(one.attempts), one.error)
    Console().print(rows)


def table(publications: Iterable[Publication], language: ReaderLanguage) -> Table:
    """The publications as a table for people."""
    rows = Table(*HEADINGS[language], expand=True)
    desk, item, act, *sentences = rows.columns
    desk.no_wrap = True
    act.ratio = 2
    item.overflow, item.ratio = "fold", 2  # an id is shown whole, however long
    for column in sentences:
        column.ratio = 3
    for one in publications:
        rows.add_row(
            DESKS[one.desk][language],
            one.ref,
            act_label(one.acts[0], language),
            " ".join(one.reasons),
            shorten(one.text),
        )
    return rows


def shorten(text: str, width: int = 90) -> str:
    """The text on one line, cut to `width` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


def parse_since(since: str, now: datetime | None = None) -> datetime:
    """A time from `90s`, `30m`, `12h`, `7d` (ago) or ISO 8601 (UTC where it has no zone).

    Raises ValueError with the forms that are understood.
    """
    seconds = span_seconds(since)
    if seconds is not None:
        return (datetime.now(UTC) if now is None else now) - timedelta(seconds=seconds)
    try:
        parsed = datetime.fromisoformat(since)
    except ValueError:
        raise ValueError(
            f"--since {since}: is no time; use 90s, 30m, 12h, 7d or 2026-11-22T08:00:00+07:00"
        ) from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
