"""Characters that look like others, or like nothing at all."""

import re
import unicodedata
from typing import Final

MARKS: Final = (
    "\u0300-\u036f\u064b-\u065f\u1b00-\u1b04\u1b34-\u1b44\u1b80-\u1b82\u1ba1-\u1bad"
    "\ua980-\ua983\ua9b3-\ua9c0"
)
"""Accents, and the vowel signs of Jawi, Balinese, Sundanese and Javanese script.

A class for patterns: they belong to a word, but `\\w` does not know them.
"""

_EMOJI: Final = "\u00a9\u00ae\u203c\u2049\u2122-\u3299\U0001f000-\U0001faff"
# Controls except tab and the line breaks; soft hyphen; joiners and fillers; direction marks;
# tag characters; halves of surrogate pairs.
_ALWAYS: Final = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff"
)
_SUSPECT: Final = re.compile(f"[{_ALWAYS}\u200d\ufe0e\ufe0f]")
_INVISIBLE: Final = re.compile(
    f"[{_ALWAYS}]"
    # a joiner or variation selector that does not hold an emoji together
    f"|(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}0-9#*])[\ufe0e\ufe0f]|(?<=[0-9#*])[\ufe0e\ufe0f](?!\u20e3)"
)
_STYLED: Final = re.compile(
    # fullwidth, circled, mathematical and squared forms of letters and digits
    "[\uff01-\uff5e\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f149]+"
)


def without_invisible(text: str) -> str:
    """The text without control, zero-width and direction characters.

    Tabs, line breaks and the joiners inside an emoji stay.
    """
    return _INVISIBLE.sub("", text) if _SUSPECT.search(text) else text


def without_style(text: str) -> str:
    """Letters and digits drawn as fullwidth, bold, circled ... become plain ones."""
    return text if text.isascii() else _STYLED.sub(_compatible, text)


def fold(text: str) -> str:
    """A copy to match patterns on, of the same length: index n is the same character in both.

    Every kind of digit, letter, dash, space and @ that looks like an ASCII one becomes it.
    """
    return text if text.isascii() else text.translate(_FOLDED)


def _compatible(styled: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", styled[0])


class _Folded(dict[int, str]):
    """What each character folds to; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char == "\u2212" or unicodedata.category(char) == "Pd":
        return "-"
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


_FOLDED: Final = _Folded()
