"""Links: where they stand in a text, what host they lead to, and how accounts are taken out."""

import re
from typing import Final
from urllib.parse import unquote

from tasks.characters import fold
from tasks.masking.handles import handle_pattern
from tasks.masking.patterns import NIK, WHOLE_PHONE
from tasks.masking.sites import Site, site_of

_STOP: Final = r"\s<>\"'\[\]"
_REST: Final = rf"[^{_STOP}]*[^{_STOP}.,;:!?()*]"  # a sign that ends a sentence is no part of it
_SUFFIXES: Final = "com|net|org|id"
_WITH_PATH: Final = (
    f"{_SUFFIXES}|me|ly|co|link|site|xyz|online|app|page|dev|info|my|sg|us|uk|io|tv|gl|gg|to|cc|be"
    "|ee|click|shop|top|vip|live|club|store|icu|ru|cn"
)
URL: Final = re.compile(
    rf"https?://(?:[^{_STOP}/?#@]*+@)*+(?=\w){_REST}"
    # Without a scheme: a plain host that ends in a common suffix, or any with a path.
    r"|(?<!\[TAUTAN )(?<![\w.@\]-])(?:[a-z0-9-]++\.)+"
    rf"(?:(?:{_SUFFIXES})(?![\w@-])(?!\.\w)|(?:{_WITH_PATH})(?=/\w))(?:[/?#:]{_REST})?",
    re.IGNORECASE,
)
_DOTTED: Final = re.compile(r"\.[a-z]", re.IGNORECASE)
_PARTS: Final = re.compile(
    r"(?P<scheme>https?://)?(?:[^/?#]*@)?(?P<host>[^/?#]*)"
    r"(?P<path>[^?#]*)(?P<query>[^#]*)(?P<fragment>.*)",
    re.IGNORECASE | re.DOTALL,
)
_HOST: Final = re.compile(r"[^\s/?#@:\\\[\]]{1,253}")
_PERSONAL: Final = re.compile(f"{WHOLE_PHONE}|{NIK}", re.IGNORECASE)
# Under these, as under .id itself, the next label is the name of a site.
_SECOND_LEVEL: Final = re.compile(r"(?:co|go|or|ac|sch|net|web|desa|mil)\.id|(?:co|org)\.uk")


def may_hold_url(text: str) -> bool:
    """False only where `URL` finds nothing, and at a fraction of its cost."""
    return "://" in text or _DOTTED.search(text) is not None


def host_of(url: str) -> str:
    """The host a URL leads to: lower case, without port and `www.`; empty if it names none."""
    host = _HOST.match(_parts(fold(url))["host"])
    return host[0].casefold().removeprefix("www.").strip(".") if host else ""


def masked_url(url: str, author: str | None) -> str:
    """See `tasks.masking.mask_url`."""
    folded = fold(url)
    parts = _parts(folded)
    site = site_of(host_of(folded))
    path, query, fragment = parts["path"], parts["query"], parts["fragment"]
    if site is not None:
        path, query, fragment = _without_account(path, site), _allowed(query, site), ""
    rest = path + query + fragment
    handle = handle_pattern(author, parts["host"] + rest)
    rest = "".join(_masked_piece(piece, handle) for piece in _pieces(rest))
    masked = (parts["scheme"] or "") + _masked_host(parts["host"], handle) + rest
    return url if masked == folded else masked


def _parts(url: str) -> dict[str, str]:
    matched = _PARTS.fullmatch(url)
    return matched.groupdict("") if matched else {}


def _without_account(path: str, site: Site) -> str:
    segments = path.split("/")
    hidden = 0
    for at, segment in enumerate(segments):
        name = segment.casefold()
        if hidden and segment:
            segments[at], hidden = site.stand_in, hidden - 1
        elif name in site.before:
            hidden = site.before[name]
        elif at == 1 and segment and name not in site.pages:
            segments[at] = site.stand_in
    return "/".join(segments)


def _allowed(query: str, site: Site) -> str:
    fields = query.removeprefix("?").replace("&amp;", "&").split("&")
    kept = "&".join(field for field in fields if field.split("=")[0] in site.query)
    return "?" + kept if kept else ""


def _pieces(rest: str) -> list[str]:
    return re.split(r"([/?#&=;])", rest)


def _masked_piece(piece: str, handle: re.Pattern[str] | None) -> str:
    """One segment or value; `_` if it holds an @ or is a number of a person."""
    plain = fold(unquote(piece))
    if "@" in plain or _PERSONAL.fullmatch(plain):
        return "_"
    if handle is None or not handle.search(plain):
        return piece
    return handle.sub("_", piece) if plain == piece else "_"


def _masked_host(host: str, handle: re.Pattern[str] | None) -> str:
    """Without the handle before the name of the site itself, which stays."""
    if handle is None:
        return host
    labels = host.split(".")
    own = 3 if _SECOND_LEVEL.fullmatch(".".join(labels[-2:]).casefold()) else 2
    before = ".".join(labels[:-own])
    return ".".join([handle.sub("_", before), *labels[-own:]]) if before else host
