"""HTTP/1.1 for the intake, with bounds: uvicorn by itself waits for a slow client for ever.

It rests on the inside of uvicorn; tests/integration/test_protocol.py says when that has changed.
"""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_NO_HTTP: Final = 400, "this is no HTTP/1.1 that can be read: mend the request"
_UPGRADE: Final = (
    400,
    "the header Upgrade is not for a request with a body: leave it out "
    "(in Java: HttpClient.Version.HTTP_1_1)",
)
_TOO_SLOW: Final = 408, "the request line and headers did not come in time: send them at once"
_TOO_MANY: Final = 503, "too many connections at once: wait a second, and keep them fewer"
_TOO_LONG: Final = 431, "the request line and headers are too long: send fewer or shorter ones"


class _Refused(Exception):
    """Stops the parser; the client has its answer already."""


class _Polite:
    """A transport that drops what comes after its end: uvloop raises, and uvicorn logs a page."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, for uvicorn.Config(http=BoundedHttp, ws="none").

    It closes the connection of a client that does not send its request line and headers in time
    (408 if a part came) or sends too many of them (431), that goes on sending a body long after
    its answer, or that does not read its answers. How long a body may take before the answer is
    for the app to say.
    """

    HEADER_SECONDS: ClassVar[float] = 10.0
    """From the connection, or from the first byte of a later request, to the last header."""
    WRITE_SECONDS: ClassVar[float] = 20.0
    """How long the bytes of an answer may wait for the client to read them."""
    MAX_HEADER: ClassVar[int] = 32 * 1024
    """Bytes of the request line and the headers, and of what follows a chunked body."""
    MAX_CONNECTIONS: ClassVar[int] = 512
    """Open at once; each costs memory, and a file."""

    _in_head = True  # also before the first byte, and between two requests
    _pending = 0  # bytes since the parser last finished a head, a piece of body or a request
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(cast(asyncio.Transport, _Polite(transport)))
        # Thus pause_writing means that bytes wait for the client, and resume_writing that none do.
        transport.set_write_buffer_limits(high=0)
        self._wait_for_client()
        if len(self.connections) > self.MAX_CONNECTIONS:
            self._refuse(*_TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        super().connection_lost(exc)
        self._stop_waiting()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse a head, or trailers, that it would have to keep too much of."""
        if self._in_head:
            self._wait_for_client()
        self._pending += len(data)
        super().data_received(data)
        if self._pending > self.MAX_HEADER:
            self._refuse(*_TOO_LONG)

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has sent all it will may still read its answer; uvicorn would hang up."""
        if not self._in_head or self._pending or self.cycle is None or self.cycle.response_complete:
            return False
        self.cycle.keep_alive = False  # of the last request: an earlier one says what it likes
        return True

    def on_message_begin(self) -> None:
        """A head begins: perhaps in the packet that ended the request before."""
        super().on_message_begin()
        self._pending = max(self._pending, 1)
        self._wait_for_client()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, but no trailer: it comes when the headers have been judged already."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; from here on the app says how long it waits."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.MAX_HEADER:
            self._refuse(*_TOO_LONG)
            raise _Refused
        if self.parser.should_upgrade() and self._has_body():
            self._refuse(*_UPGRADE)  # the parser would take the body for the next request
            raise _Refused
        super().on_headers_complete()
        self._in_head, self._pending = False, 0
        self._stop_waiting()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of the body to the app."""
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._in_head, self._pending = True, 0

    def on_response_complete(self) -> None:
        """The answer is given. What still comes of the body is thrown away, but not for ever."""
        super().on_response_complete()
        if not self._in_head:
            self._wait_for_client()  # until the next head is whole: uvicorn's own clock is off

    def pause_writing(self) -> None:
        """Bytes wait for the client."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read everything, or is gone."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it is plain text for people
        """Refuse what is no HTTP."""
        self._refuse(*_NO_HTTP)

    def _wait_for_client(self) -> None:
        """Start the clock for what the client has to send, unless it runs."""
        if self._reading is None and not self.transport.is_closing():
            self._reading = self.loop.call_later(self.HEADER_SECONDS, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _too_slow(self) -> None:
        self._reading = None
        if self._in_head and self.cycle is not None and not self.cycle.response_complete:
            self._wait_for_client()  # an earlier request is being answered: that goes first
        elif self._pending:
            self._refuse(*_TOO_SLOW)
        else:
            self.transport.close()

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and int(value) > 0)
            for name, value in self.headers
        )

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        if self._can_answer():
            self.transport.write(_refusal(status, detail))
        self.transport.close()

    def _can_answer(self) -> bool:
        """Whether the client would not take a refusal for the answer to an earlier request."""
        if self._in_head:
            return self.cycle is None or self.cycle.response_complete
        return not self.pipeline and not self.cycle.response_started


def _refusal(status: int, detail: str) -> bytes:
    """A whole answer. Without a type the problem is what its status says (RFC 9457, 4.2.1)."""
    title = HTTPStatus(status).phrase
    body = orjson.dumps({"title": title, "status": status, "detail": detail})
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "connection": "close",
        **({"retry-after": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[status] + head.encode() + b"\r\n" + body
