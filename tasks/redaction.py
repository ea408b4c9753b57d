"""Hiding a piece of a text that names a person, wherever it stands, so that the rest stays true.

What a person points at is hidden in every place where the text says it again. Spans that follow
are moved; those that touched the piece are dropped, since what they showed is gone; evidence that
reached beyond it on both sides still shows the rest.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, takewhile
from typing import Final, Literal, TypeVar, get_args

from tasks.masking.placeholders import KINDS, LINK
from tasks.models import Claim, Content, Entity, Evidence, Link, Masked, Publication, Span

HiddenKind = Literal["name", "address", "phone", "nik", "email", "account_number", "other"]
HIDDEN_KINDS: Final[tuple[HiddenKind, ...]] = get_args(HiddenKind)
PLACEHOLDERS: Final[dict[HiddenKind, str]] = {
    "name": "[NAMA]",
    "address": "[ALAMAT]",
    "phone": "[TELEPON]",
    "nik": "[NIK]",
    "email": "[SUREL]",
    "account_number": "[REKENING]",
    "other": "[DISAMARKAN]",
}
"""What stands in place of the piece; those of the door, where it has one."""
LEAST: Final = 2
"""Letters and digits that a piece must have: a single one stands everywhere."""
_Found = TypeVar("_Found", Entity, Link, Masked)
_LETTERS: Final = re.compile(r"[^\W_]")
_CLOSED: Final = "|".join((*map(re.escape, (*KINDS, *PLACEHOLDERS.values())), LINK.pattern))


def places_of(piece: str, text: str) -> tuple[Span, ...]:
    """Where the text says the piece: as whole words, in capitals or not, over any white space.

    Nothing inside a placeholder, and nothing for a piece of fewer than LEAST letters and digits.
    """
    words = piece.split()
    if len(_LETTERS.findall(piece)) < LEAST:
        return ()
    before = r"(?<![^\W_])" if _LETTERS.match(words[0][0]) else ""
    after = r"(?![^\W_])" if _LETTERS.match(words[-1][-1]) else ""
    said = before + r"\s+".join(map(re.escape, words)) + after
    # A placeholder is passed over whole, unless the piece begins with it.
    sought = re.compile(f"(?P<piece>{said})|{_CLOSED}", re.IGNORECASE)
    found = (match.span("piece") for match in sought.finditer(text))
    return tuple(Span(start=start, end=end) for start, end in found if end > 0)


def without(text: str, piece: str, kind: HiddenKind) -> str:
    """The text with a placeholder wherever it says the piece."""
    return _replaced(text, places_of(piece, text), PLACEHOLDERS[kind])


def redacted(publication: Publication, piece: str, kind: HiddenKind) -> Publication:
    """The publication without the piece, in its text and in all that was taken from it.

    Raises ValueError if the text does not say the piece.
    """
    hidden = places_of(piece, publication.text)
    if not hidden:
        raise ValueError("the text does not say this: copy it from there, two letters or more")
    move = _Move(hidden, len(PLACEHOLDERS[kind]))
    masked = [one.model_copy(update={"span": span}) for one, span in move.all(publication.masked)]
    masked += [Masked(kind=kind, span=span) for span in move.placeholders()]
    acts = tuple(
        act.model_copy(update={"evidence": tuple(move.evidence(one) for one in act.evidence)})
        for act in publication.acts
    )
    return publication.model_copy(
        update={
            "text": _replaced(publication.text, hidden, PLACEHOLDERS[kind]),
            "url": url_without(publication.url, piece),
            "acts": acts,
            "entities": tuple(
                one.model_copy(update={"span": span})
                for one, span in move.all(publication.entities)
                if not says(one.name, piece)
            ),
            "links": tuple(
                one.model_copy(update={"span": span}) for one, span in move.all(publication.links)
            ),
            "masked": tuple(sorted(masked, key=lambda one: one.span.start)),
            "hashtags": tuple(one for one in publication.hashtags if not says(one, piece)),
            "claims": tuple(_claim(one, move, piece) for one in publication.claims),
        }
    )


def content_of(content: Content, publication: Publication) -> Content:
    """What the ledger holds of the item from now on: the clean text of its redacted publication.

    The text as it was sent might say the piece in a way that only cleaning brought to light; the
    clean text gives the same publication when it is processed again.
    """
    return content.model_copy(
        update={"text": publication.text, "title": None, "url": publication.url}
    )


def says(text: str, piece: str) -> bool:
    """Whether the text says the piece when only letters and digits count, as in a hashtag."""
    return _squeezed(piece) in _squeezed(text)


def url_without(url: str | None, piece: str) -> str | None:
    """The address; None where it spells the piece out."""
    return None if url is not None and says(url, piece) else url


class _Move:
    """Where a span of the old text lies in the new one."""

    def __init__(self, hidden: Sequence[Span], length: int) -> None:
        self._hidden, self._length = hidden, length
        self._ends = [one.end for one in hidden]
        longer = (length - (one.end - one.start) for one in hidden)
        self._longer = [0, *accumulate(longer)]

    def placeholders(self) -> list[Span]:
        """Where the placeholders stand."""
        starts = (self._moved(one.start) for one in self._hidden)
        return [Span(start=start, end=start + self._length) for start in starts]

    def untouched(self, span: Span) -> Span | None:
        """The span if it touches nothing that was hidden."""
        return None if self._touched(span) else self._shifted(span)

    def around(self, span: Span) -> Span | None:
        """The same, or the span if it reaches beyond what it touches on both sides."""
        touched = self._touched(span)
        beyond = all(span.start < one.start and one.end < span.end for one in touched)
        return self._shifted(span) if beyond else None

    def all(self, found: Sequence[_Found]) -> list[tuple[_Found, Span]]:
        """Those that touch nothing that was hidden, and where they stand now."""
        moved = [(one, self.untouched(one.span)) for one in found]
        return [(one, span) for one, span in moved if span is not None]

    def evidence(self, one: Evidence) -> Evidence:
        """The evidence with the spans that are left."""
        spans = (self.around(span) for span in one.spans)
        return one.model_copy(update={"spans": tuple(span for span in spans if span is not None)})

    def _touched(self, span: Span) -> list[Span]:
        first = bisect_right(self._ends, span.start)
        after = (self._hidden[at] for at in range(first, len(self._hidden)))
        return list(takewhile(lambda one: one.start < span.end, after))

    def _shifted(self, span: Span) -> Span:
        return Span(start=self._moved(span.start), end=self._moved(span.end))

    def _moved(self, at: int) -> int:
        """The place of a character that is not inside a piece."""
        return at + self._longer[bisect_right(self._ends, at)]


def _claim(claim: Claim, move: _Move, piece: str) -> Claim:
    """The match without the piece; what the fact-check itself says was published by others."""
    span = None if claim.span is None else move.around(claim.span)
    hidden = {_squeezed(word) for word in piece.split()}
    shared = tuple(
        one for one in claim.shared if not says(one, piece) and _squeezed(one) not in hidden
    )
    return claim.model_copy(update={"span": span, "shared": shared})


def _replaced(text: str, hidden: Sequence[Span], placeholder: str) -> str:
    kept, at = [], 0
    for one in hidden:
        kept.append(text[at : one.start])
        at = one.end
    return placeholder.join((*kept, text[at:]))


def _squeezed(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))
