"""How people deny, doubt, ask and report: patterns of words, looked for in a whole text.

`tasks/assets/claims/stance.tsv` lists them by family. A text with one of them is never taken for
an assertion of a claim, whatever else it says.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from tasks.claims.tables import rows
from tasks.tokens import WORDS_REMEMBERED

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "denial": ("falsehood", "correction", "calm", "unchanged", "never", "not_true", "checked"),
    "hearsay": ("hearsay",),
    "question": ("question",),
    "report": ("report", "desk", "dateline"),
}
"""Families that are counted together."""
_MOST: Final = (3, 1, 1, 2)
"""Families of each group that are counted at most."""
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2019\u2018`\u00b4", "'"))
_DATELINE: Final = re.compile(
    r"\[?[A-Z][A-Za-z .]{2,30},?\s{0,9}(?:[A-Za-z]{2,20}\.[a-z.]{2,8}\s{0,9})?"
    r"(?:\([^)]{2,20}\)\s{0,9})?[-\u2013\u2014]\s|\[[A-Z ]{4,20}\]"
)
"""How an article begins: "PALEMBANG, Contoh.com - ". It is a form, and no word."""
# Parts of a pattern, bounded so that no text can make them slow.
_SPACE: Final = r"\s{1,9}"
_BETWEEN: Final = rf"(?:{_SPACE}\S{{1,40}})"
_ENDING: Final = r"\w{0,30}"
_END: Final = r"(?!\w)"


class _Pattern(NamedTuple):
    """What follows the first word of a pattern; None if nothing must."""

    family: str
    rest: re.Pattern[str] | None


def groups(text: str) -> tuple[float, ...]:
    """How many families of each of GROUPS occur in `text`."""
    found = families(text)
    counts = (sum(name in found for name in names) for names in GROUPS.values())
    return tuple(float(min(most, count)) for most, count in zip(_MOST, counts, strict=True))


def families(text: str) -> frozenset[str]:
    """The families of which a pattern occurs in `text`."""
    lower = text.lower().translate(_APOSTROPHES)
    found: set[str] = {"question"} if "?" in text else set()
    if _DATELINE.match(text.lstrip()):
        found.add("dateline")
    for word in _WORD.finditer(lower):
        for family, rest in _beginning_with(word[0]):
            if family not in found and (rest is None or rest.match(lower, word.end())):
                found.add(family)
    return frozenset(found)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _beginning_with(word: str) -> tuple[_Pattern, ...]:
    """The patterns whose first word this is. Most words begin none."""
    plain, starred = _patterns()
    found = (pattern for first, pattern in starred if first.fullmatch(word))
    return (*plain.get(word, ()), *found)


@cache
def _patterns() -> tuple[
    Mapping[str, tuple[_Pattern, ...]], tuple[tuple[re.Pattern[str], _Pattern], ...]
]:
    """All patterns: by their first word, and those whose first word has a star."""
    plain: dict[str, tuple[_Pattern, ...]] = {}
    starred: list[tuple[re.Pattern[str], _Pattern]] = []
    for first, pattern in _read():
        if "*" in first:
            starred.append((re.compile(first.replace("*", _ENDING)), pattern))
        else:
            plain[first] = (*plain.get(first, ()), pattern)
    return plain, tuple(starred)


def _read() -> Iterator[tuple[str, _Pattern]]:
    """Each pattern with its first word. Raises ValueError for a family that no group has."""
    known = {family for names in GROUPS.values() for family in names}
    for family, openings, gap, closings in rows("stance", 4):
        if family not in known:
            raise ValueError(f"stance.tsv: no group has the family {family!r}")
        after = _after(_phrases(closings), int(gap or 0))
        for opening in _phrases(openings):
            first = re.match(r"[\w*]+", opening)
            if first is None:
                raise ValueError(f"stance.tsv: {opening!r} begins with no word")
            rest = _expression(opening[first.end() :]) + after
            yield first[0], _Pattern(family, re.compile(rest + _END) if rest else None)


def _after(closings: Iterable[str], gap: int) -> str:
    """What must follow an opening: one of the closings, or none of those that are marked so."""
    wanted = "|".join(_expression(one) for one in closings if one[0] != "!")
    refused = "|".join(_expression(one[1:]) for one in closings if one[0] == "!")
    if refused:
        return rf"(?!{_SPACE}(?:{refused}){_END})"
    return rf"{_BETWEEN}{{0,{gap}}}?{_SPACE}(?:{wanted})" if wanted else ""


def _phrases(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, cell.split(","))))


def _expression(phrase: str) -> str:
    escaped = re.escape(phrase)
    return escaped.replace(r"\ ", _SPACE).replace(r"\*", _ENDING)
