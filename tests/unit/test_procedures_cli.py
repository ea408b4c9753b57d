"""`saring procedures`, as an operator uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from workers.cli import procedures as commands
from workers.ledger import Ledger, open_ledger
from workers.ledger.procedures import procedure_library, withdraw_procedure
from workers.samples import PROCEDURES
from workers.settings import load_settings


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    monkeypatch.setenv("SARING_LEDGER_URL", url)
    monkeypatch.setenv("SARING_LANGUAGE", "en")
    ledger = open_ledger(url)
    ledger.migrate()
    yield ledger
    ledger.engine.dispose()
    load_settings.cache_clear()


def run(*arguments: str) -> Result:
    app = typer.Typer()
    commands.add_to(app)
    load_settings.cache_clear()
    return CliRunner().invoke(app, ["procedures", *arguments], env={"COLUMNS": "200"})


def test_what_is_exported_is_imported_again_and_changes_nothing(
    opened: Ledger, tmp_path: Path
) -> None:
    assert "26 new pages, 0 changed, 0 the same" in run("import", str(PROCEDURES)).stdout
    folder = tmp_path / "keluar"
    assert "26 pages" in run("export", str(folder)).stdout
    assert len(list(folder.glob("*.md"))) == 26
    assert "0 new pages, 0 changed, 26 the same" in run("import", str(folder)).stdout


def test_one_broken_page_keeps_the_others_out(opened: Ledger, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: a\ntitle: A\nlink: https://a.example\n---\n")
    (tmp_path / "b.md").write_text("---\nid: b\n---\n")
    result = run("import", str(tmp_path))
    assert result.exit_code == 1
    assert "b.md: title" in result.stdout
    assert procedure_library(opened) == ()


def test_a_trial_stores_nothing(opened: Ledger) -> None:
    assert "26 pages can be read" in run("import", "--dry-run", str(PROCEDURES)).stdout
    assert procedure_library(opened) == ()


def test_the_list_shows_withdrawn_pages_as_such(opened: Ledger) -> None:
    run("import", str(PROCEDURES))
    withdraw_procedure(opened, "paspor", "staff/1", 1)
    (row,) = [line for line in run("list").stdout.splitlines() if "paspor" in line]
    assert "2 (withdrawn)" in row
