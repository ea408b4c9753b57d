"""Cues: what the word before a name says of it.

`tasks/assets/gazetteer/cues.tsv` is data. A `unit` ("kabupaten") belongs to the name; an `office`
("bupati") and `people` ("warga") stand before places; so does a `preposition`, though before
other words as well; `not` stands before persons, dishes, streets, villages and rivers that are
named like places.
"""

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, get_args

from tasks.gazetteer import FOLDER, LEVELS, Level

Kind = Literal["unit", "office", "people", "preposition", "not"]
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Cue(NamedTuple):
    """What a word says of the name behind it; the levels that it speaks of, if any."""

    kind: Kind
    levels: frozenset[Level]

    @property
    def strict(self) -> bool:
        """Whether a place of another level is none: a town of any level is called "kota"."""
        return self.kind == "unit" and "city" not in self.levels


@cache
def cues() -> Mapping[str, Cue]:
    """The cue words, in lower case. Raises ValueError where the table is not of its form."""
    found: dict[str, Cue] = {}
    with (FOLDER / "cues.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            kind, levels = row["cue"], row["levels"].split()
            if kind not in _KINDS or not set(levels) <= set(LEVELS):
                raise ValueError(f"cue {kind!r}: unknown cue or level")
            known = frozenset(level for level in LEVELS if level in levels)
            found.update((word, Cue(kind, known)) for word in row["words"].split())
    return MappingProxyType(found)
