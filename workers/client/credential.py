"""Who pushes: a bearer token, or a signature (Standard Webhooks) made afresh for each try."""

from collections.abc import Generator
from time import time
from typing import ClassVar

import httpx

from workers.signatures import key_of, sign


class Credential(httpx.Auth):
    """Proves to the intake who sends a request, whenever it is sent."""

    key_header: ClassVar[str]
    """The header that holds a request's idempotency key."""
    query: dict[str, str]


def credential(token: str | None, source: str | None, secret: str | None) -> Credential:
    """A token, or a source with its secret. Raises ValueError, which quotes none of them."""
    match token, source, secret:
        case str(), None, None:
            return _Bearer(token)
        case None, str(), str():
            return _Signed(source, secret)
    raise ValueError("give either a token, or a source and its secret")


class _Bearer(Credential):
    key_header = "idempotency-key"

    def __init__(self, token: str) -> None:
        # httpx would quote it in its error.
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("the token holds a space, a line end or no character at all; mend it")
        self._value, self.query = f"Bearer {token}", {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["authorization"] = self._value
        yield request


class _Signed(Credential):
    key_header = "webhook-id"

    def __init__(self, source: str, secret: str) -> None:
        key_of(secret)
        self._secret, self.query = secret, {"source": source}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        name, now = request.headers[self.key_header], int(time())
        request.headers["webhook-timestamp"] = str(now)
        request.headers["webhook-signature"] = sign([self._secret], name, now, request.content)
        yield request
