"""The dated table of legal thresholds: what is wrong is named, what changes is another version."""

from datetime import date
from pathlib import Path

import pytest

from tasks.thresholds import DEFAULT, read_thresholds
from tasks.words import DANGER_ACTS
from workers.law import law_in_force
from workers.settings import Settings

ROW = """
[[thresholds]]
id = "uji-1"
act = "doxxing"
law = "UU Uji"
article = "Pasal 1"
element = "Unsur uji."
since = 2026-01-02
source = "https://contoh.example/uu"
"""
TODAY = date(2026, 11, 23)


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "ambang.toml"
    path.write_text('title = "Uji"\n' + "".join(rows), encoding="utf-8")
    return path


def version(path: Path, on: date = TODAY) -> str:
    return read_thresholds(path).in_force(on).version


def test_the_table_that_comes_along_names_each_danger_and_claims_no_check() -> None:
    law = read_thresholds(DEFAULT).in_force(TODAY)
    assert {row.act for row in law.rows if row.article} == set(DANGER_ACTS)
    assert not any(row.checked_by for row in law.rows)
    assert all("periksa" in row.note.lower() or "isi" in row.note.lower() for row in law.rows)


def test_no_law_on_insult_of_an_institution_is_in_it() -> None:
    articles = [row.article for row in read_thresholds(DEFAULT).thresholds]
    for number in ("218", "240", "241", "433", "27A"):
        assert not any(f"Pasal {number}" in article for article in articles)


def test_who_checked_it_is_no_change_of_the_law(tmp_path: Path) -> None:
    before = version(table(tmp_path, ROW))
    checked = f'{ROW}checked_by = "Biro Hukum"\nchecked_on = 2026-11-23\n'
    assert version(table(tmp_path, checked)) == before
    assert version(table(tmp_path, "# catatan\n", ROW)) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("Pasal 1", "Pasal 2"), ("Unsur uji.", "Unsur lain."), ("2026-01-02", "2026-01-03")],
)
def test_what_a_row_says_is(tmp_path: Path, old: str, new: str) -> None:
    before = version(table(tmp_path, ROW))
    assert version(table(tmp_path, ROW.replace(old, new))) != before


def test_the_date_alone_can_change_the_law(tmp_path: Path) -> None:
    later = ROW.replace("uji-1", "uji-2").replace("2026-01-02", "2026-12-01")
    ended = ROW.replace("since", "until = 2026-12-01\nsince")
    path = table(tmp_path, ended, later)
    today = read_thresholds(path).in_force(TODAY)
    then = read_thresholds(path).in_force(date(2026, 12, 1))
    assert [row.id for row in today.rows] == ["uji-1"]
    assert [row.id for row in then.rows] == ["uji-2"]
    assert today.version != then.version


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (ROW.replace("doxxing", "criticism"), "act"),
        (ROW.replace("doxxing", "slander_person"), "act"),
        (ROW.replace('"https://contoh.example/uu"', '"contoh"'), "source"),
        (ROW + "until = 2025-01-01\n", "until"),
        (ROW + 'checked_by = "Biro Hukum"\n', "checked_on"),
        (ROW + ROW, "uji-1"),
        (ROW + "pasal = 3\n", "pasal"),
        ("[[thresholds]\n", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, broken: str, said: str) -> None:
    with pytest.raises(ValueError, match=rf"ambang\.toml: .*{said}"):
        read_thresholds(table(tmp_path, broken))


def test_a_file_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SARING_THRESHOLDS_FILE"):
        law_in_force(Settings(thresholds_file=tmp_path / "tidak-ada.toml"))
