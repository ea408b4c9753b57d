"""What stands out in a clean text: hashtags, links, and what was masked."""

import re
from typing import Final

from tasks.characters import MARKS
from tasks.masking.placeholders import KINDS, LINK, PERSONAL
from tasks.models import Link, Masked, Span

_HASHTAG: Final = re.compile(rf"(?<![\w&#/])#((?:\w|[{MARKS}])+)")


def hashtags(text: str) -> tuple[str, ...]:
    """Each hashtag once, in order: without its sign, case folded. "#1" is a number, not one."""
    if "#" not in text:  # quick: as most
        return ()
    found = (match[1].casefold() for match in _HASHTAG.finditer(text))
    return tuple(dict.fromkeys(tag for tag in found if any(map(str.isalpha, tag))))


def links(text: str) -> tuple[Link, ...]:
    """The links that `normalise` left as `[TAUTAN host]`, in order."""
    return tuple(Link(host=match[1], span=_span(match)) for match in LINK.finditer(text))


def masked(text: str) -> tuple[Masked, ...]:
    """The personal data that was masked, in order."""
    return tuple(
        Masked(kind=KINDS[match[0]], span=_span(match)) for match in PERSONAL.finditer(text)
    )


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end())
