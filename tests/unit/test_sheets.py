"""Exported tables: no cell is a formula, and every text comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.desk.sheets import cell, sheet


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+62", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", "|cmd", "%0A", "  =1", "＝1"),  # noqa: RUF001 - full-width on purpose
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["jalan rusak", "5 + 5", "", "'=1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=10))
def test_every_cell_comes_back(rows: list[list[str]]) -> None:
    body = bytes(sheet("x", ["a", "b"], rows).body).decode("utf-8-sig")
    back = list(csv.reader(io.StringIO(body, newline="")))
    assert back == [["a", "b"], *([cell(one) for one in row] for row in rows)]
    assert not any(one.startswith(tuple("=+-@\t\r\n")) for row in back for one in row)


def test_a_sheet_is_utf_8_with_a_mark_and_is_downloaded() -> None:
    made = sheet("keluhan", ["isi"], [["é"]])
    assert bytes(made.body).startswith(b"\xef\xbb\xbf")
    assert made.headers["content-disposition"] == 'attachment; filename="keluhan.csv"'
