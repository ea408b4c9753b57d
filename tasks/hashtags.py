"""Hashtags as the words they are made of."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from tasks.lexicon import lexicon
from tasks.spelling import LONGEST, spelled

_REMEMBERED: Final = 4096
_PART: Final = re.compile(r"[a-z]+|[0-9]+")
_LONE_DIGIT: Final = re.compile(r"(?<=[a-z])[0-9](?=[a-z])")
_LONGEST_WORD: Final = 20
_WHOLE: Final = 3
"""Letters that the words of a split have on average, and a spelling of one at least: shorter
ones are found in anything."""


@lru_cache(maxsize=_REMEMBERED)
def split(tag: str) -> str | None:
    """The known words of a lower-case hashtag (without its sign), blanks between ("banjir kota").

    None if it has no such.
    """
    if len(tag) > LONGEST or not tag.isascii():
        return None
    words = [word for part in _PART.findall(tag) for word in _words(part)]
    if len(words) < 2 or (_in_disguise(tag) and not all(map(_is_word, words))):
        return None
    return " ".join(spelled(word) if len(word) > 1 else word for word in words)


def _in_disguise(tag: str) -> bool:
    """Whether a digit between letters may stand for one of them: "#t3tap"."""
    return _LONE_DIGIT.search(tag) is not None


def _is_word(word: str) -> bool:
    return word.isdigit() or lexicon().knows(word)


def _words(part: str) -> list[str]:
    """The known words that `part` is made of, or `part` itself."""
    if _is_word(part):
        return [part]
    ends = _fewest(part)
    if not ends or len(part) < _WHOLE * len(ends):
        return [part]
    return [part[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _fewest(word: str) -> list[int]:
    """Where known words end when `word` is cut into as few as possible; empty if it cannot be."""
    best: list[list[int] | None] = [[]]
    for end in range(1, len(word) + 1):
        found = list(_cuts(word, end, best))
        best.append(min(found, key=len, default=None))
    return best[-1] or []


def _cuts(word: str, end: int, best: list[list[int] | None]) -> Iterator[list[int]]:
    known = lexicon()
    for start in range(max(0, end - _LONGEST_WORD), end - 1):
        before, piece = best[start], word[start:end]
        if before is None:
            continue
        if piece in known.words or (len(piece) >= _WHOLE and piece in known.spellings):
            yield [*before, end]
