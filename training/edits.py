"""Copies of texts as people make them: what `saring evaluate group` plants, seeded.

An edit never changes what a text states: numbers and words of negation stay, and a typing error
never makes another known word, since "3 korban" is no copy of "5 korban".
"""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from tasks.group.copies import is_known, is_turning
from tasks.lexicon import lexicon
from tasks.skeleton import skeleton
from tasks.spelling import spelled

_NEIGHBOURS: Final = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}
_CALLS: Final = (
    "sebarkan",
    "Tolong sebarkan ya",
    "share ke semua grup",
    "viralkan!!",
    "Copas dari grup sebelah",
    "mohon diteruskan",
    "Teruskan ke keluarga",
)
_APPENDED: Final = 0.15
"""Share of copies with a call to share after them,"""
_CUT: Final = 0.25
"""and share of those that lack some of the last words."""
_TRIES: Final = 9


def edited(text: str, share: float, random: Random) -> str:
    """`text` with at most `share` of its words (one at least) edited, each in a way of its own."""
    words = text.split()
    edits = max(1, int(share * len(words)))
    if random.random() < _CUT and len(words) >= 10:
        words, cut = _cut(words, random.randint(1, edits))
        edits -= cut
    for place in random.sample(range(len(words)), min(edits, len(words))):
        random.choice((_mistype, _respell, _drop, _swap))(words, place, random)
    if random.random() < _APPENDED:
        words += [".", random.choice(_CALLS)]
    return " ".join(word for word in words if word)


def _cut(words: list[str], most: int) -> tuple[list[str], int]:
    """The words without the last ones, at most so many and none that must stay; how many went."""
    gone = 0
    while gone < most and not _stays(words[-1 - gone]):
        gone += 1
    return words[: len(words) - gone], gone


def _stays(word: str) -> bool:
    """Whether a text without `word` states something else."""
    said = skeleton(word).split()
    return any(map(str.isdigit, word)) or any(map(is_turning, said))


def _mistype(words: list[str], place: int, random: Random) -> None:
    word = words[place]
    if not word.isalpha() or len(word) < 3:
        return
    for _ in range(_TRIES):
        typed = random.choice(_SLIPS)(word, random.randrange(len(word) - 1), random)
        if not is_known(spelled(typed.lower())):
            words[place] = typed
            return


def _respell(words: list[str], place: int, random: Random) -> None:
    spellings = _spellings().get(words[place].lower())
    if spellings:
        words[place] = random.choice(spellings)
    else:
        _mistype(words, place, random)


def _drop(words: list[str], place: int, random: Random) -> None:
    if _stays(words[place]):
        _mistype(words, place, random)
    else:
        words[place] = ""


def _swap(words: list[str], place: int, _random: Random) -> None:
    other = place + 1 if place + 1 < len(words) else place - 1
    words[place], words[other] = words[other], words[place]


def _neighbour(word: str, at: int, random: Random) -> str:
    return word[:at] + random.choice(_NEIGHBOURS.get(word[at].lower(), "x")) + word[at + 1 :]


_SLIPS: Final[tuple[Callable[[str, int, Random], str], ...]] = (
    lambda word, at, _: word[:at] + word[at + 1 :],
    lambda word, at, _: word[:at] + word[at] + word[at:],
    lambda word, at, _: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    _neighbour,
)
"""A letter left out, typed twice, exchanged with the next, or its neighbour on the keyboard."""


@cache
def _spellings() -> dict[str, list[str]]:
    """How each plain word is also typed, by the lexicon."""
    found: dict[str, list[str]] = {}
    for typed, word in lexicon().spellings.items():
        if " " not in word:
            found.setdefault(word, []).append(typed)
    return found
