"""Dates, amounts and laws of a text, tried at each word at which one can begin."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal, NamedTuple

from tasks.enrich import dates, days, laws
from tasks.enrich.amounts import amount_at
from tasks.names import Words

Kind = Literal["date", "amount", "law"]
_INSIDE_A_NUMBER: Final = frozenset(".,:/-")
_DOLLARS: Final = re.compile(r"(?:\bUS)?\$ ?\Z", re.IGNORECASE)
_LONGEST_SIGN: Final = 4
_CURRENCIES: Final = ("rp", "idr", "usd")
_BEGINS: Final = dates.BEGINS | days.BEGINS | laws.BEGINS
_PREFIXES: Final = (*_CURRENCIES, *laws.MINISTERIAL)


class Quantity(NamedTuple):
    """A date, an amount or a law: where it stands (code points), and its normalised name."""

    kind: Kind
    start: int
    end: int
    name: str


def find(words: Words, published_at: datetime | None = None) -> Iterator[Quantity]:
    """What the text says of dates, amounts and laws, in order, without overlap.

    Days such as "besok" become dates only where `published_at` is given. Linear in the text.
    """
    behind = 0
    for at in [at for at, word in enumerate(words.lower) if _begins(word)]:
        start = words.starts[at]
        if start < behind:
            continue
        found = _at(words.text, start, words.lower[at], published_at)
        if found is not None:
            yield found
            behind = found.end


def _begins(word: str) -> bool:
    return word in _BEGINS or word[0].isdecimal() or word.startswith(_PREFIXES)


def _at(text: str, start: int, word: str, published_at: datetime | None) -> Quantity | None:
    if _inside_a_number(text, start, word):
        return None
    found = dates.date_at(text, start, word) or days.day_at(text, start, word, published_at)
    if found is not None:
        return Quantity("date", start, *found)
    if (found := laws.law_at(text, start, word)) is not None:
        return Quantity("law", start, *found)
    start -= _sign(text, start)
    return Quantity("amount", start, *found) if (found := amount_at(text, start)) else None


def _inside_a_number(text: str, start: int, word: str) -> bool:
    return (
        start > 1
        and word[0].isdecimal()
        and text[start - 1] in _INSIDE_A_NUMBER
        and text[start - 2].isdecimal()
    )


def _sign(text: str, start: int) -> int:
    """The length of a currency's sign before `start`; "Rp" is a word of its own."""
    sign = _DOLLARS.search(text, max(start - _LONGEST_SIGN, 0), start)
    return len(sign[0]) if sign else 0
