"""`saring thresholds` and `saring corrections`, on a real ledger."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.judging import judging, person, publish_acts
from workers.cli import corrections, thresholds
from workers.law import law_in_force
from workers.ledger import Ledger, open_ledger
from workers.ledger.cases import cases
from workers.ledger.reviews import judge
from workers.settings import Settings, load_settings

ONE, TWO = person("satu", "reviewer"), person("dua", "reviewer")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of this test alone."""
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SARING_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("SARING_LEDGER_URL", "SARING_THRESHOLDS_FILE"):
        monkeypatch.delenv(name, raising=False)
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


@pytest.fixture
def book(folder: Path) -> Iterator[Ledger]:
    """The ledger that the commands find there."""
    opened = open_ledger(f"sqlite:///{folder / 'ledger.sqlite3'}")
    opened.migrate()
    yield opened
    opened.engine.dispose()


def run(*arguments: str) -> Result:
    app = typer.Typer()
    for module in (thresholds, corrections):
        module.add_to(app)
    load_settings.cache_clear()
    return CliRunner().invoke(app, arguments)


def test_the_table_is_shown_with_its_version() -> None:
    version = law_in_force(Settings()).version
    assert version in run("thresholds", "show").stdout
    shown = json.loads(run("thresholds", "show", "--json").stdout)
    assert shown["version"] == version
    assert {row["id"] for row in shown["rows"]} >= {"kuhp-243", "pdp-65-2"}


def test_check_needs_no_ledger_and_names_what_nobody_has_checked() -> None:
    result = run("thresholds", "check")
    assert result.exit_code == 0
    assert "not checked by your legal officer: kuhp-243" in result.stdout
    assert "article to be filled in: ite-28-2" in result.stdout


def test_a_danger_without_a_threshold_is_exit_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ambang.toml").write_text('title = "Kosong"\nthresholds = []\n')
    monkeypatch.setenv("SARING_THRESHOLDS_FILE", str(folder / "ambang.toml"))
    result = run("thresholds", "check")
    assert result.exit_code == 1
    assert "no threshold is filled in: identity_hate" in result.stdout


def test_check_reopens_what_a_new_table_has_overtaken(
    book: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq, said = publish_acts(book, target="none")
    for one in (ONE, TWO):
        judge(book, seq, one, judging(one.login, said, under=law_in_force(Settings())))
    assert "reopened" not in run("thresholds", "check").stdout
    (folder / "ambang.toml").write_text('title = "Kosong"\nthresholds = []\n')
    monkeypatch.setenv("SARING_THRESHOLDS_FILE", str(folder / "ambang.toml"))
    assert "referrals reopened since the thresholds changed: 1" in run("thresholds", "check").stdout
    assert [one.state for one in cases(book)] == ["reopened"]


def test_corrections_are_written_one_a_line(book: Ledger, folder: Path) -> None:
    seq, said = publish_acts(book, target="none")
    for one in (ONE, TWO):
        judge(book, seq, one, judging(one.login, said, refer=False))
    out = folder / "koreksi.jsonl"
    assert run("corrections", "--jsonl", str(out), "--since", "1h").stdout == f"{out}: 1\n"
    (case,) = map(json.loads, out.read_text().splitlines())
    assert case["people"] == {"what": "judged_safe"}
    assert case["text"] == said.text
    assert run("corrections", "--jsonl", "-").stdout == out.read_text()
