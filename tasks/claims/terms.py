"""The terms of a text: its words in one spelling and one language, stemmed, and its numbers.

What is compared is what is said, not how it is spelled: "mbayar", "dibayar" and "bayar" are one
term, so are "rumah", "omah" and "house".
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from tasks.claims.numbers import MARK, with_numbers
from tasks.claims.tables import rows
from tasks.gazetteer import Place, places
from tasks.spelling import LONGEST, spelled
from tasks.tokens import WORDS_REMEMBERED

MOST_SENTENCES: Final = 40
"""Sentences of a text that are compared, the first ones; how it is said is looked at in all."""

_TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_]+(?:['\u2019][^\W\d_]+)?|[%,;:/()]")
_STUCK: Final = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=\brp)(?=[0-9])")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_LETTER_TWICE: Final = re.compile(r"([^\W\d_])\1+")
_ACCENTS: Final = str.maketrans("áàâäéèêëíìîïóòôöúùûü", "aaaaeeeeiiiioooouuuu", "'\u2019")
_CLITICS: Final = ("nya", "nyo", "lah", "kah", "pun", "ku", "mu", "ne")
_CLITICS_OF_LISTED: Final = (*_CLITICS, "na", "e")
_SUFFIXES: Final = ("akan", "keun", "kan", "ake", "an", "in", "i", "no", "ke", "s")
_PREFIXES: Final = (
    *("memper", "diper", "meng", "meny", "peng", "peny", "mem", "men", "pem", "pen"),
    *("ber", "ter", "per", "di", "ke", "se", "me", "pe"),
)
_SHORTEST_STEM: Final = 4
_SHORTEST_NAME: Final = 4


class Sentence(NamedTuple):
    """One sentence: where it stands in the text (code points), and its terms in order."""

    start: int
    end: int
    terms: list[str]


def sentences(text: str) -> list[Sentence]:
    """The first MOST_SENTENCES sentences or lines of `text`, blank ones left out."""
    found: list[Sentence] = []
    start = 0
    for number, end_of in enumerate(_SENTENCE_END.finditer(text), 1):
        _add(found, text, start, end_of.start())
        if number == MOST_SENTENCES:
            return found
        start = end_of.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    said = text[start:end]
    if said.strip():
        found.append(Sentence(start, end, split(said)))


def split(text: str) -> list[str]:
    """The terms of `text` in order, those that say nothing too; numbers begin with MARK."""
    found: list[str] = []
    for word in with_numbers(_TOKEN.findall(_STUCK.sub(" ", text.casefold()))):
        if word[0] == MARK:
            found.append(word)
        elif word[0].isalpha():
            found += terms_of(word)
    return found


@lru_cache(maxsize=WORDS_REMEMBERED)
def terms_of(word: str) -> tuple[str, ...]:
    """The terms that one lower-case word stands for; () if none."""
    bare = word.translate(_ACCENTS)
    plain = spelled(bare) if 1 < len(bare) <= LONGEST else bare[:LONGEST]
    pieces = (piece for part in plain.split() for piece in dict.fromkeys(part.split("-")))
    return tuple(stem(_listed(piece) or _once(piece)) for piece in pieces if piece)


def stem(word: str) -> str:
    """`word` without clitic, suffix and prefix, as long as four letters stay; no dictionary."""
    if word in place_names():
        return word
    for ends in (_CLITICS, _SUFFIXES):
        end = next((end for end in ends if _leaves_enough(word, end) and word.endswith(end)), "")
        word = word.removesuffix(end)
    starts = (begin for begin in _PREFIXES if word.startswith(begin))
    return word.removeprefix(next((one for one in starts if _leaves_enough(word, one)), ""))


def _leaves_enough(word: str, affix: str) -> bool:
    return len(word) - len(affix) >= _SHORTEST_STEM


def _listed(word: str) -> str | None:
    """The Indonesian word for an everyday word of another language, with or without clitic."""
    once, known = _once(word), dictionary()
    bare = (once.removesuffix(end) for end in _CLITICS_OF_LISTED if once.endswith(end))
    return next((known[form] for form in (word, once, *bare) if form in known), None)


def _once(word: str) -> str:
    return _LETTER_TWICE.sub(r"\1", word)


@cache
def dictionary() -> Mapping[str, str]:
    """Everyday words of regional languages and English, each with its Indonesian word."""
    return {typed: word for word, said in rows("words", 2) for typed in said.split()}


@cache
def place_names() -> frozenset[str]:
    """Single words by which the gazetteer knows a place: never cut, and compared as names."""
    named = (name for place in places() if place.level != "district" for name in _names(place))
    # The town is read by the gazetteer only with a cue of another kind.
    return frozenset(named) | {"solo"}


def _names(place: Place) -> Iterator[str]:
    for name, reading in ((place.name, place.reading), *place.aliases):
        single = " " not in name and len(name) >= _SHORTEST_NAME
        if single and reading in ("plain", "cue", "person"):
            yield name.casefold()
