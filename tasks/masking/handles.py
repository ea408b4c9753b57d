"""The author's own handle, as a pattern."""

import re
from functools import lru_cache
from typing import Final

from tasks.characters import fold, without_invisible
from tasks.masking.placeholders import KINDS

MIN_HANDLE: Final = 4
"""A shorter handle is too often an ordinary word to be hidden wherever it stands."""
# A handle may be the word of a placeholder, "akun" say; placeholders are not touched.
_NOT_A_PLACEHOLDER: Final = rf"(?!(?<=\[)(?:{'|'.join(name[1:-1] for name in KINDS)})\])"


@lru_cache(maxsize=1024)
def handle_pattern(author: str | None) -> re.Pattern[str] | None:
    """What finds `author` as a word in folded text; None when there is too little to look for.

    Signs around the handle (@, dots) do not count; white space within it matches any.
    """
    words = re.sub(r"^\W+|\W+$", "", fold(without_invisible(author or ""))).split()
    if len("".join(words)) < MIN_HANDLE:
        return None
    name = r"\s{1,3}".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)@?{_NOT_A_PLACEHOLDER}{name}(?!\w)", re.IGNORECASE)
