"""HTML to plain text."""

import html
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from tasks.masking.urls import host_of

_PARAGRAPHS: Final = "p|h[1-6]|blockquote|article|section|pre|hr|ul|ol|table"
_LINES: Final = "br|div|li|tr|dt|dd|figcaption|figure|header|footer|main|option"
_OTHERS: Final = (
    "a|abbr|b|body|button|center|cite|code|dl|em|font|form|head|html|i|iframe|img|input|label"
    "|link|mark|meta|noscript|s|script|small|source|span|strike|strong|style|sub|sup|svg|tbody|td"
    "|template|textarea|tfoot|th|thead|time|title|u|video"
)
# Known tags only: "<3", "a < b" and "<nama>" are things that people write.
_MARKUP: Final = re.compile(
    rf"</?(?:{_PARAGRAPHS}|{_LINES}|{_OTHERS})(?:\s[^<>]*|/)?>|<!--|<!doctype", re.IGNORECASE
)
_PARAGRAPH: Final = re.compile(rf"(?=</?(?:{_PARAGRAPHS})[\s/>])", re.IGNORECASE)
_LINE: Final = re.compile(rf"(?=</?(?:{_LINES})[\s/>])", re.IGNORECASE)
_CELL: Final = re.compile(r"(?=</t[dh]\s*>)", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_UNSEEN: Final = ["script", "style", "noscript", "template", "iframe", "svg", "textarea", "title"]


def plain(text: str, own_host: str) -> str:
    """The words a reader sees: without tags, and with entities as characters.

    Links in HTML that lead to another host than `own_host` are written after their words,
    unless the words name that host.
    """
    if _MARKUP.search(text):
        return _visible(text, own_host)
    return _ENTITY.sub(_character, text) if "&" in text else text


def _visible(markup: str, own_host: str) -> str:
    # White space means nothing in HTML; the breaks that blocks make are put in as characters.
    markup = " ".join(markup.split())
    for breaks, sign in ((_PARAGRAPH, "\n\n"), (_LINE, "\n"), (_CELL, " ")):
        markup = breaks.sub(sign, markup)
    tree = LexborHTMLParser(markup)
    tree.strip_tags(_UNSEEN)
    for link in tree.css("a[href]"):
        address = (link.attributes["href"] or "").strip()
        host = host_of(address) if address.lower().startswith(("http://", "https://")) else ""
        if host and host != own_host and host not in link.text().lower():
            link.insert_after(f" {address} ")
    return tree.body.text(separator="") if tree.body else ""


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])
