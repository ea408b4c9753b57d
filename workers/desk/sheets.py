"""Tables for spreadsheets: CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from starlette.responses import Response

_BOM: Final = "\ufeff"
"""By which spreadsheets know UTF-8."""
_FORMULAS: Final = tuple("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""How a cell begins that a spreadsheet may run, full-width signs too."""


def cell(value: object) -> str:
    """The value as the text of a cell; one that could be run gets an apostrophe before it.

    Source of the method: OWASP, "CSV Injection".
    """
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULAS) else text


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file to download: UTF-8 with a byte order mark, every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(map(cell, header))
    writer.writerows([*map(cell, row)] for row in rows)
    return Response(
        (_BOM + out.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )
