"""What one version of a text has that another has not, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz.distance import Indel

_PIECE: Final = re.compile(r"\w+(?:[.,:/'\u2019-]\w+)*|\s+|[^\w\s]")  # "Rp50.000" is one word
_WORD: Final = re.compile(r"\w")
_KEPT: Final = 12
"""Words, spaces and signs that are shown of a long unchanged stretch, at each end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both have, that only the new one has, or that only the old one had.

    `skipped` is a long stretch that both have, and that nobody need read again.
    """

    kind: Literal["same", "added", "gone", "skipped"]
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The words of `new`, and those of `old` that are gone, in order: what is gone stands first.

    Capitals and line breaks make no difference; what both have is shown as it stands in `new`.
    """
    return tuple(part for piece in _pieces(old, new) for part in _shortened(piece))


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    gone = added = ""
    for step in Indel.opcodes(_keys(before), _keys(after)):
        was = "".join(before[step.src_start : step.src_end])
        now = "".join(after[step.dest_start : step.dest_end])
        # A space between two changes belongs to them: one change is easier to read than three.
        if step.tag != "equal" or ((gone or added) and not _WORD.search(now)):
            gone, added = gone + was, added + now
            continue
        yield from _changed(gone, added)
        gone = added = ""
        yield Piece("same", now)
    yield from _changed(gone, added)


def _changed(gone: str, added: str) -> Iterator[Piece]:
    """What changed, without the space that both end with."""
    end = gone[len(gone.rstrip()) :]
    both = end if end and added.endswith(end) else ""
    if gone.removesuffix(both):
        yield Piece("gone", gone.removesuffix(both))
    if added.removesuffix(both):
        yield Piece("added", added.removesuffix(both))
    if both:
        yield Piece("same", both)


def _keys(pieces: list[str]) -> list[str]:
    return [" " if one.isspace() else one.lower() for one in pieces]


def _shortened(piece: Piece) -> Iterator[Piece]:
    """The same, or its ends where it is long and unchanged."""
    parts = _PIECE.findall(piece.text) if piece.kind == "same" else []
    if len(parts) <= 3 * _KEPT:
        yield piece
        return
    yield Piece("same", "".join(parts[:_KEPT]))
    yield Piece("skipped", "".join(parts[_KEPT:-_KEPT]))
    yield Piece("same", "".join(parts[-_KEPT:]))
