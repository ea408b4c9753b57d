"""What readers hand over: entries with their place in the file, or what is wrong there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MAX_BYTES: Final = 64 * 2**20
"""A larger file is refused: it is read whole."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry (or a whole file) cannot be imported, for people."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}: {self.remedy}"


class Broken(ValueError):
    """The file cannot be read at all."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        self.problem = Problem(where, problem, remedy)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact-check as a file words it: fields of `FactCheck`, where `outcome`, `subtype` and
    `language` may be missing. `score`: 0 (false) to 1 (true), where it was rated by a number alone.
    """

    where: str
    fields: Mapping[str, Any]
    score: float | None = None


Found = Iterator[Entry | Problem]


def read_text(file: Path) -> str:
    """The text of a UTF-8 file, a byte order mark taken off. Raises Broken, OSError."""
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Broken(file.name, f"is larger than {MAX_BYTES >> 20} MiB", "cut it into several")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Broken(file.name, "is UTF-16", "save it as UTF-8 (in Excel: CSV UTF-8)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Broken(
            f"{file.name}, line {line}", "is not UTF-8", "save it as UTF-8 (in Excel: CSV UTF-8)"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Broken(f"{file.name}, line {line}", "holds a NUL character", "save it as plain text")
    return text
