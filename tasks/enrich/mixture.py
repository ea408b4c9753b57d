"""Which languages a text mixes, if it mixes any: the language head, asked window by window.

Windows rather than sentences, since posts change language within one. Asking only where the
head is unsure of the whole text would miss more than half: a whole text gets a sure answer for
the language that has a little more of it.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from tasks.heads import UNDETERMINED, Language, heads

WORDS: Final = 10
"""Words of a window. Fewer are often taken for a neighbouring language."""
WINDOWS: Final = 12
"""Windows looked at, from the start: they bound the cost of an article."""
MIN_PROBABILITY: Final = 0.9
"""From which a window counts for its language."""
MIN_SHARE: Final = 0.2
"""Share of the characters in windows that a language must have."""
# Too near for ten words to tell apart: Malay, also that of Palembang, counts as Indonesian here.
_NEAR: Final = {"zsm": "ind", "mui": "ind"}


def mixture(texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """For each text the languages it mixes (ISO 639-3), most of it first; () if it mixes none.

    Each has at least MIN_SHARE of the first WINDOWS windows, and there are two at least. Text
    under one and a half windows is not looked at. A result depends on its own text alone.
    """
    split = [_windows(text) for text in texts]
    found = iter(heads().languages_alone([window for windows in split for window in windows]))
    return tuple(_shares(windows, list(islice(found, len(windows)))) for windows in split)


def _windows(text: str) -> list[str]:
    """Windows of WORDS words, what is left over in the last; none when one would hold it all."""
    words = text.split(maxsplit=WORDS * WINDOWS)[: WORDS * WINDOWS]
    count = (len(words) + WORDS // 2) // WORDS
    if count < 2:
        return []
    starts = range(0, count * WORDS, WORDS)
    ends = [*starts[1:], len(words)]
    return [" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True)]


def _shares(windows: list[str], found: list[Language]) -> tuple[str, ...]:
    """The languages with a share, when there are two."""
    size: Counter[str] = Counter()
    for window, (code, probability) in zip(windows, found, strict=True):
        if code != UNDETERMINED and probability >= MIN_PROBABILITY:
            size[_NEAR.get(code, code)] += len(window)
    least = MIN_SHARE * sum(map(len, windows))
    shared = tuple(code for code, letters in size.most_common() if letters >= least)
    return shared if len(shared) > 1 else ()
