"""Texts cut to a length, between words."""

from collections.abc import Iterator
from typing import Final

_NARROW: Final = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""Code points that X counts once; all others count twice (docs.x.com, "Counting characters")."""


def weight(text: str) -> int:
    """Its length as X counts it, but for links, which count in full: other sites do so."""
    return sum(1 if any(a <= ord(char) <= b for a, b in _NARROW) else 2 for char in text)


def fitted(text: str, limit: int) -> str:
    """The text if it weighs at most `limit` (5 or more), or else the words that fit, and "..."."""
    if weight(text) <= limit:
        return text
    return f"{next(pieces(text, limit - 3), '').rstrip(' ,;:')}..."


def pieces(text: str, limit: int) -> Iterator[str]:
    """The text in pieces that weigh at most `limit` (2 or more), cut between words if possible."""
    held = ""
    for word in text.split():
        rest = word
        if held and weight(held) + 1 + weight(rest) <= limit:
            held = f"{held} {rest}"
            continue
        if held:
            yield held
        while weight(rest) > limit:
            head = _head(rest, limit)
            yield head
            rest = rest[len(head) :]
        held = rest
    if held:
        yield held


def _head(word: str, limit: int) -> str:
    end = limit
    while weight(word[:end]) > limit:
        end -= 1
    return word[:end]
