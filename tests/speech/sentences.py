"""The sentences of the protected-speech suite, as they are written in open/ and held/."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

from tasks.words import Act, Kind

Half = Literal["open", "held"]
Expected = Literal["protected", "other", "danger"]

HALVES: Final[tuple[Half, ...]] = ("open", "held")
EXPECTED: Final[tuple[Expected, ...]] = ("protected", "other", "danger")
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and what a careful person would say of it.

    `function` is its functional class (the column `class`), `pair` the id of the sentence that
    differs in a word or two, empty where there is none.
    """

    id: str
    half: Half
    function: str
    kind: Kind
    language: str
    pair: str
    expected: Expected
    act: Act
    text: str = field(repr=False)  # a failing assert prints what it compares; held/ stays unread

    @property
    def danger(self) -> bool:
        """Whether it has to reach the review desk; all else must not."""
        return self.expected == "danger"


def sentences(folder: Path = _HERE) -> tuple[Sentence, ...]:
    """All sentences under `folder`, in the order of the files. Raises KeyError, TypeError."""
    return tuple(
        _sentence(half, row)
        for half in HALVES
        for expected in EXPECTED
        for row in _rows(folder / half / f"{expected}.tsv")
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _sentence(half: Half, row: dict[str, str]) -> Sentence:
    columns = {**row, "function": row["class"]}
    del columns["class"]
    # Strings of a file; that they are words of the vocabularies is what test_sentences.py checks.
    return Sentence(half=half, **cast(dict[str, Any], columns))
