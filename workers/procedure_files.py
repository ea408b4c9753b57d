"""Pages about procedures as Markdown files with YAML front matter: reading and writing them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from tasks.procedures import Procedure
from workers.factchecks.entries import Broken, Problem
from workers.factchecks.markdown import read_front_matter

FIELDS: Final = tuple(name for name in Procedure.model_fields if name != "note")
"""Fields of the front matter; the note stands below it."""


def read_procedures(path: Path) -> Iterator[Procedure | Problem]:
    """The page in each Markdown file of a folder but README.md, by name; or of one file.

    What cannot be read, and an id that stands twice, is a Problem. Raises OSError.
    """
    files = sorted(path.glob("*.md")) if path.is_dir() else [path]
    seen: dict[str, str] = {}
    for file in files:
        if file.name == "README.md":
            continue
        found = _read(file)
        if isinstance(found, Procedure):
            other = seen.setdefault(found.id, file.name)
            if other != file.name:
                found = Problem(file.name, f"id: {found.id} stands in {other} too", "give another")
        yield found


def write_procedure(folder: Path, procedure: Procedure) -> Path:
    """Write a page as `read_procedures` reads it; returns the file. Raises OSError."""
    fields = procedure.model_dump(mode="json", include=set(FIELDS))
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    file = folder / f"{procedure.id}.md"
    file.write_text(f"---\n{front}---\n{procedure.note}".rstrip("\n") + "\n", encoding="utf-8")
    return file


def _read(file: Path) -> Procedure | Problem:
    try:
        fields, note = read_front_matter(file, FIELDS)
        return Procedure.model_validate({**fields, "note": note.strip()})
    except Broken as error:
        return error.problem
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return Problem(file.name, ".".join(map(str, first["loc"])), first["msg"])
