"""The passages of a long text that the head of acts reads one by one, beside the whole.

A threat in the middle of a long post would drown in the whole; an address and the call to go
there may stand in two sentences.
"""

import re
from itertools import accumulate
from typing import Final, NamedTuple

WORDS: Final = 40
"""Words that a passage holds at least: about as many as the longest examples of the head."""
MAX_PASSAGES: Final = 12
"""Passages read one by one: those of a longer text hold more words."""

_SENTENCE: Final = re.compile(r"[^.!?…\n]*(?:[.!?…]+(?=\s)|\n+|[.!?…]|\Z)")
_WORD: Final = re.compile(r"\w+")


class Passage(NamedTuple):
    """A range of code points of a text, and what stands there."""

    start: int
    end: int
    text: str


def passages(text: str) -> tuple[Passage, ...]:
    """The whole of `text` first; then, where it has more than one, its passages, in order.

    Each is some whole sentences. Together they cover the text, and none is empty.
    """
    whole = Passage(0, len(text), text)
    ends = _ends(text)
    if len(ends) < 2:
        return (whole,)
    starts = [0, *ends[:-1]]
    return (
        whole,
        *(Passage(start, end, text[start:end]) for start, end in zip(starts, ends, strict=True)),
    )


def _ends(text: str) -> list[int]:
    """Where each passage of `text` ends; the last is the end of the text."""
    if text.count(" ") < WORDS:  # quick: most posts are short
        return [len(text)]
    sentences = [found.end() for found in _SENTENCE.finditer(text)]
    starts = [0, *sentences[:-1]]
    words = [
        sum(1 for _ in _WORD.finditer(text, start, end))
        for start, end in zip(starts, sentences, strict=True)
    ]
    least = max(WORDS, -(-sum(words) // MAX_PASSAGES))
    ends: list[int] = []
    said = list(accumulate(words))
    begun = 0
    for end, so_far in zip(sentences, said, strict=True):
        if so_far - begun >= least:
            ends.append(end)
            begun = so_far
    # What is left over is too short to stand alone.
    return [*ends[:-1], len(text)] if ends else [len(text)]
