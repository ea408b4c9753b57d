"""Reports on the desk and on the command line."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.desks import Said, people, publish
from workers.cli import program
from workers.desk.app import pages
from workers.ledger import Ledger, open_ledger
from workers.ledger.desk_tables import ROLES
from workers.settings import Settings, load_settings


@pytest.fixture
def alone(tmp_path: Path) -> Ledger:
    made = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    made.migrate()
    publish(made, Said(), Said("complaint", "Antrean lama sekali."), Said("criticism", "Keliru."))
    return made


def test_everybody_reads_the_report_of_the_last_seven_days(ledger: Ledger) -> None:
    publish(ledger, Said(), Said("complaint", "Antrean lama sekali."))
    settings = Settings(institution="Humas Muara Lalan")
    with people(ledger, *ROLES, settings=settings) as everybody:
        for person in everybody:
            page = person.page("/report")
            assert page.css(".tiles strong")[0].text(strip=True) == "2"
        page = everybody[0].page("/report/digest")
        assert "1 pertanyaan warga belum dijawab, terlama < 1 mnt." in page.text()
        assert page.css('.side a[href="/report"]')[0].attributes["aria-current"] == "page"
    assert {one.method for one in pages() if one.path.startswith("/report")} == {"GET"}


def test_a_page_of_the_desk_holds_no_style_that_its_policy_forbids(alone: Ledger) -> None:
    with people(alone, "viewer") as (viewer,):
        html = viewer.get("/report").text
    assert "<svg" in html
    assert not re.search(r"<[^>]+ style=", html)
    assert "<style" not in html


def test_files_are_downloaded_under_the_name_of_their_period(alone: Ledger) -> None:
    span = "since=2026-11-20&until=2026-11-21"
    with people(alone, "viewer") as (viewer,):
        pdf = viewer.get(f"/report/pdf?{span}")
        html = viewer.get(f"/report/html?{span}")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == (
        'attachment; filename="saring-20261120-20261121.pdf"'
    )
    assert html.text.startswith("<!doctype html>")
    assert "20 Nov 2026 00.00 WIB sampai" in html.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=kemarin", "Dari: isi sebuah hari"),
        ("since=2020-01-03&until=2020-01-02", "Hari awal harus sebelum"),
        ("since=2020-01-01&until=2020-12-31", "paling lama 92 hari"),
        ("since=2999-01-01&until=2999-01-02", "belum mulai"),
    ],
)
def test_a_period_that_is_none_is_refused_in_words(alone: Ledger, query: str, said: str) -> None:
    with people(alone, "viewer") as (viewer,):
        answer = viewer.get(f"/report?{query}")
    assert answer.status_code == 422
    assert said in answer.text


@pytest.fixture
def run(alone: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("SARING_LEDGER_URL", alone.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    load_settings.cache_clear()
    return CliRunner()


def test_the_command_writes_a_page_and_a_pdf(run: CliRunner, tmp_path: Path) -> None:
    made = run.invoke(program(), ["report", "--since", "7d", "--out", str(tmp_path / "laporan")])
    assert made.exit_code == 0, made.output
    files = sorted((tmp_path / "laporan").iterdir())
    assert [one.suffix for one in files] == [".html", ".pdf"]
    english = tmp_path / "laporan.html"
    run.invoke(program(), ["report", "--out", str(english), "--language", "en"])
    assert "Volume by desk and day" in english.read_text()


def test_the_digest_is_plain_text_where_no_terminal_is(run: CliRunner, tmp_path: Path) -> None:
    made = run.invoke(program(), ["report", "--digest"])
    assert made.stdout.startswith("Ringkasan pagi · Humas\n")
    run.invoke(program(), ["report", "--digest", "--out", str(tmp_path / "pagi.html")])
    assert "<h1>Ringkasan pagi</h1>" in (tmp_path / "pagi.html").read_text()


def test_a_file_of_another_kind_is_refused_with_those_that_work(
    run: CliRunner, tmp_path: Path
) -> None:
    made = run.invoke(program(), ["report", "--out", str(tmp_path / "laporan.docx")])
    assert isinstance(made.exception, ValueError)
    assert "a file that ends in .html or .pdf" in str(made.exception)
