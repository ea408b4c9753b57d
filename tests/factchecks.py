"""Fact-checks for tests, and how they are written to files."""

import csv
import io
from pathlib import Path
from typing import Any

import yaml

from tasks.factcheck import FactCheck
from tasks.ratings import ratings
from workers.factchecks.importing import Format, Read, read_all

COLUMNS = (
    *("id", "claim", "variants", "language", "verdict", "outcome", "subtype", "date"),
    *("publisher", "url", "sources", "clarification"),
)


def check(number: int = 1, **changes: Any) -> FactCheck:
    """An invented fact-check."""
    fields: dict[str, Any] = {
        "id": f"contoh-{number}",
        "claim": f"Jembatan nomor {number} di Kota Contoh akan dirobohkan.",
        "language": "ind",
        "verdict": "Salah",
        "outcome": "refuted",
        "subtype": "fabricated",
        "date": "2026-03-14",
        "publisher": "Cek Fakta Contoh",
        "url": f"https://cekfakta.example/{number}",
    }
    return FactCheck.model_validate({**fields, **changes})


def plain(one: FactCheck) -> dict[str, Any]:
    """Its fields as plain values, those without a value left out."""
    return {k: v for k, v in one.model_dump(mode="json").items() if v not in (None, [], "")}


def to_csv(*checks: FactCheck, delimiter: str = ",") -> str:
    """The rows as a spreadsheet saves them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for one in checks:
        cells = plain(one)
        cells["variants"] = "\n".join(cells.get("variants", ()))
        cells["sources"] = "\n".join(f"{s['title']} {s['url']}" for s in cells.get("sources", ()))
        writer.writerow([cells.get(name, "") for name in COLUMNS])
    return out.getvalue()


def to_markdown(one: FactCheck) -> str:
    """The file of one fact-check."""
    fields = plain(one)
    body = fields.pop("clarification", "")
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    return f"---\n{front}---\n{body}\n"


def read(file: Path, form: Format = "auto", language: str | None = None) -> Read:
    """What an import makes of the file, with saring's own table of ratings."""
    return read_all(file, form, ratings(), language)


def one(found: Read) -> FactCheck:
    """The only fact-check, where nothing is wrong."""
    assert found.problems == ()
    (made,) = found.checks
    return made


def said(file: Path, content: bytes | str, **given: Any) -> str:
    """The one problem that the file has."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read(file, **given)
    assert found.checks == ()
    (problem,) = found.problems
    return str(problem)
