"""Numbers, in digits or in words, each as one term: "75 rb" and "pitung puluh lima ewu"."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from tasks.claims.tables import rows

MARK: Final = "#"
"""How the term of a number begins."""
_DIGITS: Final = "0123456789"
_SEPARATORS: Final = re.compile("[.,]")
_LONGEST: Final = 15
"""Digits that are read of a number; what has more is no quantity."""
_MOST: Final = 10.0**_LONGEST


class _Words(NamedTuple):
    """Number words by what they do in a number."""

    unit: Mapping[str, int]
    whole: Mapping[str, int]
    times: Mapping[str, int]
    teen: Mapping[str, int]
    begins: frozenset[str]
    """What a number may begin with: digits, units and whole numbers."""


def with_numbers(words: Sequence[str]) -> list[str]:
    """`words` (lower case, none empty) with every number as one term: "#75000"."""
    found: list[str] = []
    begins = _words().begins
    at = 0
    while at < len(words):
        word = words[at]
        if word in begins or word[0] in _DIGITS:
            number, at = _read(words, at)
            found.append(_term(number))
        else:
            found.append(word)
            at += 1
    return found


def _read(words: Sequence[str], begun: int) -> tuple[float, int]:
    """The number that begins at `begun`, and where what follows it begins."""
    total, value = 0.0, 0.0
    digits = words[begun][0] in _DIGITS
    if digits:
        value, begun = _in_digits(words[begun]), begun + 1
    for at in range(begun, len(words)):
        added = _added(words[at], total, value, joins=not (digits and at == begun))
        if added is None:
            return total + value, at
        total, value = added
    return total + value, len(words)


def _added(word: str, total: float, value: float, *, joins: bool) -> tuple[float, float] | None:
    """What was read so far (thousands, and what is below) with `word`; None if it ends there.

    `joins`: whether a unit may follow; after digits none does ("3 dua" are two numbers).
    """
    known = _words()
    if word in known.unit:
        return (total, value + known.unit[word]) if joins and value % 10 == 0 else None
    if word in known.whole:
        whole = known.whole[word]
        return (total, value + whole) if whole == 100 else (total + whole, value)
    if word in known.teen and 0 < value < 10:
        return total, value + known.teen[word]
    if word in known.times and value:
        return _multiplied(total, value, known.times[word])
    return None


def _multiplied(total: float, value: float, times: int) -> tuple[float, float]:
    if times >= 1000:
        return total + value * times, 0.0
    if times == 10 and value >= 100:  # "dua ratus lima puluh": only the five
        return total, value - value % 10 + value % 10 * 10
    return total, value * times


def _in_digits(word: str) -> float:
    """The value of a number in digits: "1.500" is 1500, "3,5" and "3.5" are 3.5."""
    whole, sign, rest = word.rpartition("," if word.rfind(",") > word.rfind(".") else ".")
    if not sign or len(rest) == 3 or len(word) > _LONGEST + 1:
        return float(_SEPARATORS.sub("", word)[:_LONGEST])
    return float(f"{_SEPARATORS.sub('', whole)}.{rest}")


def _term(number: float) -> str:
    number = min(number, _MOST)
    fraction = number < 1e6 or number % 1
    return f"{MARK}{number:g}" if fraction else f"{MARK}{int(number)}"


@cache
def _words() -> _Words:
    parts: dict[str, dict[str, int]] = {"unit": {}, "whole": {}, "times": {}, "teen": {}}
    for part, value, words in rows("numbers", 3):
        parts[part].update(dict.fromkeys(words.split(), int(value)))
    return _Words(**parts, begins=frozenset({*parts["unit"], *parts["whole"]}))
