"""What the terms of a text mean, as far as a word list by meaning knows them.

The heads learn from few examples. With these they need not have met "gorok" to know what
"tembak" in its place would say, in Indonesian or a regional language.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zlib import crc32

from tasks.lexicon import lexicon as wordings
from tasks.plain import plain
from tasks.terms import LINKED, STAND_INS
from tasks.tokens import WORDS_REMEMBERED, forms

PATH: Final = Path(__file__).parent / "assets" / "acts" / "concepts.toml"
_OF_SIGNS: Final = {
    **dict.fromkeys(STAND_INS.values(), "masked"),
    STAND_INS["[rekening]"]: "account",
    LINKED: "link",
}


def code(concept: str) -> int:
    """The number of a concept, 32 bits. It follows from the name alone."""
    return crc32(concept.encode())


@lru_cache(maxsize=WORDS_REMEMBERED)
def meanings(term: str) -> tuple[int, ...]:
    """The codes of the concepts of a term, or else of its plain wording; () if there is none."""
    if term in _OF_SIGNS:
        return (code(_OF_SIGNS[term]),)
    if "?" in term:
        return (code("asking"),)
    return _of_word(term) or tuple(one for word in plain(term).split() for one in _of_word(word))


def _of_word(word: str) -> tuple[int, ...]:
    listed = lexicon()
    return next((listed[form] for form in forms(word) if form in listed), ())


@cache
def lexicon() -> Mapping[str, tuple[int, ...]]:
    """Each word that has a meaning here, with the codes of its concepts."""
    words: dict[str, tuple[int, ...]] = {}
    for concept, listed in tomllib.loads(PATH.read_text(encoding="utf-8")).items():
        for word in listed.split():
            words[word] = (*words.get(word, ()), code(concept))
    return words


@cache
def version() -> str:
    """12 hex digits of a sha256 over the lists of words and spellings: weights belong to these."""
    return hashlib.sha256(PATH.read_bytes() + wordings().version.encode()).hexdigest()[:12]
