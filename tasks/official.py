"""Whether an address is one of an institution's own, disclosed sites: by host and path alone.

Never by author: the addresses of social posts hold no account here (tasks.masking), so a post
there is official only if its address says so by itself.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from tasks.masking.urls import host_of


def is_official(url: str | None, listed: Iterable[str]) -> bool:
    """Whether `url` lies on a listed host (or a part of it) and below its path, if it names one.

    `listed` are `host` or `host/path`, such as `palembang.go.id` or `contoh.id/berita`.
    """
    if url is None:
        return False
    host, path = host_of(url), urlsplit(url).path
    return any(_within(host, path, *_parts(one)) for one in listed)


def _parts(listed: str) -> tuple[str, str]:
    host, _, path = listed.partition("/")
    return host.casefold().removeprefix("www."), f"/{path}".rstrip("/")


def _within(host: str, path: str, own: str, below: str) -> bool:
    if host != own and not host.endswith(f".{own}"):
        return False
    return path == below or path.startswith(f"{below}/") or not below
