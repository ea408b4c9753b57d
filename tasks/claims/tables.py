"""The word lists of claim matching: `tasks/assets/claims/*.tsv`.

UTF-8, a header line, a tab between columns; a line that begins with # is a comment.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "assets" / "claims"


def rows(name: str, columns: int) -> Iterator[tuple[str, ...]]:
    """The rows of a list, each with so many columns; those left out at its end are empty.

    Raises ValueError where a row has more columns than that, or nothing in its first two.
    """
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[1:], 2):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) > columns or not all(cells[:2]) or len(cells) < 2:
            raise ValueError(f"{name}.tsv, line {number}: {columns} columns, a tab between them")
        yield (*cells, *("" for _ in range(columns - len(cells))))


@cache
def version() -> str:
    """12 hex digits of a sha256 over the lists: weights belong to these and to no others."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.tsv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
