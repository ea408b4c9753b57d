"""Reads the sets of sentences with names, and shapes them as the tagger sees a text.

The sets differ in what they call a place: a university is one in `ner_nergrit`, and an
institution in `ner_idner_news_2k`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.enrich.lines import Line, lines
from tasks.enrich.tagger import WAYS
from training.data import Split, read

SETS: Final = ("ner_idner_news_2k", "ner_nergrit")
"""One for each manner of the tagger, in its order."""
BEGINS: Final = {
    **dict.fromkeys(("PER", "PERSON"), 1),
    **dict.fromkeys(("LOC", "PLACE"), 3),
    **dict.fromkeys(("ORG", "ORGANISATION"), 5),
}
"""The tagger's state for the first word of a name, by the sets' words for its kind."""

Run = tuple[int, tuple[int, int]]
"""The state of a name's first word, and its span in code points."""


class Sentence(NamedTuple):
    """A text of one line, and the names in it."""

    text: str
    names: tuple[Run, ...]

    @property
    def line(self) -> Line:
        """The sentence as the tagger reads it; its words are not always those of the set."""
        (line,) = lines(self.text)
        return line


def sentences(data: Path, name: str, split: Split) -> list[Sentence]:
    """The sentences of one set. Raises FileNotFoundError when it is missing."""
    return [sentence(row["tokens"], row["tags"]) for row in read(data, name, split)]


def sentence(tokens: Sequence[str], tags: Sequence[str]) -> Sentence:
    """One sentence from tokens with BIO tags; an I that nothing precedes counts as B."""
    return Sentence(" ".join(tokens), tuple(_names(tokens, tags)))


def _names(tokens: Sequence[str], tags: Sequence[str]) -> Iterator[Run]:
    at, open_name, before = 0, None, ""
    for token, tag in zip(tokens, tags, strict=True):
        position, _, kind = tag.partition("-")
        if open_name is not None and position == "I" and kind == before:
            open_name = (open_name[0], (open_name[1][0], at + len(token)))
        else:
            if open_name is not None:
                yield open_name
            open_name = (BEGINS[kind], (at, at + len(token))) if kind else None
        at, before = at + len(token) + 1, kind
    if open_name is not None:
        yield open_name


def true_states(found: Sentence, manner: int) -> NDArray[np.int64]:
    """The tagger's state of each word; a word that lies partly in a name belongs to it."""
    states = np.zeros(len(found.line.words), dtype=np.int64)
    starts, ends = np.array(found.line.spans).T
    for state, (start, end) in found.names:
        inside = np.flatnonzero((starts < end) & (ends > start))
        states[inside] = state + 1
        states[inside[:1]] = state
    return states + manner * WAYS
