"""One word, however it was typed, as its plain spelling."""

import re
from functools import lru_cache
from typing import Final

from tasks.lexicon import CLITICS, lexicon
from tasks.tokens import WORDS_REMEMBERED

LONGEST: Final = 40
"""Letters of the longest word or hashtag that is looked up; nobody types a longer one by hand."""

_ELONGATED: Final = re.compile(r"([^\W\d_])\1{2,}")
_ROMAN: Final = re.compile(r"[ivxlcdm]+")
_TWICE: Final = re.compile(r"([^\W\d_]{3,})[2²](nya|ny|an|lah|kah|ku|mu)?")
_LAUGHTER: Final = re.compile(r"[wk]{4,}|[aeiou]?h([aeiou])h[aeiouh]{1,}")
_PREFIXES: Final = ("ber", "ter", "di", "se", "ke", "me", "pe")
_DIGITS: Final = "0123456789"
_INSIDE: Final = 4
"""Letters from which digits at an end alone may stand for letters: "4njing"."""
_LEET: Final = tuple(str.maketrans("01345789", f"o{one}eastbg") for one in "il")


@lru_cache(maxsize=WORDS_REMEMBERED)
def spelled(word: str) -> str:
    """A lower-case `word` (at most LONGEST characters) in its plain spelling.

    It may be several words ("gpp"), or the same when nothing better is known.
    """
    return _plain(word) or word


def shortened(word: str) -> str:
    """`word` with a letter that is typed three times or more said once: for words too long."""
    return _ELONGATED.sub(r"\1", word)


def _plain(word: str) -> str | None:
    """The plain spelling of a lower-case word; None where it needs none or none is known."""
    known = lexicon()
    if word in known.spellings:
        return known.spellings[word]
    if word in known.words or len(word) < 3:
        return None
    return _laughed(word) or _short(word) or _said_twice(word) or _unleet(word) or _suffixed(word)


def _laughed(word: str) -> str | None:
    found = _LAUGHTER.fullmatch(word)
    if found is None:
        return None
    return "wkwk" if found[1] is None else f"h{found[1]}" * 2


def _short(word: str) -> str | None:
    """Without elongation: "bangeeet", "maaaaf". A doubled letter stays where a word has one."""
    if not _ELONGATED.search(word) or _ROMAN.fullmatch(word):
        return None
    once = shortened(word)
    twice = _ELONGATED.sub(r"\1\1", word)
    if lexicon().knows(once):
        return _plain(once) or once
    if lexicon().knows(twice):
        return _plain(twice) or twice
    return once if len(once) > 2 else None  # "PPPA" and "ooo" are no elongation of "pa" and "o"


def _said_twice(word: str) -> str | None:
    """Reduplication as it is typed: "orang2", "temen2nya", "berhari2"."""
    found = _TWICE.fullmatch(word)
    if found is None:
        return None
    stem = lexicon().spellings.get(found[1], found[1])
    end = {"ny": "nya", None: ""}.get(found[2], found[2])
    if " " in stem:
        return None
    if lexicon().knows(stem):
        return f"{stem}-{stem}{end}"
    for prefix in _PREFIXES:
        root = stem.removeprefix(prefix)
        if len(root) > 2 and lexicon().knows(root):
            return f"{stem}-{root}{end}"
    return None


def _unleet(word: str) -> str | None:
    """Digits for letters ("4nj1ng"), only where that gives a known word and no number is meant."""
    rest = word.strip(_DIGITS)
    if word.isalpha() or word.isdigit():
        return None
    if lexicon().knows(rest) and rest not in lexicon().spellings:
        return None  # "2hari"
    if len(rest) < _INSIDE and rest.isalpha():
        return None  # "80s", "9an", "rt04"
    for table in _LEET:
        letters = word.translate(table)
        if lexicon().knows(letters):
            return _plain(letters) or letters
    return None


def _suffixed(word: str) -> str | None:
    """A spelling before a clitic ("temennya"), and -nya as it is typed ("rumahny", "hargax")."""
    known = lexicon()
    for typed, end in (*((clitic, clitic) for clitic in CLITICS), ("ny", "nya"), ("x", "nya")):
        stem = word.removesuffix(typed)
        if stem == word or len(stem) < 3:
            continue
        plain = known.spellings.get(stem, stem)
        if " " not in plain and plain in known.words and plain + end != word:
            return plain + end
    return None
