"""`saring narratives` and `saring reindex`: what is told by many, and the index that finds it."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
import typer
from rich.console import Console, Group
from rich.progress import track
from rich.table import Table

from tasks.words import ReaderLanguage
from workers.adapters.valkey_memory import Loss
from workers.cli.results import parse_since, shorten
from workers.ledger import narratives as ledger_narratives
from workers.ledger.narratives import Profile, Summary
from workers.mending import memory_of, mended, refilled
from workers.settings import load_settings
from workers.wiring import existing_ledger, wire

_BARS: Final = " ▁▂▃▄▅▆▇█"
COLUMNS: Final[dict[ReaderLanguage, tuple[str, ...]]] = {
    "id": ("Narasi", "Item", "Salinan", "Akun", "Pertama", "Terakhir"),
    "en": ("Narrative", "Items", "Copies", "Accounts", "First", "Last"),
}
VERSIONS: Final[dict[ReaderLanguage, tuple[str, ...]]] = {
    "id": ("Sejak", "Salinan", "Bunyinya"),
    "en": ("Since", "Copies", "What it says"),
}
LINES: Final[dict[ReaderLanguage, dict[str, str]]] = {
    "id": {
        "none": "Belum ada narasi dengan dua item atau lebih.",
        "unknown": "Tidak ada narasi dengan nomor itu.",
        "platforms": "Platform",
        "hours": "24 jam terakhir",
        "burst": "10 menit terpadat: {share:.0%} dari semuanya, {times:.1f} kali kebetulan",
    },
    "en": {
        "none": "No narrative of two items or more yet.",
        "unknown": "There is no narrative of that id.",
        "platforms": "Platforms",
        "hours": "Last 24 hours",
        "burst": "Densest 10 minutes: {share:.0%} of all, {times:.1f} times chance",
    },
}


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(narratives)
    app.command()(reindex)


def narratives(
    narrative: Annotated[str | None, typer.Argument(help="One narrative, in whole.")] = None,
    since: Annotated[str, typer.Option(help="Written since: 30m, 7d, or ISO 8601.")] = "24h",
    limit: Annotated[int, typer.Option(help="Most rows.", min=1, max=1000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
) -> None:
    """Show what is told by many: the largest narratives, or one of them in whole."""
    settings = load_settings()
    ledger, console, words = existing_ledger(settings), Console(), LINES[settings.language]
    if narrative is None:
        start = int(parse_since(since).timestamp() * 1000)
        found = ledger_narratives.growing(ledger, start, limit)
        if as_json:
            print(orjson.dumps([asdict(one) for one in found]).decode())
        else:
            console.print(_table(found, settings.language) if found else words["none"])
        return
    whole = ledger_narratives.profile(ledger, narrative)
    if whole is None:
        raise ValueError(f"{narrative}: {words['unknown']}")
    if as_json:
        print(orjson.dumps(asdict(whole)).decode())
    else:
        console.print(_whole(whole, settings.language))


def reindex(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget first what the index holds.")
    ] = False,
) -> None:
    """Fill the index of copies and narratives again, from the publications of the last 45 days.

    Harmless while workers run, and when run twice. After a loss of the broker's data the dispatcher
    does so by itself.
    """
    outside, me = wire(load_settings()), uuid.uuid4().hex
    lost = memory_of(outside).look(me)
    # What is lost is given back first, as the dispatcher would: the marks and the events too.
    work = mended(outside, lost, me) if isinstance(lost, Loss) else iter(())
    count = sum(track(work, description="", console=Console(stderr=True)))
    if fresh or lost != Loss(None):
        again = refilled(outside, me, fresh=fresh)
        count = sum(track(again, description="", console=Console(stderr=True)))
    print(f"{count} items")


def _table(found: Sequence[Summary], language: ReaderLanguage) -> Table:
    rows = Table(*COLUMNS[language])
    for one in found:
        times = map(_time, (one.first_ms, one.last_ms))
        rows.add_row(
            one.narrative_id, str(one.items), f"{one.share_of_copies:.0%}", one.accounts, *times
        )
    return rows


def _whole(whole: Profile, language: ReaderLanguage) -> Group:
    words = LINES[language]
    lines = [f"{words['hours']}: {_spark(whole.hours)}"]
    if any(whole.platforms):
        named = (f"{name or '-'} {count}" for name, count in whole.platforms.items())
        lines.append(f"{words['platforms']}: {', '.join(named)}")
    if whole.burst is not None:
        burst = whole.burst
        lines.append(words["burst"].format(share=burst.share, times=burst.compression))
    versions = Table(*VERSIONS[language])
    for one in whole.versions:
        versions.add_row(_time(one.first_ms), str(one.copies), shorten(one.text))
    return Group(_table([whole.summary], language), *lines, versions)


def _spark(counts: Sequence[int]) -> str:
    most = max(*counts, 1)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")
