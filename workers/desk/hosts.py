"""Answers only requests for this desk, by their Host header.

A name of somebody else's that points to this machine (DNS rebinding) would otherwise let a page
of theirs read the desk as its own.
"""

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from workers.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


class KnownHosts:
    """ASGI middleware: requests for another host get the answer of `refuse`."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], refuse: Callable[[Request], Response]
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        known = scope["type"] != "http" or self._is_known(Request(scope).headers.getlist("host"))
        await (self._app if known else self._refuse(Request(scope)))(scope, receive, send)

    def _is_known(self, given: list[str]) -> bool:
        return len(given) == 1 and _hostname(f"//{given[0]}") in self._hosts


def known_hosts(settings: Settings) -> frozenset[str]:
    """The names by which the desk may be called, without ports."""
    public = _hostname(settings.desk_url or "")
    own = {*_LOOPBACK, settings.desk_host.lower(), *([public] if public else [])}
    return frozenset(own.difference(_ANY))


def _hostname(url: str) -> str | None:
    try:
        parsed = urlsplit(url)
    except ValueError:
        return None
    return parsed.hostname if parsed.username is None else None
