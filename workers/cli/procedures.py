"""`saring procedures ...`: the library of pages with which questions are answered."""

from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from tasks.procedures import Procedure
from tasks.words import ReaderLanguage
from workers.ledger.procedures import all_procedures, import_procedures, procedure_library
from workers.procedure_files import read_procedures, write_procedure
from workers.settings import load_settings
from workers.wiring import existing_ledger


class ProcedureWords(NamedTuple):
    """Headings and sentences in one language."""

    imported: str
    trial: str
    nothing: str
    exported: str
    columns: tuple[str, str, str, str, str]
    withdrawn: str


WORDS: Final[dict[ReaderLanguage, ProcedureWords]] = {
    "id": ProcedureWords(
        imported="{new} halaman baru, {changed} berubah, {same} sama.",
        trial="{number} halaman dapat dibaca. Percobaan: tidak ada yang disimpan.",
        nothing="Tidak ada yang diimpor: perbaiki dahulu yang di atas.",
        exported="{number} halaman ditulis ke {folder}.",
        columns=("Id", "Judul", "Kantor", "Revisi", "Tautan"),
        withdrawn="ditarik",
    ),
    "en": ProcedureWords(
        imported="{new} new pages, {changed} changed, {same} the same.",
        trial="{number} pages can be read. A trial: nothing was stored.",
        nothing="Nothing was imported: mend what stands above first.",
        exported="{number} pages written to {folder}.",
        columns=("Id", "Title", "Office", "Revision", "Link"),
        withdrawn="withdrawn",
    ),
}
group = typer.Typer(help="The library of pages about procedures.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(group, name="procedures")


@group.command("import")
def import_(
    path: Annotated[Path, typer.Argument(exists=True, help="A Markdown file, or a folder.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read them.")] = False,
) -> None:
    """Import pages, all or none; the same again changes nothing."""
    settings = load_settings()
    words = WORDS[settings.language]
    found = list(read_procedures(path))
    pages = [one for one in found if isinstance(one, Procedure)]
    problems = [one for one in found if not isinstance(one, Procedure)]
    if problems:
        for problem in problems:
            _say(str(problem))
        _say(words.nothing)
        raise typer.Exit(1)
    if dry_run:
        _say(words.trial.format(number=len(pages)))
        return
    new, changed = import_procedures(existing_ledger(settings), pages)
    same = len(pages) - len(new) - len(changed)
    _say(words.imported.format(new=len(new), changed=len(changed), same=same))


@group.command()
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Made if it is not there.")],
) -> None:
    """Write the pages in force to a folder, as `import` reads them."""
    settings = load_settings()
    library = procedure_library(existing_ledger(settings))
    folder.mkdir(parents=True, exist_ok=True)
    for one in library:
        write_procedure(folder, one)
    _say(WORDS[settings.language].exported.format(number=len(library), folder=folder))


@group.command("list")
def list_() -> None:
    """List the pages, withdrawn ones too."""
    settings = load_settings()
    words = WORDS[settings.language]
    table = Table(*words.columns)
    table.columns[0].overflow = "fold"  # an id is shown whole
    for held in all_procedures(existing_ledger(settings)):
        page = held.procedure
        state = f"{held.revision} ({words.withdrawn})" if held.withdrawn else str(held.revision)
        table.add_row(page.id, page.title, page.office, state, page.link)
    Console(markup=False).print(table)


def _say(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)
