"""normalise: the clean text that every later stage reads and every span refers to.

Characters are composed (NFC) and kept as written: m² and ½ mean something. Only letters and
digits drawn in another style (fullwidth, bold, circled) become plain ones, since those are
drawn so to slip past a filter. NFKC would change the rest as well.
"""

import re
import unicodedata
from typing import Final

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from tasks.characters import without_invisible, without_style
from tasks.markup import plain
from tasks.masking import mask_text
from tasks.masking.placeholders import UNKNOWN_HOST, link
from tasks.masking.urls import URL, host_of, may_hold_url
from tasks.models import MAX_TEXT, Batch, Content, Item, Normalised
from tasks.ports import Ports
from tasks.stage import ItemError

MAX_CLEAN: Final = MAX_TEXT + 502
"""Characters of a clean text: a text, an empty line and a title, each as the door allows it."""

# What is not about encodings stays off: quotes, ligatures and entities are the author's.
_MOJIBAKE: Final = TextFixerConfig(unescape_html=False, explain=False)
# Mojibake is two signs beside each other, or one before what was a hard blank. (ftfy's own test
# costs a hundred times as much: an accent alone, as in Javanese, should not call for it.)
_MAY_BE_MOJIBAKE: Final = re.compile("[\x80-\u07ff\u221a][^\x00-\x7f]|\u00c3 ")
# Entities may hide tags, and tags mojibake: what changes is looked at again. What still
# changes after so many rounds was made to, and loses its signs instead.
_ROUNDS: Final = 5
_MARKUP_SIGNS: Final = str.maketrans("", "", "<>&")
_BLANK_LOOKING: Final = "\u2800"  # an empty Braille cell
_EMPTY_LINES: Final = re.compile("\n{3,}")
# Sorting marks on one letter takes quadratic time, and nobody writes more than a few.
_MARKS: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]"
_MANY_MARKS: Final = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_OPEN_TAG: Final = re.compile("<(?=[^>]*$)")
"""In a title: what would make a tag of everything up to some > in the body."""
_MANY_DIGITS: Final = 9
"""Digits in a host that may be somebody's phone number."""

NOTHING_READABLE: Final = (
    "text: nothing readable is left after removing markup; send the words of the post"
)


def normalise(batch: Batch, ports: Ports) -> Batch:  # noqa: ARG001 - every stage takes ports
    """Give each item its clean text; normalising a clean text changes nothing.

    Raises ItemError when nothing readable is left.
    """
    return batch.with_items(tuple(map(_normalised, batch.items)))


def clean(text: str, own_host: str = "") -> str:
    """The text without markup, mojibake, invisible characters, personal data and addresses.

    Each link becomes `[TAUTAN host]`, those of HTML too (see `tasks.markup.plain`): press
    officers see where it leads, later stages read the host there, nobody can click it.
    """
    masked = mask_text(readable(text, own_host))
    if not may_hold_url(masked):
        return masked
    # Again: a placeholder may bring together what a link kept apart ("@<link>warga").
    return mask_text(URL.sub(_placeholder, masked))


def readable(text: str, own_host: str = "") -> str:
    """What a reader sees of the text: no markup, mojibake or invisible characters."""
    for _ in range(_ROUNDS):
        before, text = text, _cleaned(text, own_host)
        if text == before:
            return text
    return _cleaned(text.translate(_MARKUP_SIGNS), own_host)


def _normalised(item: Item) -> Item:
    text = _joined(item.content)
    if not text:
        raise ItemError(NOTHING_READABLE)
    return item.with_normalised(Normalised(text=text))


def _joined(content: Content) -> str:
    own_host = host_of(content.url) if content.url else ""
    title = _title(content.title, own_host) if content.title else ""
    body = clean(content.text, own_host)
    text = "\n\n".join(filter(None, (title, body)))
    # What reads as mojibake in neither part may do so in both together.
    return _shortened(clean(text) if _MAY_BE_MOJIBAKE.search(title) else text)


def _title(text: str, own_host: str) -> str:
    title = clean(text, own_host)
    line = " ".join(_OPEN_TAG.sub(" ", title).split())
    return title if line == title else clean(line)


def _cleaned(text: str, own_host: str) -> str:
    if not text.isascii() and _MAY_BE_MOJIBAKE.search(text) and is_bad(text):
        text = fix_encoding(text, _MOJIBAKE)
    return _collapsed(_composed(plain(text, own_host)))


def _composed(text: str) -> str:
    if text.isascii():
        return without_invisible(text)
    text = _MANY_MARKS.sub(r"\1", without_invisible(without_style(text)))
    return unicodedata.normalize("NFC", text)


def _collapsed(text: str) -> str:
    """White space as one blank or break; at most one empty line between paragraphs."""
    lines = text.replace(_BLANK_LOOKING, " ").splitlines()
    return _EMPTY_LINES.sub("\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()


def _placeholder(url: re.Match[str]) -> str:
    host = host_of(url[0])
    return link(UNKNOWN_HOST if sum(map(str.isdigit, host)) >= _MANY_DIGITS else host)


def _shortened(text: str) -> str:
    """At most MAX_CLEAN characters, cut at white space where there is some near the end."""
    if len(text) <= MAX_CLEAN:
        return text
    head = text[:MAX_CLEAN]
    near = max(head.rfind(space, MAX_TEXT) for space in " \n")
    return (head[:near] if near > 0 else head).rstrip()
