"""`saring factchecks`, as an operator uses it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.factchecks import check, to_csv, to_markdown
from workers.cli import factchecks as commands
from workers.cli.factcheck_words import WORDS
from workers.ledger import Ledger, factchecks, open_ledger
from workers.settings import load_settings


@dataclass
class Desk:
    """A command line with a ledger of its own."""

    ledger: Ledger
    folder: Path

    def run(self, *arguments: str) -> Result:
        app = typer.Typer()
        commands.add_to(app)
        load_settings.cache_clear()
        return CliRunner().invoke(app, ["factchecks", *arguments], env={"COLUMNS": "200"})

    def prints(self, *arguments: str) -> str:
        """What a command that works says, on one line."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return " ".join(result.stdout.split())

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, newline="")
        return str(self.folder / name)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    monkeypatch.setenv("SARING_LEDGER_URL", url)
    monkeypatch.setenv("SARING_LANGUAGE", "en")
    opened = open_ledger(url)
    opened.migrate()
    yield Desk(opened, tmp_path)
    opened.engine.dispose()
    load_settings.cache_clear()


def counts(shown: str) -> list[str]:
    """New, changed, same, refused."""
    return [word for word in shown.split("└", maxsplit=1)[0].split() if word.isdigit()][:4]


def test_an_import_counts_what_it_did(desk: Desk) -> None:
    two = desk.file("cek.csv", to_csv(check(1), check(2)))
    assert counts(desk.prints("import", two)) == ["2", "0", "0", "0"]
    again = desk.prints("import", two)
    assert counts(again) == ["0", "0", "2", "0"]
    assert "The library has not changed" in again
    three = desk.file("cek.csv", to_csv(check(1), check(2, verdict="Keliru"), check(3)))
    shown = desk.prints("import", three)
    assert counts(shown) == ["1", "1", "1", "0"]
    version = factchecks.library_version(desk.ledger)
    assert f"The library is now version {version}, with 3 fact-checks." in shown


def test_a_trial_stores_nothing(desk: Desk) -> None:
    shown = desk.prints("import", desk.file("cek.csv", to_csv(check(1))), "--dry-run")
    assert counts(shown) == ["1", "0", "0", "0"]
    assert "nothing was stored" in shown
    assert factchecks.library(desk.ledger).checks == ()


def test_one_bad_entry_and_nothing_is_imported(desk: Desk) -> None:
    rows = [check(n, verdict=f"Ngawur {n}", outcome="unproven", subtype=None) for n in range(25)]
    text = to_csv(check(99), *rows).replace("unproven", "")
    result = desk.run("import", desk.file("cek.csv", text))
    assert result.exit_code == 1
    assert counts(result.stdout) == ["1", "0", "0", "25"]
    assert result.stdout.count("unknown rating") == 20
    assert "cek.csv, row 3: unknown rating 'Ngawur 0': give its meaning" in result.stdout
    assert "… and 5 more" in result.stdout
    assert "Nothing was imported" in result.stdout
    assert factchecks.library(desk.ledger).checks == ()


def test_ratings_and_language_of_ones_own(desk: Desk) -> None:
    header, row = to_csv(check(1, verdict="Ngawur", language="ban")).splitlines()
    file = desk.file("cek.csv", f"{header}\n{row.replace('refuted,fabricated', ',')}\n")
    own = desk.file("sendiri.tsv", "rating\toutcome\nngawur\tconfirmed\n")
    assert desk.run("import", file).exit_code == 1
    desk.prints("import", file, "--ratings", own)
    desk.prints(
        "import", desk.file("b.csv", to_csv(check(2)).replace(",ind,", ",,")), "--language", "jav"
    )
    one, two = factchecks.library(desk.ledger).checks
    assert (one.outcome, two.language) == ("confirmed", "jav")


def test_the_list_may_be_narrowed(desk: Desk) -> None:
    desk.prints("import", desk.file("a.md", to_markdown(check(1))))
    true = check(2, verdict="Benar", outcome="confirmed", subtype=None)
    desk.prints("import", desk.file("b.md", to_markdown(true)), "--format", "markdown")
    assert {"contoh-1", "contoh-2"} <= set(desk.prints("list").split())
    narrowed = desk.prints("list", "--outcome", "confirmed")
    assert "contoh-2" in narrowed
    assert "contoh-1" not in narrowed


def test_a_withdrawal_is_shown_with_its_reason(desk: Desk) -> None:
    file = desk.file("a.md", to_markdown(check(1, clarification="Jembatan [bold]utuh[/bold].")))
    desk.prints("import", file)
    assert "in force" in desk.prints("show", "contoh-1")
    assert "its record stays" in desk.prints("withdraw", "contoh-1", "--reason", "ditarik penerbit")
    assert "contoh-1" not in desk.prints("list")
    shown = desk.prints("show", "contoh-1")
    assert "(ditarik penerbit)" in shown
    assert "Jembatan [bold]utuh[/bold]." in shown
    assert "Stays withdrawn, since its content is the same: contoh-1" in desk.prints("import", file)
    new = desk.file("a.md", to_markdown(check(1, verdict="Keliru")))
    assert "in force again since its content changed: contoh-1" in desk.prints("import", new)
    assert "Revision 2" in desk.prints("show", "contoh-1")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "tiada"), "no fact-check tiada"),
        (("withdraw", "tiada", "--reason", "x"), "no fact-check tiada"),
        (("withdraw", "tiada", "--reason", " "), "--reason: is empty"),
    ],
)
def test_a_mistake_is_one_line(desk: Desk, arguments: tuple[str, ...], says: str) -> None:
    result = desk.run(*arguments)
    assert isinstance(result.exception, ValueError)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_without_a_reason_nothing_is_withdrawn(desk: Desk) -> None:
    assert desk.run("withdraw", "contoh-1").exit_code == 2


def test_indonesian_is_the_language_of_readers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SARING_LANGUAGE")
    shown = desk.prints("import", desk.file("cek.csv", to_csv(check(1))))
    assert all(word in shown for word in WORDS["id"].counts)
    assert "terbantah" in desk.prints("list")
