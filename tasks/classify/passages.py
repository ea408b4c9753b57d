"""The passages of a text that the head of acts reads: all of it, and each of its sentences.

A threat in the middle of a long post would drown in the whole; an address and the call to go
there may stand in two sentences.
"""

import re
from typing import Final, NamedTuple

MAX_SENTENCES: Final = 12
"""Sentences read one by one: a longer text is cut into as many parts of whole sentences."""

_END: Final = re.compile(r"[.!?…]+(?=\s)|\n+")
_WORD: Final = re.compile(r"\w+")
_EXCLAMATION: Final = 2
"""Words up to which a sentence belongs to the one after it, as in tasks.tokens."""
_QUOTES: Final = str.maketrans("“”«»", '""""')


class Passage(NamedTuple):
    """A range of code points of a text, and what its author says there in their own words."""

    start: int
    end: int
    text: str


def passages(text: str) -> tuple[Passage, ...]:
    """The whole of `text` first; then its sentences, in order, if it has more than one.

    Together the sentences cover the text, and none is empty.
    """
    own = _unquoted(text)
    whole = Passage(0, len(text), own)
    ends = _ends(text)
    if len(ends) < 2:
        return (whole,)
    step = -(-len(ends) // MAX_SENTENCES)
    chosen = [*ends[step - 1 : -1 : step], len(text)]
    starts = [0, *chosen[:-1]]
    cut = zip(starts, chosen, strict=True)
    return (whole, *(Passage(start, end, _unquoted(text[start:end])) for start, end in cut))


def _ends(text: str) -> list[int]:
    """Where each sentence of `text` ends; the last is the end of the text."""
    ends: list[int] = []
    start = 0
    for found in _END.finditer(text):
        if _has_words(text[start : found.end()], _EXCLAMATION + 1):
            start = found.end()
            ends.append(start)
    if _has_words(text[start:], _EXCLAMATION + 1) or not ends:
        return [*ends, len(text)]
    return [*ends[:-1], len(text)]


def _has_words(text: str, least: int) -> bool:
    words = _WORD.finditer(text)
    return all(next(words, None) for _ in range(least))


def _unquoted(text: str) -> str:
    """`text` without what stands in quotation marks; with it, where nothing else is said."""
    parts = text.translate(_QUOTES).split('"')
    if len(parts) < 3 or len(parts) % 2 == 0:
        return text
    outside = " ".join(parts[::2])
    return outside if _has_words(outside, _EXCLAMATION) else text
