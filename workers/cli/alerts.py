"""`saring alerts`: narratives that grow faster than their own past."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from tasks.models import Publication
from tasks.words import ReaderLanguage
from workers.cli.results import parse_since, shorten
from workers.ledger.alerts import Alert, alerts_since, look
from workers.ledger.reach import HOUR_MS
from workers.ledger.wordings import headlines
from workers.settings import load_settings
from workers.wiring import existing_ledger

COLUMNS: Final[dict[ReaderLanguage, tuple[str, ...]]] = {
    "id": ("Jam (UTC)", "Narasi", "Masuk", "Diperkirakan", "Dilihat", "Bunyinya"),
    "en": ("Hour (UTC)", "Narrative", "Came", "Expected", "Seen", "What it says"),
}
LINES: Final[dict[ReaderLanguage, dict[str, str]]] = {
    "id": {
        "none": "Tidak ada narasi yang tumbuh melebihi kebiasaannya.",
        "yes": "ya",
        "no": "belum",
    },
    "en": {"none": "No narrative grew faster than its own past.", "yes": "yes", "no": "no"},
}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(alerts)


def alerts(
    since: Annotated[str, typer.Option(help="Hours since: 30m, 7d, or ISO 8601.")] = "24h",
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
) -> None:
    """Look what grows faster than its own past, and show the alerts."""
    settings = load_settings()
    ledger = existing_ledger(settings)
    look(ledger)
    found = alerts_since(ledger, int(parse_since(since).timestamp() * 1000))
    if as_json:
        print(orjson.dumps([asdict(one) for one in found]).decode())
    elif found:
        said = headlines(ledger, {one.narrative_id for one in found})
        Console().print(_table(found, said, settings.language))
    else:
        print(LINES[settings.language]["none"])


def _table(found: Sequence[Alert], said: dict[str, Publication], language: ReaderLanguage) -> Table:
    rows, words = Table(*COLUMNS[language]), LINES[language]
    for one in found:
        hour = datetime.fromtimestamp(one.hour * HOUR_MS / 1000, UTC)
        first = said.get(one.narrative_id)
        rows.add_row(
            f"{hour:%Y-%m-%d %H}:00",
            one.narrative_id,
            str(one.growth.came),
            f"{one.growth.expected:.1f}",
            words["no"] if one.seen_by is None else words["yes"],
            "" if first is None else shorten(first.text),
        )
    return rows
