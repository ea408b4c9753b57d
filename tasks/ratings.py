"""What the rating words of publishers mean: a table, Indonesian and English.

A word that is not in it is never guessed at. What is partly false is `unproven`: a post may repeat
the part that is true. So is satire, which nobody should have to defend.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, cast

from tasks.factcheck import OUTCOMES, SUBTYPES
from tasks.words import Outcome, Subtype

FILE: Final = Path(__file__).parent / "assets" / "factchecks" / "ratings.tsv"
_LONGEST: Final = 300
_ENDS: Final = re.compile(r"^[\W_]+|[\W_]+$")


class Meaning(NamedTuple):
    """What a rating says of the claim; not every rating says how it misleads."""

    outcome: Outcome
    subtype: Subtype | None


Ratings = Mapping[str, Meaning]


@cache
def ratings() -> Ratings:
    """The table that comes with the code, read once."""
    return read_ratings(FILE)


def read_ratings(file: Path) -> Ratings:
    """A table of three columns with tabs between them: rating, outcome, subtype (may be empty).

    Raises ValueError that names file and line, OSError.
    """
    found: dict[str, Meaning] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{file.name}: is not UTF-8: save it as UTF-8") from None
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        words, outcome, subtype, *rest = (*line.split("\t"), "", "")
        key = plain(words)
        if not key or outcome not in OUTCOMES or subtype not in ("", *SUBTYPES) or any(rest):
            raise ValueError(
                f"{file.name}, line {number}: write a rating, a tab, {' or '.join(OUTCOMES)}, "
                f"a tab, and nothing or one of {', '.join(SUBTYPES)}"
            )
        meaning = Meaning(outcome, cast(Subtype, subtype) if subtype else None)
        if found.setdefault(key, meaning) != meaning:
            raise ValueError(f"{file.name}, line {number}: {key!r} stands above: remove one")
    return found


def plain(rating: str) -> str:
    """The rating as it is looked up: small letters, no marks around it, single spaces."""
    return _ENDS.sub("", " ".join(rating[:_LONGEST].casefold().split()))
