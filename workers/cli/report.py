"""`saring report`: a period as a page and a PDF, or the morning digest. Nothing is sent."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from tasks.words import ReaderLanguage
from workers.cli.results import parse_since
from workers.desk.rendering import Rendering, styles
from workers.ledger.database import now_ms
from workers.report.compose import compose
from workers.report.digest import digest as write_digest
from workers.report.digest import morning, plain, since_default
from workers.report.figures import Tell, count
from workers.report.html import digest_page, page
from workers.report.model import Period
from workers.report.pdf import pdf
from workers.report.writing import Writer
from workers.settings import Settings, load_settings
from workers.wiring import existing_ledger

_SHEETS: Final = ("base.css", "report.css")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(report)


def report(
    since: Annotated[
        str | None,
        typer.Option(
            help="From: 7d, 24h, or ISO 8601. Default: 7d; --digest: yesterday 06:00 WIB."
        ),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until: the same forms. Default: now.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder, or one file: .html, .pdf, with --digest .txt.")
    ] = None,
    language: Annotated[ReaderLanguage | None, typer.Option(help="Of the report.")] = None,
    digest: Annotated[bool, typer.Option("--digest", help="The morning digest.")] = False,
) -> None:
    """Write what came in and what people did: a page and a PDF, or the morning digest."""
    settings = load_settings()
    writer = Writer(Rendering(), language if language is not None else settings.language)
    made = now_ms()
    end = made if until is None else min(made, _milliseconds(until))
    if digest:
        start = since_default(end) if since is None else _milliseconds(since)
        _digest(settings, writer, Period(start, end), out)
    else:
        start = _milliseconds("7d" if since is None else since)
        _report(settings, writer, Period(start, end), made, out if out is not None else Path())


def _report(settings: Settings, writer: Writer, period: Period, made: int, out: Path) -> None:
    ledger = existing_ledger(settings)
    with _progress(writer) as tell:
        found = count(ledger, settings.institution, period, made, tell)
        tell("plots")
        document = compose(found, writer)
        tell("pages")
        name = f"saring-{'-'.join(f'{day:%Y%m%d}' for day in (period.days[0], period.days[-1]))}"
        for path in _targets(out, name, (".html", ".pdf")):
            if path.suffix == ".pdf":
                path.write_bytes(pdf(document, writer, made))
            else:
                path.write_bytes(page(document, writer, styles(*_SHEETS)))
            print(path)


def _digest(settings: Settings, writer: Writer, period: Period, out: Path | None) -> None:
    found = morning(existing_ledger(settings), settings.institution, period)
    written = write_digest(found, writer, settings.desk_url)
    if out is None:
        _show(plain(written))
        return
    for path in _targets(out, f"saring-digest-{period.days[-1]:%Y%m%d}", (".html", ".txt")):
        html = path.suffix == ".html"
        path.write_bytes(
            digest_page(written, writer, styles(*_SHEETS)) if html else plain(written).encode()
        )
        print(path)


def _show(text: str) -> None:
    """On a terminal with its headings in colour, elsewhere as an e-mail's body."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    console = Console(highlight=True)
    for number, line in enumerate(text.splitlines()):
        heading = number == 0 or (line.isupper() and not line.startswith("-"))
        console.print(line, style="bold cyan" if heading else None, markup=False)


def _targets(out: Path, name: str, kinds: tuple[str, ...]) -> list[Path]:
    """The files to write. Raises ValueError for a file of another kind, OSError."""
    if out.suffix and not out.is_dir():
        if out.suffix not in kinds:
            raise ValueError(
                f"--out {out}: name a folder, or a file that ends in {' or '.join(kinds)}"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    return [out / f"{name}{kind}" for kind in kinds]


def _milliseconds(time: str) -> int:
    return int(parse_since(time).timestamp() * 1000)


@contextmanager
def _progress(writer: Writer) -> Iterator[Tell]:
    console = Console(stderr=True)
    with console.status("") as status:
        yield lambda step: status.update(f"{writer.say(f'step_{step}')} …")
