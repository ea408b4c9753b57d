"""Fact-checks in a CSV file, one a row; the columns are told in docs/factchecks.md.

Comma, semicolon or tab, as the header has it: spreadsheets set to Indonesian write semicolons.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from workers.factchecks.entries import Broken, Entry, Found, Problem, read_text

REQUIRED: Final = ("id", "claim", "verdict", "date", "publisher", "url")
OPTIONAL: Final = ("variants", "language", "outcome", "subtype", "sources", "clarification")
_MANY: Final = frozenset({"variants", "sources"})


def read_csv(file: Path) -> Found:
    """Each row in turn; blank ones are passed over. Raises Broken, OSError."""
    text = read_text(file)
    header_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        header = [name.strip() for name in next(rows, [])]
        _check(file.name, header)
        for number, row in enumerate(rows, 2):
            if any(cell.strip() for cell in row):
                yield _entry(f"{file.name}, row {number}", header, row)
    except csv.Error as error:
        where = f"{file.name}, after row {number}"
        raise Broken(where, f"is no CSV ({error})", "look for a quote mark without its pair") from (
            None
        )


def _check(name: str, header: Sequence[str]) -> None:
    where = f"{name}, row 1"
    known = {*REQUIRED, *OPTIONAL}
    if missing := [one for one in REQUIRED if one not in header]:
        wanted = ", ".join(REQUIRED)
        raise Broken(where, f"no column {', '.join(missing)}", f"the first row must name {wanted}")
    if unknown := [one for one in header if one not in known]:
        allowed = ", ".join((*REQUIRED, *OPTIONAL))
        raise Broken(where, f"unknown column {unknown[0]!r}", f"columns are {allowed}")
    if len(set(header)) < len(header):
        raise Broken(where, "a column stands twice", "remove one")


def _entry(where: str, header: Sequence[str], row: Sequence[str]) -> Entry | Problem:
    if len(row) != len(header):
        problem = f"has {len(row)} cells, the header {len(header)}"
        return Problem(where, problem, "put cells that hold the separator in quote marks")
    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
    fields: dict[str, Any] = {k: v for k, v in cells.items() if k not in _MANY}
    lines = {name: _lines(cells.get(name, "")) for name in _MANY}
    fields["variants"] = tuple(lines["variants"])
    # The address is the last word of its line.
    split = [line.rpartition(" ") for line in lines["sources"]]
    fields["sources"] = tuple({"title": title, "url": url} for title, _, url in split)
    return Entry(where, fields)


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in io.StringIO(cell) if line.strip()]
