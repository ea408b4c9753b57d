"""An item as people see it: marked text, why it is here, whether it must be hidden at first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tasks.driving import MAX_READ, driving
from tasks.gazetteer import by_code, distinct_name
from tasks.harmful import harms
from tasks.heads import heads
from tasks.highlight import Mark, Piece, excerpt, highlighted
from tasks.masking.placeholders import LINK
from tasks.models import Claim, Publication, Span
from tasks.reporters import protects, reporter_names
from tasks.retold import retold
from tasks.route import leading
from tasks.rules import rulebook
from tasks.words import Act, Desk, ReaderLanguage

EXCERPT: Final = 420
"""Characters of a text in a row of a queue."""
_READ_IN_ROWS: Final = 500
"""Longest text of a row that a model reads again for its words: 50 rows have 300 ms."""

_TWO_LETTERS: Final = {"ind": "id", "zsm": "ms", "jav": "jv", "sun": "su", "eng": "en"}
"""Languages that must not be named by three letters in HTML (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a publication."""

    said: Publication
    act: Act
    """The one that led it here."""
    marks: Mapping[Mark, tuple[Span, ...]]
    pieces: tuple[Piece, ...]
    begins: bool
    """Whether the text's beginning is among them."""
    ends: bool
    hidden_for: tuple[Act, ...]
    """Harms for which the text is hidden until asked for."""
    reasons: tuple[str, ...]
    places: tuple[str, ...]
    claim: Claim | None
    """The fact-check that it matches best."""
    protected: bool
    """Whether its author reports misconduct: names, link, platform and hour are not shown."""
    url: str | None
    """None where that is so."""

    @property
    def tag(self) -> str:
        """The language as HTML names it: by its two letters, if it has them; or else empty."""
        code = self.said.language
        return "" if code == "und" else _TWO_LETTERS.get(code, code)


def shown(said: Publication, desk: Desk, reader: ReaderLanguage, *, whole: bool = False) -> Shown:
    """The view of an item at a desk: an excerpt with what is telling, or the `whole` text."""
    lead = leading(said.acts)
    telling = driving(said, lead, MAX_READ if whole else _READ_IN_ROWS)
    claims = tuple(claim.span for claim in said.claims if claim.span is not None)
    length = len(said.text)
    part = excerpt(said.text, [*telling, *claims], length if whole else EXCERPT)
    protected = protects(said, desk)
    marks: dict[Mark, tuple[Span, ...]] = {
        "driver": telling,
        "claim": claims,
        "masked": tuple(one.span for one in said.masked),
        "link": tuple(
            Span(start=found.start(), end=found.end()) for found in LINK.finditer(said.text)
        ),
        "reporter": reporter_names(said.text) if protected else (),
    }
    return Shown(
        said=said,
        act=lead.act,
        marks=marks,
        pieces=highlighted(said.text, marks, part),
        begins=part.start == 0,
        ends=part.end == length,
        hidden_for=harms(said),
        reasons=retold(said, reader),
        places=place_names(said),
        claim=max(said.claims, key=lambda claim: claim.score, default=None),
        protected=protected,
        url=None if protected else said.url,
    )


def place_names(said: Publication) -> tuple[str, ...]:
    """The places that a text names, each once, by their official names."""
    codes = dict.fromkeys(one.code for one in said.entities if one.code is not None)
    return tuple(place_name(code) for code in codes)


def place_name(code: str) -> str:
    """The name of a place; its code if the gazetteer has none."""
    place = by_code().get(code)
    return code if place is None else distinct_name(place)


def warm() -> None:
    """Read what views need, so that the first visitor does not wait for it."""
    by_code()
    heads()
    rulebook()
