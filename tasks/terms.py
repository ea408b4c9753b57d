"""The terms of a text: its words and signs as the heads count them.

A hashtag is one term with its sign; handles, addresses and most punctuation are left out. What
`normalise` put in the place of a link, a number or an address is one term: that there is one says
something, which it is does not.
"""

import re
from collections.abc import Iterator
from typing import Final

from tasks.masking.placeholders import ACCOUNT, ADDRESS, EMAIL, LINK, MENTION, NIK, PHONE

# Characters for private use: no letters of any script, so they do not weigh in a text's language.
_FIRST: Final = 0xE000
STAND_INS: Final = {
    placeholder.casefold(): chr(_FIRST + number)
    for number, placeholder in enumerate((PHONE, ADDRESS, EMAIL, NIK, ACCOUNT))
}
"""The term that each placeholder becomes, in lower case."""
LINKED: Final = chr(_FIRST + len(STAND_INS))
"""The term that every link becomes."""

# Words, symbols from arrows to emoji, and the punctuation that colours a sentence: a question, a
# shout, a quotation, a pause. The rest says how a data set was collected, not what a text says.
_TERM: Final = re.compile(
    rf"#?[^\W_]+|[\u2190-\u2bff\U0001f000-\U0001faff{_FIRST:c}-{LINKED}]|[!?\"“”,:']+|\.{{2,}}|…"
)
_MENTION: Final = MENTION.casefold()
_MASKED: Final = re.compile(
    "|".join(
        (*map(re.escape, (_MENTION, *STAND_INS)), LINK.pattern, r"https?://\S*|www\.\S+|@\w+")
    ),
    re.IGNORECASE,
)
_SIGNS: Final = ("[", "@", "://", "www.")
"""Where one of these stands there may be something to mask; most texts hold none."""


def terms(text: str) -> list[str]:
    """The terms of `text` in order, case folded. Any str is accepted."""
    return _TERM.findall(_bare(text.casefold()))


def places(folded: str) -> Iterator[tuple[int, int]]:
    """Where the terms of a case-folded text stand in it; a placeholder with all of its signs."""
    ends = {masked.start(): masked.end() for masked in _MASKED.finditer(folded)}
    for term in _TERM.finditer(_bare(folded)):
        yield term.start(), ends.get(term.start(), term.end())


def _bare(folded: str) -> str:
    """The text without handles and addresses, and with one character for each placeholder."""
    if any(sign in folded for sign in _SIGNS):
        return _MASKED.sub(_stand_in, folded)
    return folded


def _stand_in(masked: re.Match[str]) -> str:
    """What is read instead, as long as what it stands for: one term, or none."""
    found = masked[0]
    if found[0] != "[" or found == _MENTION:
        return " " * len(found)
    return STAND_INS.get(found, LINKED).ljust(len(found))
