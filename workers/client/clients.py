"""The clients: all of both but the awaiting is shared."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Generic, Self, TypeVar
from urllib.parse import quote

import httpx

from workers.client.answers import ItemState, PushResult, read_push, read_state, rejected
from workers.client.body import Batch, Compression, Item, compressed, cut, whole
from workers.client.credential import credential
from workers.client.errors import GaveUp
from workers.client.retry import Outcome, pause

MAX_ITEMS = 100
"""Items of one request of `push_all`, where nothing else is asked for."""

_Http = TypeVar("_Http", bound=httpx.Client | httpx.AsyncClient)


class _Common(Generic[_Http]):
    _kind: Callable[..., _Http]
    _clock = staticmethod(time.monotonic)

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        source: str | None = None,
        secret: str | None = None,
        patience: float = 60.0,
        timeout: float = 30.0,
        compress: Compression | None = None,
    ) -> None:
        self._credential = credential(token, source, secret)
        self._patience, self._compress = patience, compress
        self._http: _Http = self._kind(
            base_url=_vetted(url),
            params=self._credential.query,
            auth=self._credential,
            timeout=timeout,
        )

    def _push_of(self, batch: Batch) -> httpx.Request:
        headers = {"content-type": "application/x-ndjson", **self._key()}
        if self._compress is not None:
            headers["content-encoding"] = self._compress
        body = compressed(b"\n".join(batch.lines), self._compress)
        return self._http.build_request("POST", "/v1/items", content=body, headers=headers)

    def _question_of(self, source: str, item: str) -> httpx.Request:
        # A segment of dots alone would be taken for a way up.
        path = quote(f"/v1/items/{source}/{item}", safe="/:").replace("/.", "/%2E")
        return self._http.build_request("GET", path, headers=self._key())

    def _key(self) -> dict[str, str]:
        """One for each request, so that all its tries are known as one."""
        return {self._credential.key_header: uuid.uuid4().hex}

    def _judge(self, outcome: Outcome, attempt: int, begun: float) -> httpx.Response | float:
        """The answer that settles it, or the seconds until the next try. Raises GaveUp."""
        delay = pause(attempt, outcome, random.random())  # noqa: S311 - jitter, no secret
        if delay is None and isinstance(outcome, httpx.Response):
            return outcome
        spent = self._clock() - begun
        if delay is None or spent + delay > self._patience:
            raise GaveUp(spent, _why(outcome))
        return delay


class Client(_Common[httpx.Client]):
    """Pushes items to one intake, with a `token`, or signed as `source` with its `secret`.

    A request that was not settled (no answer, 408, 429, 502, 503, 504) is sent again, with the
    same idempotency key, until `patience` seconds are over; `timeout` is that of each wait for
    the network. `compress` sends bodies as "zstd" or "gzip". Each method raises Rejected or GaveUp,
    both PushError. Threads may share a client.

    Raises ValueError for an address or a credential that cannot be right.
    """

    _kind = httpx.Client
    _sleep = staticmethod(time.sleep)

    def push(self, items: Iterable[Item]) -> PushResult:
        """Send up to 1,000 items in one request: objects, or their JSON as bytes or text.

        An item that was refused is no error: its row says why. Pushing an item again is harmless.
        """
        return self._push(whole(items))

    def push_all(self, items: Iterable[Item], batch_size: int = MAX_ITEMS) -> Iterator[PushResult]:
        """Send any number of items, in requests of `batch_size`; yields what each came to."""
        for batch in cut(items, batch_size):
            yield self._push(batch)

    def state(self, source: str, item: str) -> ItemState | None:
        """How far the item with this source and id has come; None when the intake has none."""
        return read_state(self._settled(self._question_of(source, item)))

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def _push(self, batch: Batch) -> PushResult:
        return read_push(self._settled(self._push_of(batch)), batch.indexes)

    def _settled(self, request: httpx.Request) -> httpx.Response:
        begun, attempt = self._clock(), 0
        while True:
            try:
                outcome: Outcome = self._http.send(request)
            except httpx.RequestError as error:
                outcome = error
            verdict = self._judge(outcome, attempt, begun)
            if isinstance(verdict, httpx.Response):
                return verdict
            self._sleep(verdict)
            attempt += 1


class AsyncClient(_Common[httpx.AsyncClient]):
    """`Client` for asyncio: the same promises, each method awaited."""

    _kind = httpx.AsyncClient
    _sleep = staticmethod(asyncio.sleep)

    async def push(self, items: Iterable[Item]) -> PushResult:
        """As `Client.push`."""
        return await self._push(whole(items))

    async def push_all(
        self, items: Iterable[Item], batch_size: int = MAX_ITEMS
    ) -> AsyncIterator[PushResult]:
        """As `Client.push_all`."""
        for batch in cut(items, batch_size):
            yield await self._push(batch)

    async def state(self, source: str, item: str) -> ItemState | None:
        """As `Client.state`."""
        return read_state(await self._settled(self._question_of(source, item)))

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.close()

    async def _push(self, batch: Batch) -> PushResult:
        return read_push(await self._settled(self._push_of(batch)), batch.indexes)

    async def _settled(self, request: httpx.Request) -> httpx.Response:
        begun, attempt = self._clock(), 0
        while True:
            try:
                outcome: Outcome = await self._http.send(request)
            except httpx.RequestError as error:
                outcome = error
            verdict = self._judge(outcome, attempt, begun)
            if isinstance(verdict, httpx.Response):
                return verdict
            await self._sleep(verdict)
            attempt += 1


def _vetted(url: str) -> httpx.URL:
    """The address, if it can be one; it goes into errors, so it may hold no password."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise ValueError("give url as http(s)://host[:port], without a name or a password in it")
    return parsed


def _why(outcome: Outcome) -> str:
    if isinstance(outcome, httpx.Response):
        return str(rejected(outcome))
    # Only the kind of the error: its words may quote a header.
    url = outcome.request.url
    return f"no intake at {url.scheme}://{url.netloc.decode()} ({type(outcome).__name__})"
