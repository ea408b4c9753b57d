"""Spans of time on the command line: 90s, 30m, 12h, 7d."""

import re
from typing import Final

_SPAN: Final = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def span_seconds(text: str) -> int | None:
    """Its seconds, or None if it is no span."""
    match = _SPAN.fullmatch(text)
    return None if match is None else int(match[1]) * _SECONDS[match[2]]


def parse_overlap(span: str) -> int:
    """Seconds of the option --overlap. Raises ValueError with the forms."""
    seconds = span_seconds(span)
    if seconds is None:
        raise ValueError(f"--overlap {span}: is no span of time; use 90s, 30m, 12h or 7d")
    return seconds
