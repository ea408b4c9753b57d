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


def handle_pattern(author: str | None, folded: str) -> re.Pattern[str] | None:
    """What finds `author` as a word in `folded`; None when it cannot be there.

    Signs around the handle (@, dots) do not count; white space within it matches any. A handle of
    fewer than MIN_HANDLE letters is not looked for.
    """
    words = _words(author)
    if len("".join(words)) < MIN_HANDLE or not _may_hold(folded, words[0]):
        return None
    return _compiled(words)


def _words(author: str | None) -> tuple[str, ...]:
    return tuple(re.sub(r"^\W+|\W+$", "", fold(without_invisible(author or ""))).split())


def _may_hold(folded: str, word: str) -> bool:
    """False only if no match is possible; most texts do not name their author.

    Compiling a pattern for each author costs more than all the other masking.
    """
    if "%" in folded or not (folded.isascii() and word.isascii()):
        return True  # percent-encoded, or with letters whose case is not that simple
    return word.lower() in folded.lower()


@lru_cache(maxsize=1024)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    name = r"\s{1,3}".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)@?{_NOT_A_PLACEHOLDER}{name}(?!\w)", re.IGNORECASE)
