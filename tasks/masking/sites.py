"""Where the addresses of social sites name an account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Site:
    """How a site writes its addresses.

    The first segment is an account unless it is in `pages` or `before`. `before` maps a
    segment, wherever it stands, to how many segments after it name an account. Only the
    `query` fields survive: the others may name an account, or who shared the link.
    """

    pages: frozenset[str] = frozenset()
    before: Mapping[str, int] = field(default_factory=dict)
    query: frozenset[str] = frozenset()
    stand_in: str = "_"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# x.com/i/status/123 shows post 123 whoever wrote it.
_X: Final = Site(_words("i home search hashtag explore intent share settings"), stand_in="i")
_FACEBOOK: Final = Site(
    _words(
        "groups watch reel share photo photo.php photos permalink.php story.php profile.php events"
        " hashtag marketplace login sharer sharer.php plugins help policies videos gaming dialog"
    ),
    {"people": 2, "pages": 2, "pg": 1, "user": 1},
    _words("story_fbid fbid v"),
)
_TELEGRAM: Final = Site(_words("joinchat addstickers share proxy iv"), {"s": 1, "c": 1})
_THREADS: Final = Site(_words("t search tag"))

SITES: Final[Mapping[str, Site]] = {
    "x.com": _X,
    "twitter.com": _X,
    "instagram.com": Site(_words("p reel reels tv explore accounts"), {"stories": 1}),
    "facebook.com": _FACEBOOK,
    "fb.com": _FACEBOOK,
    "fb.me": Site(_words("e")),
    "tiktok.com": Site(_words("t tag discover music search foryou live explore")),
    "threads.net": _THREADS,
    "threads.com": _THREADS,
    "youtube.com": Site(
        _words("watch shorts live playlist results hashtag embed feed clip post"),
        {"c": 1, "user": 1, "channel": 1},
        _words("v t"),
    ),
    "t.me": _TELEGRAM,
    "telegram.me": _TELEGRAM,
    "linkedin.com": Site(
        _words("company school jobs feed groups events learning showcase"),
        {"in": 1, "pub": 1, "posts": 1, "pulse": 1},
    ),
    "wa.me": Site(_words("message channel")),
    "bsky.app": Site(_words("search hashtag"), {"profile": 1}),
}

SHORTENERS: Final = _words("vm.tiktok.com vt.tiktok.com")
"""Hosts of those sites whose one segment is a code, not an account."""


def site_of(host: str) -> Site | None:
    """The social site that `host` (lower case, no port) belongs to, if any."""
    if host in SHORTENERS:
        return None
    labels = host.split(".")
    return SITES.get(".".join(labels[-2:]))
