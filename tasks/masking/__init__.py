"""Personal data is hidden before anything is stored; what stays is what was said.

The door masks every text and address (it knows the author); `normalise` masks again, for what
only cleaning brings to light.
"""

import re
from typing import Final

from tasks.characters import fold, without_invisible
from tasks.masking import patterns, placeholders
from tasks.masking.addresses import ADDRESS
from tasks.masking.handles import handle_pattern
from tasks.masking.urls import URL, masked_url

__all__ = ["mask_text", "mask_url"]

Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*rules: tuple[str, str]) -> Rules:
    return tuple((re.compile(pattern, re.IGNORECASE), name) for pattern, name in rules)


# Each group of rules is tried only where its sign stands: most posts hold none of them.
# In this order: an e-mail address holds an @, an account number may look like a phone number.
_RULES: Final = (
    (
        re.compile("[@&]"),
        _rules(
            (patterns.EMAIL, placeholders.EMAIL),
            (patterns.MENTION, placeholders.MENTION),
        ),
    ),
    (
        re.compile(patterns.LONG_NUMBER),
        _rules(
            (patterns.NIK, placeholders.NIK),
            (patterns.NAMED_NIK, placeholders.NIK),
            (patterns.ACCOUNT, placeholders.ACCOUNT),
            (patterns.BANK_ACCOUNT, placeholders.ACCOUNT),
            (patterns.WALLET, placeholders.ACCOUNT),
        ),
    ),
    (re.compile(r"\d"), _rules((ADDRESS, placeholders.ADDRESS))),
    (
        re.compile(patterns.LONG_NUMBER),
        _rules(
            (patterns.PHONE, placeholders.PHONE),
            (patterns.NAMED_PHONE, placeholders.PHONE),
        ),
    ),
)
_ANY_SIGN: Final = re.compile(r"[@&\d]")
"""What a text holds in which a sign stands; one look at it is enough for most."""
# The dot before what stands before it: patterns that begin with one sign are sought fastest.
_MAY_BE_HOST: Final = re.compile(r"\.(?<=\w\.)[a-z]", re.IGNORECASE)


def mask_text(text: str, author: str | None = None) -> str:
    """The text with placeholders for personal data, at most twice as long; empty only if it was.

    Hides mentions, NIK, phone and account numbers, e-mail and house addresses, accounts in
    links, and the author's handle as a word. Masking twice has one effect; time is linear.
    Invisible characters are removed, since they could hide any of these.
    """
    text = without_invisible(text) or text[:1]
    folded = fold(text)
    handle = handle_pattern(author, folded)
    pieces: list[str] = []
    at = 0
    for link in URL.finditer(folded) if _may_hold_link(folded) else ():
        if handle is not None and handle.fullmatch(link[0]):
            continue  # a handle such as "kabar.id": no link to a site
        start, end = link.span()
        pieces += _masked(text[at:start], handle), masked_url(text[start:end], author)
        at = end
    pieces.append(_masked(text[at:], handle))
    return "".join(pieces)


def mask_url(url: str, author: str | None = None) -> str:
    """The URL without accounts: never longer, and leading to the same place where it can.

    User information is dropped; the account segment on a social site becomes `_` (`i` on
    x.com, where the post is still found), as does any segment or value that holds an @, is a
    phone number or NIK, or names the author. The name of the site itself stays.
    """
    return masked_url(url, author)


def _may_hold_link(folded: str) -> bool:
    return "://" in folded or _MAY_BE_HOST.search(folded) is not None


def _masked(text: str, handle: re.Pattern[str] | None) -> str:
    folded = fold(text)
    for sign, rules in _RULES if _ANY_SIGN.search(folded) else ():
        for pattern, placeholder in rules if sign.search(folded) else ():
            text, folded = _replaced(text, folded, pattern, placeholder)
    if handle is not None:
        text, _ = _replaced(text, folded, handle, placeholders.MENTION)
    return text


def _replaced(
    text: str, folded: str, pattern: re.Pattern[str], placeholder: str
) -> tuple[str, str]:
    """Both forms of the text with `placeholder` wherever `pattern` matches the folded one."""
    kept: list[tuple[str, str]] = []
    at = 0
    for match in pattern.finditer(folded):
        start, end = match.span("hide" if "hide" in pattern.groupindex else 0)
        kept.append((text[at:start], folded[at:start]))
        at = end
    if not kept:
        return text, folded
    texts, copies = zip(*kept, (text[at:], folded[at:]), strict=True)
    return placeholder.join(texts), placeholder.join(copies)
