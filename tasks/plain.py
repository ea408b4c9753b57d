"""The plain wording of a text, for models; the text itself is kept, and spans map back to it.

Slang and spelling of informal Indonesian, elongation, digits for letters, hashtags split, emoji
named. Links, handles, placeholders of masked data, numbers, and words that the lexicon does not
know stay as they are: so does every word of a regional language.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple

from tasks.hashtags import split
from tasks.lexicon import lexicon
from tasks.masking.placeholders import LINK, PERSONAL
from tasks.models import Span
from tasks.spelling import LONGEST, shortened, spelled

_SIGN: Final = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_TONES: Final = "[\ufe0f\U0001f3fb-\U0001f3ff]*"
_REST: Final = f"{_TONES}(?:\u200d{_SIGN}{_TONES})*"
_ADDRESS: Final = r"(?i:https?://\S*|www\.\S+)"
_MILESTONE: Final = r"(?i:km) ?\d+"
# What is commonest comes first: a piece costs a post as much as what stands before it here.
_PIECE: Final = re.compile(
    rf"(?P<word>(?!{_ADDRESS}|{_MILESTONE})[^\W\d_][^\W_]*)"
    rf"|(?P<kept>{_ADDRESS}|{_MILESTONE}|{LINK.pattern}|{PERSONAL.pattern}|@\w+"
    # a number, with its unit: "5 km" is no "kamu"
    r"|\d+(?:[.,]\d+)*(?: ?(?:[kcm]m|k?g|m|k|x)\b|(?![^\W_])))"
    r"|(?P<mixed>[^\W_]+)"
    r"|(?<!\w)\#(?P<tag>\w+)"
    rf"|(?P<emoji>\U0001f1ee\U0001f1e9|{_SIGN}){_REST}(?P<more>(?:(?P=emoji){_REST})*)"
)
_START: Final = attrgetter("start")


class Edit(NamedTuple):
    """Where the plain wording differs: `[start, end)` of it stands for `[first, last)` before."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain wording: its text, and what was replaced, in order."""

    text: str
    edits: tuple[Edit, ...] = ()

    def original(self, span: Span) -> Span:
        """The span of the text before that `span` of this wording stands for.

        It covers the whole of each replaced word that it touches. What was not replaced maps to
        itself, and order is kept.
        """
        return Span(start=self._start(span.start), end=self._end(span.end))

    def _start(self, at: int) -> int:
        number = bisect_right(self.edits, at, key=_START)
        if number == 0:
            return at
        edit = self.edits[number - 1]
        return edit.first if at < edit.end else edit.last + at - edit.end

    def _end(self, at: int) -> int:
        number = bisect_left(self.edits, at, key=_START)
        if number == 0:
            return at
        edit = self.edits[number - 1]
        return edit.last if at <= edit.end else edit.last + at - edit.end


def plain(text: str) -> Plain:
    """The plain wording of `text`. Any str is accepted; time is linear in its length."""
    pieces: list[str] = []
    edits: list[Edit] = []
    at = length = 0  # read so far, and written so far
    for first, last, wording in _replacements(text):
        length += first - at
        pieces += text[at:first], wording
        edits.append(Edit(length, length + len(wording), first, last))
        length += len(wording)
        at = last
    return Plain("".join((*pieces, text[at:])), tuple(edits)) if edits else Plain(text)


def _replacements(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, plain wording) of every piece of `text` that has another one."""
    for found in _PIECE.finditer(text):
        piece = found[0]
        match found.lastgroup:
            case "word" | "mixed":
                wording = spelled(piece) if 1 < len(piece) <= LONGEST else _odd(found)
            case "tag":
                wording = split(found["tag"]) or piece
            case "more":  # of an emoji
                wording = _named(found)
            case _:
                continue
        if wording != piece:
            yield found.start(), found.end(), wording


def _odd(found: re.Match[str]) -> str:
    """A word of one letter, or of more than anybody types by hand."""
    word = found[0]
    if len(word) == 1:
        return spelled(word) if word.islower() and _stands_alone(found) else word
    word = shortened(word)
    return spelled(word) if len(word) <= LONGEST else word


def _stands_alone(letter: re.Match[str]) -> bool:
    """Whether a blank and a lower-case word follow: "d rumah", unlike "I'd" and "vitamin d"."""
    text, (start, end) = letter.string, letter.span()
    before, after = text[max(start - 1, 0) : start], text[end : end + 2]
    return not before.strip() and after[:1] == " " and after[1:].islower()


def _named(found: re.Match[str]) -> str:
    """The name of an emoji, twice where it is repeated, with blanks beside its neighbours."""
    name = lexicon().emoji.get(found["emoji"])
    if name is None:
        return found[0]
    text, (start, end) = found.string, found.span()
    before = " " if start and not text[start - 1].isspace() else ""
    after = " " if text[end : end + 1].isalnum() else ""
    return f"{before}{name} {name}{after}" if found["more"] else f"{before}{name}{after}"
