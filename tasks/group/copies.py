"""Whether one text is a copy of another: nearly the same words, and nothing said otherwise.

A copy may lose, gain, misspell or move words. It never says one word in place of another ("di
Lahat" for "di Pagaralam", "3 korban" for "5 korban"), and never turns the sense around by a word
put in or left out ("bukan", "hoaks").
"""

from collections import Counter
from functools import cache
from operator import itemgetter
from typing import Final

from rapidfuzz.distance import OSA, Indel

from tasks.gazetteer import places
from tasks.lexicon import lexicon
from tasks.skeleton import skeleton

LEAD: Final = 256
"""Characters of a skeleton that are compared word by word."""
MOST_LOST: Final = 0.3
"""Share of its words that either may have and the other not."""
_LONGEST_CUT: Final = 24
"""Characters by which a lead that was cut may be shorter than LEAD."""
_LONG: Final = 6
"""Letters of the longer word from which two typing errors are allowed, not one."""
_SCRAP: Final = 3
_ABBREVIATED: Final = 4
"""Letters of the longest word that is taken for an abbreviation."""

_DENIALS: Final = (
    "tidak bukan belum tanpa jangan tak tiada batal bantah dibantah membantah bantahan hoaks hoax"
    " fitnah palsu bohong salah keliru klarifikasi ora dudu aja henteu sanes teu indak bukannyo"
    " idak dak not no never fake false"
)
_OTHER_PLACES: Final = "utara selatan barat timur tengah tenggara komering ilir ulu kota kabupaten"
_TURNING: Final = frozenset(f"{_DENIALS} {_OTHER_PLACES}".split())
"""Words that make it another statement, wherever they are put in or left out."""


def lead(skeleton: str) -> str:
    """The whole words in the first LEAD characters of a skeleton."""
    return skeleton if len(skeleton) <= LEAD else skeleton[: LEAD + 1].rpartition(" ")[0]


def copied(earlier: str, later: str) -> bool:
    """Whether the two leads differ only as copies do; which is the earlier does not matter."""
    # Their words can be laid side by side in several ways: always in the one that this order gives.
    one, other = (text.split() for text in sorted((earlier, later)))
    cut = max(len(earlier), len(later)) > LEAD - _LONGEST_CUT
    said, heard = Counter(one), Counter(other)
    only_one, only_other = said - heard, heard - said
    gone = come = 0
    for here, there, at_end in _gaps(one, other):
        left, new = _unpaired(_not_moved(here, only_one), _not_moved(there, only_other))
        gone, come = gone + len(left), come + len(new)
        if at_end and cut:
            continue  # what the other says here may lie behind its cut
        if _says_otherwise(left, new):
            return False
    return gone <= MOST_LOST * len(one) and come <= MOST_LOST * len(other)


def _gaps(one: list[str], other: list[str]) -> list[tuple[list[str], list[str], bool]]:
    """Between the words that both have in one order: what each has there, and if it is the end."""
    found: list[tuple[list[str], list[str], bool]] = []
    here, there = 0, 0
    for block in (*Indel.editops(one, other).as_matching_blocks(),):
        gone, come = one[here : block.a], other[there : block.b]
        if gone or come:
            found.append((gone, come, block.size == 0))
        here, there = block.a + block.size, block.b + block.size
    return found


def _not_moved(words: list[str], fewer: Counter[str]) -> list[str]:
    """The words of a gap that the other text says fewer times, and every number.

    A number stands for what it stands beside: two that change places are two that were changed.
    """
    return [word for word in words if word in fewer or word[0].isdigit()]


def _unpaired(gone: list[str], come: list[str]) -> tuple[list[str], list[str]]:
    """The words of a gap without those that are one word, misspelled on one side."""
    if _misspelled("".join(gone) or "-", "".join(come) or "-") or _scrawled(gone, come):
        return [], []
    left, new = list(gone), list(come)
    for word in gone:
        typed = next((other for other in new if _misspelled(word, other)), None)
        if typed is not None:
            left.remove(word)
            new.remove(typed)
    return left, new


def _says_otherwise(left: list[str], new: list[str]) -> bool:
    """Whether words that went and words that came make it another statement."""
    return bool(left and new) or any(map(is_turning, (*left, *new)))


def _scrawled(gone: list[str], come: list[str]) -> bool:
    """Whether one word stands for one, and either is a short scrap that no list knows."""
    return len(gone) == len(come) == 1 and any(
        len(word) <= _SCRAP and word.isalpha() and not is_known(word) for word in (*gone, *come)
    )


def is_turning(word: str) -> bool:
    """Whether `word` makes it another statement wherever it is put in or left out."""
    return word in _TURNING


def _misspelled(one: str, other: str) -> bool:
    """Whether the two are one word: a typing error apart, or one the other's abbreviation."""
    if one[0].isdigit() or other[0].isdigit() or (is_known(one) and is_known(other)):
        return False
    short, long = sorted((one, other), key=len)
    slips = 1 if len(long) < _LONG else 2
    return OSA.distance(one, other, score_cutoff=slips) <= slips or _abbreviates(short, long)


def _abbreviates(short: str, long: str) -> bool:
    """Whether `short` is `long` with letters left out, its first one kept: "bgt", "jkt"."""
    letters = iter(long)
    return (
        len(short) <= _ABBREVIATED
        and short[0] == long[0]
        and all(letter in letters for letter in short)
    )


@cache
def is_known(word: str) -> bool:
    """Whether `word` is a plain word, or part of the name of a place."""
    return word in lexicon().words or word in _places()


@cache
def _places() -> frozenset[str]:
    names = (
        name for place in places() for name in (place.name, *map(itemgetter(0), place.aliases))
    )
    return frozenset(word for name in names for word in skeleton(name).split())
