"""The invented fact-checks, and the texts around them by which matching is chosen and measured."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from tasks.factcheck import Library
from tasks.ratings import ratings
from training.data import Split, clean, read
from workers.factchecks.importing import read_all
from workers.samples import FACTCHECKS

FOLDER: Final = Path(__file__).parent / "samples" / "claims"
CHOOSING: Final = ("ben", "eko", "kes")
"""Files on whose texts weights and thresholds are chosen;"""
MEASURING: Final = ("pem", "pen", "tib")
"""and those on whose texts figures are measured. Choose nothing by looking at these."""

Kind = Literal["wording", "question", "denial", "report", "near_miss"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Sample(NamedTuple):
    """One text, and what it does with which claim."""

    claim: str
    kind: Kind
    language: str
    text: str


def samples(files: Iterable[str]) -> Iterator[Sample]:
    """The texts of these files. Raises ValueError where a row is not of its form."""
    for name in files:
        lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines[1:], 2):
            claim, kind, language, text = line.split("\t")
            if kind not in KINDS:
                raise ValueError(f"{name}.tsv, line {number}: unknown kind {kind!r}")
            yield Sample(claim, kind, language, text)


@cache
def sample_library() -> Library:
    """The sixty invented fact-checks that have texts. Raises ValueError if one cannot be read."""
    found = read_all(FACTCHECKS, "auto", ratings(), None)
    if found.problems:
        raise ValueError("; ".join(map(str, found.problems)))
    files = (*CHOOSING, *MEASURING)
    return Library.of(one for one in found.checks if one.id.partition("-")[0] in files)


def real_texts(data: Path, names: Iterable[str], split: Split) -> list[str]:
    """Real texts, which are about none of the invented claims. Raises FileNotFoundError."""
    return [clean(row["text"]) for name in names for row in read(data, name, split)]
