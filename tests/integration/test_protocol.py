"""What slow, endless and broken clients get from the intake's HTTP; that whole ones are served."""

import asyncio
import inspect
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, ClassVar

import orjson
import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from workers.intake.protocol import BoundedHttp

SECONDS = 0.3
DEADLINE = 10.0
BIG = 50_000  # less than the 64 KiB that a transport takes before it asks to pause
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
CLOSED = b""


class Quick(BoundedHttp):
    HEADER_SECONDS: ClassVar[float] = SECONDS
    WRITE_SECONDS: ClassVar[float] = SECONDS
    rung: ClassVar[int] = 0
    ended: ClassVar[int] = 0

    def _too_slow(self) -> None:
        type(self).rung += 1
        super()._too_slow()

    def eof_received(self) -> bool:  # type: ignore[override]
        type(self).ended += 1
        return super().eof_received()


class Site:
    """An app with a page for each behaviour, and the server that runs it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open = threading.Event()
        config = uvicorn.Config(
            self.app,
            interface="asgi3",
            loop="uvloop",
            http=Quick,
            ws="none",
            lifespan="off",
            log_config=None,
        )
        self.server = uvicorn.Server(config)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        if scope["path"] == "/held":
            await asyncio.to_thread(self.open.wait, DEADLINE)
        if scope["path"] == "/big":
            body = b"x" * BIG
        if scope["path"] == "/read":
            more = True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
            body += b"|" + b",".join(name for name, _ in scope["headers"])
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    def connect(self) -> socket.socket:
        client = socket.socket()
        # Small windows, so that a client that does not read is noticed soon.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(DEADLINE)
        client.connect(("127.0.0.1", self.port))
        return client

    def connections(self) -> int:
        return len(self.server.server_state.connections)


@pytest.fixture(scope="module")
def site(until: Callable[..., None]) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        site = Site(listener.getsockname()[1])
        thread = threading.Thread(target=site.server.run, args=([listener],))
        thread.start()
        until(lambda: site.server.started or not thread.is_alive(), "the server listens")
        yield site
        site.server.should_exit = True
        thread.join(DEADLINE)
        assert not thread.is_alive()


@pytest.fixture
def client(site: Site) -> Iterator[socket.socket]:
    with site.connect() as client:
        yield client


def rest(client: socket.socket) -> bytes:
    """What comes until the server closes."""
    came = b""
    with suppress(ConnectionResetError):  # closed while we were still sending
        while piece := client.recv(65536):
            came += piece
    return came


def answer(client: socket.socket) -> bytes:
    """One answer with a Content-Length: its body."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        assert byte, f"closed after {head!r}"
        head += byte
    assert head.startswith(b"HTTP/1.1 200 "), head
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < size:
        body += client.recv(size - len(body))
    return body


def is_quiet(client: socket.socket) -> bool:
    """Whether the connection stays open and nothing comes for longer than a head may take."""
    return not select.select([client], [], [], 2 * SECONDS)[0]


def refusal(came: bytes) -> int:
    """The status of an answer that is a problem and nothing else."""
    head, _, body = came.partition(b"\r\n\r\n")
    problem = orjson.loads(body)
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    assert head.startswith(b"HTTP/1.1 %d " % problem["status"])
    assert problem["title"]
    assert problem["detail"]
    return int(problem["status"])


def test_a_silent_connection_is_closed_in_time(client: socket.socket) -> None:
    start = time.monotonic()
    assert rest(client) == CLOSED
    assert SECONDS * 0.9 < time.monotonic() - start < DEADLINE


@pytest.mark.parametrize("sent", [b"G", b"\r\n", GET[:-1], b"POST /read HTTP/1.1\r\nhost:"])
def test_half_a_head_is_answered_408(client: socket.socket, sent: bytes) -> None:
    client.sendall(sent)
    assert refusal(rest(client)) == 408


def test_a_head_that_comes_byte_by_byte_is_answered_408(client: socket.socket) -> None:
    client.sendall(b"GET / HTTP/1.1\r\nx: ")
    deadline = time.monotonic() + DEADLINE
    while not select.select([client], [], [], SECONDS / 20)[0]:
        client.sendall(b"y")
        assert time.monotonic() < deadline
    assert refusal(rest(client)) == 408


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nx: " + b"y" * BoundedHttp.MAX_HEADER,
        b"GET /" + b"y" * BoundedHttp.MAX_HEADER,
        b"\r\n" * BoundedHttp.MAX_HEADER,
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * (BoundedHttp.MAX_HEADER // 5) + b"\r\n",
    ],
    ids=["a header", "the path", "blank lines", "many headers"],
)
def test_too_long_a_head_is_answered_431(client: socket.socket, sent: bytes) -> None:
    client.sendall(GET)
    assert answer(client) == b""
    client.sendall(sent)
    assert refusal(rest(client)) == 431


def test_too_long_a_trailer_is_answered_431(client: socket.socket) -> None:
    client.sendall(b"POST /read HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ")
    with suppress(ConnectionError):  # it is refused long before its end
        client.sendall(b"y" * 8 * 1024 * 1024)
    assert refusal(rest(client)) == 431


def test_a_head_of_the_greatest_length_is_served(client: socket.socket) -> None:
    line, end = b"GET / HTTP/1.1\r\nx: ", b"\r\n\r\n"
    client.sendall(line + b"y" * (BoundedHttp.MAX_HEADER - len(line + end)) + end)
    assert answer(client) == b""


def test_an_endless_head_is_cut_off_and_not_kept(client: socket.socket) -> None:
    client.sendall(b"GET / HTTP/1.1\r\nx: ")
    with pytest.raises(ConnectionError):
        client.sendall(b"y" * 64 * 1024 * 1024)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\xa5\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"CONNECT x:443 HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /read HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_answered_400(client: socket.socket, sent: bytes) -> None:
    client.sendall(sent)
    assert refusal(rest(client)) == 400


@pytest.mark.parametrize("sent", [GET[:-1], b"\r\n"])
def test_half_a_second_request_is_answered_408(client: socket.socket, sent: bytes) -> None:
    client.sendall(GET)
    assert answer(client) == b""
    client.sendall(sent)
    assert refusal(rest(client)) == 408


def test_only_heads_are_hurried(client: socket.socket) -> None:
    client.sendall(GET.replace(b"/", b"/big", 1))
    assert len(answer(client)) == BIG
    assert is_quiet(client)  # kept alive, with nothing to do
    client.sendall(b"POST /read HTTP/1.1\r\ncontent-length: 2\r\n\r\na")
    assert is_quiet(client)  # in the middle of a body
    client.sendall(b"b")
    assert answer(client) == b"ab|content-length"


def test_half_a_request_waits_until_the_one_before_is_answered(
    site: Site, client: socket.socket, until: Callable[..., None]
) -> None:
    rung = Quick.rung
    site.open.clear()
    client.sendall(GET.replace(b"/", b"/held", 1) + GET[:-1])
    until(lambda: Quick.rung > rung, "the clock of the half request rings")
    site.open.set()
    assert answer(client) == b""
    assert refusal(rest(client)) == 408


@pytest.mark.parametrize(
    "second", [b"no http\r\n\r\n", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"]
)
def test_a_refusal_is_not_sent_in_place_of_an_earlier_answer(
    site: Site, client: socket.socket, second: bytes
) -> None:
    site.open.clear()
    client.sendall(GET.replace(b"/", b"/held", 1) + second)
    assert rest(client) == CLOSED
    site.open.set()


def test_a_request_is_not_refused_after_its_answer(client: socket.socket) -> None:
    client.sendall(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
    assert answer(client) == b""
    client.sendall(b"zz\r\n")
    assert rest(client) == CLOSED


def test_the_clocks_of_a_closed_connection_are_stopped(
    site: Site, client: socket.socket, until: Callable[..., None]
) -> None:
    client.sendall(GET[:-1])
    client.close()
    until(lambda: site.connections() == 0, "the connection is closed")
    rung = Quick.rung
    with site.connect() as later:
        assert rest(later) == CLOSED
    assert Quick.rung == rung + 1


def test_a_client_that_has_sent_all_still_gets_its_answers(
    site: Site, client: socket.socket, until: Callable[..., None]
) -> None:
    ended = Quick.ended
    site.open.clear()
    client.sendall(GET.replace(b"/", b"/held", 1) + GET.replace(b"/", b"/big", 1))
    client.shutdown(socket.SHUT_WR)
    until(lambda: Quick.ended > ended, "the server knows that no more will come")
    site.open.set()
    assert answer(client) == b""
    assert len(answer(client)) == BIG
    assert rest(client) == CLOSED


@pytest.mark.parametrize(
    "sent", [b"", GET[:-1], b"POST /read HTTP/1.1\r\ncontent-length: 2\r\n\r\na"]
)
def test_a_client_that_leaves_in_the_middle_is_not_answered(
    client: socket.socket, sent: bytes
) -> None:
    client.sendall(sent)
    client.shutdown(socket.SHUT_WR)
    assert rest(client) == CLOSED


def test_one_connection_too_many_is_answered_503(
    site: Site, monkeypatch: pytest.MonkeyPatch, until: Callable[..., None]
) -> None:
    until(lambda: site.connections() == 0, "the connections of other tests are closed")
    monkeypatch.setattr(Quick, "MAX_CONNECTIONS", 1)
    with site.connect() as first:
        first.sendall(GET)
        assert answer(first) == b""
        with site.connect() as second:
            came = rest(second)
        assert refusal(came) == 503
        assert b"retry-after: 1\r\n" in came
        first.sendall(GET)
        assert answer(first) == b""


def test_requests_one_after_another_and_pipelined_are_served(client: socket.socket) -> None:
    post = b"POST /read HTTP/1.1\r\ncontent-length: 3\r\n\r\n"
    for _ in range(2):
        client.sendall(post + b"abc")
        assert answer(client) == b"abc|content-length"
    client.sendall(post + b"abc" + post + b"def" + GET)
    assert [answer(client) for _ in range(3)] == [
        b"abc|content-length",
        b"def|content-length",
        b"",
    ]


def test_a_body_may_be_longer_than_a_head(client: socket.socket) -> None:
    size = 8 * BoundedHttp.MAX_HEADER
    client.sendall(b"POST /read HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size)
    assert len(answer(client)) == size + len(b"|content-length")


def test_a_trailer_is_no_header(client: socket.socket) -> None:
    client.sendall(b"POST /read HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
    client.sendall(b"0\r\nauthorization: late\r\n\r\n")
    assert answer(client) == b"abc|transfer-encoding"


UPGRADE = b"HTTP/1.1\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n"


def test_an_upgrade_is_ignored(client: socket.socket) -> None:
    client.sendall(b"GET / " + UPGRADE + b"\r\n")
    assert answer(client) == b""
    client.sendall(GET)
    assert answer(client) == b""


@pytest.mark.parametrize("length", [b"content-length: 49", b"transfer-encoding: chunked"])
def test_an_upgrade_with_a_body_is_refused(client: socket.socket, length: bytes) -> None:
    # uvicorn's parser loses the body, and takes what comes later for another request.
    client.sendall(b"POST /read " + UPGRADE + length + b"\r\n\r\n" + GET)
    came = rest(client)
    assert refusal(came) == 400
    assert b"Upgrade" in came


def test_a_request_is_refused_once(client: socket.socket) -> None:
    client.sendall(GET.replace(b"/", b"/big", 1))
    assert select.select([client], [], [], DEADLINE)[0]  # and most of it waits in the server
    client.sendall(b"POST /read " + UPGRADE + b"content-length: 3\r\n\r\n")
    assert len(answer(client)) == BIG
    assert refusal(rest(client)) == 400


def test_a_body_that_goes_on_after_its_answer_is_cut_off(client: socket.socket) -> None:
    client.sendall(b"POST / HTTP/1.1\r\ncontent-length: 1000000\r\n\r\nx")
    assert answer(client) == b""
    deadline = time.monotonic() + DEADLINE
    while not select.select([client], [], [], SECONDS / 20)[0]:
        client.sendall(b"x")
        assert time.monotonic() < deadline
    assert rest(client) == CLOSED


def test_a_body_that_ends_after_its_answer_leaves_the_connection_good(
    client: socket.socket,
) -> None:
    client.sendall(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nx")
    assert answer(client) == b""
    client.sendall(b"x" + GET)
    assert answer(client) == b""
    client.sendall(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
    assert answer(client) == b""
    client.sendall(b"0\r\n\r\n")
    assert rest(client) == CLOSED  # and is not open for ever


@pytest.mark.parametrize("end", [b"", b"connection: close\r\n"], ids=["kept alive", "closing"])
def test_a_client_that_does_not_read_is_cut_off(
    site: Site, until: Callable[..., None], end: bytes
) -> None:
    until(lambda: site.connections() == 0, "the connections of other tests are closed")
    with site.connect() as client:
        client.sendall(b"GET /big HTTP/1.1\r\n" + end + b"\r\n")
        until(lambda: site.connections() == 1, "the server has it")
        until(lambda: site.connections() == 0, "the server closed it", within=DEADLINE)
        assert len(rest(client)) < BIG


def test_a_client_that_reads_gets_a_big_answer_whole(client: socket.socket) -> None:
    client.sendall(GET.replace(b"/", b"/big", 1))
    assert len(answer(client)) == BIG


PARAMETERS = {
    "connection_made": ["self", "transport"],
    "connection_lost": ["self", "exc"],
    "data_received": ["self", "data"],
    "eof_received": ["self"],
    "on_message_begin": ["self"],
    "on_header": ["self", "name", "value"],
    "on_headers_complete": ["self"],
    "on_body": ["self", "body"],
    "on_message_complete": ["self"],
    "on_response_complete": ["self"],
    "pause_writing": ["self"],
    "resume_writing": ["self"],
    "send_400_response": ["self", "msg"],
}


def test_uvicorn_has_what_the_protocol_rests_on() -> None:
    because = f"uvicorn {uvicorn.__version__} is another: read workers/intake/protocol.py anew"
    for name, parameters in PARAMETERS.items():
        method = getattr(HttpToolsProtocol, name, None)
        assert method is not None, f"{because}; {name} is gone"
        assert list(inspect.signature(method).parameters) == parameters, f"{because}; {name}"

    async def state() -> HttpToolsProtocol:
        config = uvicorn.Config("builtins:print", interface="asgi3")
        return HttpToolsProtocol(config, ServerState(), {})

    protocol = asyncio.run(state())
    for name in ("transport", "loop", "parser", "cycle", "pipeline", "headers", "connections"):
        assert hasattr(protocol, name), f"{because}; {name} is gone"
    source = inspect.getsource(RequestResponseCycle)
    for name in ("response_started", "response_complete", "on_response", "keep_alive"):
        assert f"self.{name} = " in source, f"{because}; {name} is gone"
