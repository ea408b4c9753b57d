"""What the words of a text mean, as letters that the shared hashing reads like words of their own.

The head of acts learns from few examples. With these it need not have met "gorok" to know what
"tembak" in its place would say, in Indonesian or a regional language.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zlib import crc32

from tasks.masking.placeholders import ACCOUNT, ADDRESS, EMAIL, NIK, PHONE
from tasks.tokens import WORDS_REMEMBERED, forms

PATH: Final = Path(__file__).parent / "assets" / "acts" / "concepts.toml"

_TOKEN: Final = re.compile(r"\[[A-Z]{1,20}(?: [^\s\[\]]{1,255})?\]|[^\W_]+|\?")
# Hashing drops placeholders: here they come back as what they stand for.
_PLACEHOLDERS: Final = {
    **dict.fromkeys((PHONE, ADDRESS, EMAIL, NIK), "masked"),
    ACCOUNT: "account",
    "?": "asking",
}
_LINK: Final = "[TAUTAN "
_FIRST: Final = 0x4E00  # a script that no text here is written in: nothing else gets its features
_LETTERS: Final = 20_011  # prime, and no two concepts meet: see test_acts.py


def with_concepts(text: str) -> str:
    """`text`, and after it a letter for each concept that a word of it has, in order."""
    letters = " ".join(filter(None, map(_letters, _TOKEN.findall(text))))
    return f"{text} {letters}"


def letter(concept: str) -> str:
    """The letter of a concept. It follows from the name alone."""
    return chr(_FIRST + crc32(concept.encode()) % _LETTERS)


@cache
def lexicon() -> Mapping[str, str]:
    """Each word that has a meaning here, with the letters of its concepts, spaces between."""
    words: dict[str, list[str]] = {}
    for concept, listed in tomllib.loads(PATH.read_text(encoding="utf-8")).items():
        for word in listed.split():
            words.setdefault(word, []).append(letter(concept))
    return {word: " ".join(letters) for word, letters in words.items()}


@lru_cache(maxsize=WORDS_REMEMBERED)
def _letters(token: str) -> str:
    if token in _PLACEHOLDERS:
        return letter(_PLACEHOLDERS[token])
    if token.startswith(_LINK):
        return letter("link")
    words = lexicon()
    return next((words[form] for form in forms(token) if form in words), "")
