"""Reading a request's body within bounds: of size, of time, and of memory for all together."""

import asyncio
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import Final, Protocol

from starlette.requests import Request

from workers.intake.problems import BadRequest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of one body: as it is sent, and as it is after expansion."""
MAX_RATIO: Final = 100
"""How many times longer a body may become by expansion, where that is worth judging."""
MAX_MEMBERS: Final = 1_000
"""Gzip members or zstd frames of one body: each costs the same, however little it holds."""
BODY_SECONDS: Final = 20
"""The time for a whole body to arrive."""
IN_FLIGHT: Final = 64 * 1024 * 1024
"""Bytes of all bodies that are held now, as sent and expanded."""
SHARE: Final = IN_FLIGHT // 4
"""Bytes of one caller's: whoever claims a name, and proves nothing, fills no more."""

_ALWAYS_FINE: Final = 64 * 1024
_CHUNK: Final = 64 * 1024
_WINDOW_LOG: Final = 23  # zstd's own recommendation for what any decoder should take: 8 MiB
_BUSY_SECONDS: Final = 1


@dataclass(slots=True)
class Room:
    """The memory that all bodies share. What finds no room is refused at once: nothing waits."""

    size: int = IN_FLIGHT
    share: int = SHARE
    _used: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)  # bodies arrive and expand on two threads

    @contextmanager
    def hold(self, caller: str) -> Iterator["Held"]:
        """What one request of `caller` holds; given back at the end, when it is answered."""
        held = Held(self, caller)
        try:
            yield held
        finally:
            with self._lock:
                self._used[caller] -= held.size
                if not self._used[caller]:
                    del self._used[caller]

    @property
    def used(self) -> int:
        """Bytes that are held now."""
        return self._used.total()

    def take(self, caller: str, size: int) -> None:
        """Take `size` bytes. Raises BadRequest (busy)."""
        with self._lock:
            if self.used + size > self.size or self._used[caller] + size > self.share:
                raise BadRequest("busy", "no room for this body now", _BUSY_SECONDS)
            self._used[caller] += size


@dataclass(slots=True)
class Held:
    """The share of one request in the room."""

    room: Room
    caller: str
    size: int = 0

    def take(self, size: int) -> None:
        """Take `size` bytes more. Raises BadRequest (busy)."""
        self.room.take(self.caller, size)
        self.size += size


async def read_body(request: Request, held: Held) -> bytes:
    """The body as it was sent.

    Room is taken for what has come, not for what a header promises. Raises BadRequest
    (body_too_large, too_slow, busy, bad_header) as soon as it is so, and ClientDisconnect.
    """
    _check_length(request.headers.get("content-length"))
    body = BytesIO()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                if body.tell() + len(chunk) > MAX_BODY:
                    raise _too_large()
                held.take(len(chunk))
                body.write(chunk)
    except TimeoutError:
        raise BadRequest(
            "too_slow", f"the body was not whole after {BODY_SECONDS} seconds"
        ) from None
    return body.getvalue()


def _check_length(declared: str | None) -> None:
    if declared is None:
        return
    if not (declared.isascii() and declared.isdigit()):
        raise BadRequest("bad_header", "Content-Length is not a number")
    # By its digits first: int() refuses very long ones.
    if len(declared.lstrip("0")) > len(str(MAX_BODY)) or int(declared) > MAX_BODY:
        raise _too_large()


def _too_large() -> BadRequest:
    return BadRequest("body_too_large", f"send at most {MAX_BODY} bytes in one request")


def expand(body: bytes, encoding: str | None, held: Held) -> bytes:
    """The body without its Content-Encoding: gzip, zstd or none. For a thread of its own.

    Never holds much more than it may give back. Raises BadRequest (unknown_encoding, not_json,
    expands_too_much, busy).
    """
    name = "identity" if encoding is None else encoding.strip().lower()
    if name == "identity":
        return body
    if name not in _EXPANDERS:
        raise BadRequest("unknown_encoding", "Content-Encoding is neither gzip nor zstd alone")
    plain = BytesIO()
    try:
        for piece in _pieces(body, _EXPANDERS[name]):
            _check_expansion(plain.tell() + len(piece), len(body))
            held.take(len(piece))
            plain.write(piece)
    except (zlib.error, zstd.ZstdError, EOFError):
        raise BadRequest(
            "not_json", f"the body is not whole {name} data, as Content-Encoding says it is"
        ) from None
    return plain.getvalue()


def _check_expansion(size: int, sent: int) -> None:
    if size > MAX_BODY:
        raise BadRequest("expands_too_much", f"the body expands to more than {MAX_BODY} bytes")
    if size > max(_ALWAYS_FINE, MAX_RATIO * sent):
        raise BadRequest("expands_too_much", f"the body expands more than {MAX_RATIO}-fold")


class _Expander(Protocol):
    """One gzip member or zstd frame, as zstd.ZstdDecompressor sees it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib with the face of an _Expander."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = len(piece) < max_length
        return piece


def _zstd() -> _Expander:
    limits: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return zstd.ZstdDecompressor(options=limits)


_EXPANDERS: Final[dict[str, Callable[[], _Expander]]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "zstd": _zstd,
}


def _pieces(body: bytes, expander: Callable[[], _Expander]) -> Iterator[bytes]:
    """The plain bytes, in pieces of bounded size. Raises EOFError, zlib.error, ZstdError."""
    position = 0
    for _ in range(MAX_MEMBERS):
        member = expander()
        while not member.eof:
            chunk = b""
            if member.needs_input:
                # Not all that is left: each member's end copies what it did not use.
                chunk = body[position : position + _CHUNK]
                if not chunk:
                    raise EOFError
                position += len(chunk)
            yield member.decompress(chunk, _CHUNK)
        position -= len(member.unused_data)
        if position == len(body):
            return
    raise BadRequest(
        "expands_too_much", f"the body has more than {MAX_MEMBERS} compressed parts: use one"
    )
