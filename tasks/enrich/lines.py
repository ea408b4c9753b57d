"""The lines of a text and their words, as the tagger reads them."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from tasks.enrich.word_features import clip

MOST_WORDS: Final = 2_000
"""Words of a text that are read."""
_BREATH: Final = 24
_LONGEST: Final = 96
"""A line is cut at the first stop after `_BREATH` words, and at the latest after `_LONGEST`: the
paths of its parts are then found side by side. Features still see across the cut."""
_STOPS: Final = frozenset(".!?")
# A placeholder is one word. Each sign is a word of its own, but for a hyphen or apostrophe
# (straight or curved) inside a word.
WORD: Final = re.compile(
    r"\[[A-Z]{1,20}(?: [^\s\[\]]{1,255})?\]|[^\W_]+(?:[-'\u2019][^\W_]+)*|[^\w\s]|_"
)
Span = tuple[int, int]


class Line(NamedTuple):
    """A line of a text that has words."""

    text: str
    start: int
    """Where it begins in its text."""
    words: tuple[str, ...]
    """Its words, cut to what their features are made of."""

    @property
    def spans(self) -> list[Span]:
        """Where each word stands in the text."""
        found = islice(WORD.finditer(self.text), len(self.words))
        return [(self.start + match.start(), self.start + match.end()) for match in found]

    @property
    def parts(self) -> tuple[int, ...]:
        """The sizes, in words, of the parts that the line is cut into."""
        size = len(self.words)
        return (size,) if size <= _BREATH else tuple(_parts(self.words))


def lines(text: str) -> tuple[Line, ...]:
    """The lines of `text` that have words, up to `MOST_WORDS` words together."""
    found, start, left = [], 0, MOST_WORDS
    for line in text.split("\n"):
        if words := WORD.findall(line)[:left]:
            found.append(Line(line, start, tuple(map(clip, words))))
            left -= len(words)
        start += len(line) + 1
    return tuple(found)


def _parts(words: Sequence[str]) -> Iterator[int]:
    size = 0
    for word in words:
        size += 1
        if size == _LONGEST or (size >= _BREATH and word in _STOPS):
            yield size
            size = 0
    if size:
        yield size
