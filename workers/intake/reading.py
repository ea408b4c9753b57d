"""What is looked at before anything is parsed: the media type, and how much JSON there is."""

import re
from itertools import islice
from typing import Final

MAX_ITEMS: Final = 1_000
"""Items of one request."""
MAX_VALUES: Final = 100 * MAX_ITEMS
"""JSON values of one request. Without it `[[],[],...` would cost 30 times its length in memory."""

# A closing quote is optional, and the end as good as a sign: so that no text is searched twice.
_SIGN: Final = re.compile(rb'(?:[^"\[{,]++|"(?:[^"\\]++|\\.)*+"?)*+(?:[\[{,]|\Z)', re.DOTALL)
_PARAMETER: Final = re.compile(r';[ \t]*([^\s;="]+)=("(?:[^"\\]|\\.)*+"?|[^\s;"]*)')


def media_type(value: str) -> tuple[str, set[str]]:
    """Type and subtype, and every charset that is named."""
    kind, semicolon, parameters = value.partition(";")
    found = _PARAMETER.findall(semicolon + parameters)
    charsets = {text.strip('"').lower() for name, text in found if name.lower() == "charset"}
    return kind.strip().lower(), charsets


def is_crowded(text: bytes, limit: int) -> bool:
    """Whether there are more JSON values than `limit`: each but one follows one of `[{,`."""
    if sum(text.count(sign) for sign in (b"[", b"{", b",")) < limit:
        return False  # nearly always; signs in strings count here, below they do not
    return sum(1 for _ in islice(_SIGN.finditer(text), limit + 1)) > limit
