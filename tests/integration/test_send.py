"""One attempt to deliver: what may be reached, what is answered, and what it costs."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator

import anyio
import httpcore
import pytest
from starlette.responses import Response

from tests.receivers import HERE, Receiver, receiving, speaking, subscriber
from workers.deliver import sender
from workers.deliver.messages import ping_message
from workers.deliver.outcome import Delivered, Failed, Limits, Outcome
from workers.deliver.sender import Sender
from workers.deliver.subscribers import Subscriber

SOON = Limits(connect=1.0, write=1.0, read=0.3, whole=2.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def send(to: Subscriber, limits: Limits = SOON) -> Outcome:
    async def once() -> Outcome:
        async with Sender(to, limits) as opened:
            return await opened.send(ping_message(to.name))

    return asyncio.run(once())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]"]
)
def test_loopback_is_refused(receiver: Receiver, host: str) -> None:
    with socket.create_server((HERE, 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        refused = send(subscriber(f"https://{host}:{port}/", allow_private=False))
        assert isinstance(refused, Failed)
        assert "not public" in refused.error
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_name_of_loopback_is_refused_and_proxies_are_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to_loopback(monkeypatch)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, receiver.url)
    refused = send(subscriber(f"https://hooks.example:{receiver.port}/in", allow_private=False))
    assert isinstance(refused, Failed)
    assert "not public" in refused.error
    assert "hooks.example" not in refused.error
    assert receiver.requests == []


def resolve_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **named: real(
            HERE if str(host).endswith(".example") else host, *args, **named
        ),
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with receiving() as inside:
        receiver.answer = lambda _: Response(status_code=status, headers={"location": inside.url})
        failed = send(subscriber(receiver.url))
        assert isinstance(failed, Failed)
        assert "redirects are not followed" in failed.error
        assert inside.requests == []


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (503, "7", 7.0),
        (429, "Wed, 01 Jan 2020 00:00:00 GMT", 0.0),
        (429, "Wed, 01 Jan 2020 00:00:00 -0000", 0.0),
        (429, "soon", None),
        (429, "-5", None),
        (429, "9" * 5000, None),
        (429, "1 Jan 2020 00:00:00 +" + "9" * 30, None),
        (429, None, None),
        (500, "7", None),
    ],
)
def test_retry_after(
    receiver: Receiver, status: int, header: str | None, seconds: float | None
) -> None:
    headers = {} if header is None else {"retry-after": header}
    receiver.answer = lambda _: Response(status_code=status, headers=headers)
    assert send(subscriber(receiver.url)) == Failed(f"answered {status}", seconds)


def test_a_huge_answer_is_not_read() -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
        while True:
            sent += connection.send(b"x" * 65536)

    with speaking(flood) as url:
        assert send(subscriber(url)) == Delivered(200)
    assert sent < 32_000_000  # what the sockets' buffers take on their way


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "HTTP/1.1"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1"),
        (b"HTTP/1.1 200\r\nx: " + b"y" * 300_000, "HTTP/1.1"),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", "HTTP/1.1"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50, "HTTP/1.1"),
        (b"HTTP/1.1 999 What\r\n\r\n", "answered 999"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1"),
        (b"HTTP/1.1 400 Bad\r\ncontent-length: 5\r\n\r\nab", "answered 400"),
        (b"HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "answered 400"),
    ],
)
def test_whatever_is_answered_is_a_failure_in_words(answer: bytes, says: str) -> None:
    with speaking(lambda connection: connection.sendall(answer)) as url:
        failed = send(subscriber(url))
    assert isinstance(failed, Failed)
    assert says in failed.error


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(read=0.2), "no answer within 0.2 s"),
        (Limits(whole=0.2), "not done within 0.2 s"),
    ],
)
def test_a_slow_answer_is_given_up(limits: Limits, says: str) -> None:
    over = threading.Event()
    with speaking(lambda _: over.wait(60)) as url:
        assert send(subscriber(url), limits) == Failed(says)
        over.set()


def test_an_answer_in_drops_is_given_up() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 1000:
            connection.sendall(bytes([byte]))
            if over.wait(0.05):
                return

    with speaking(drip) as url:
        assert send(subscriber(url), Limits(read=5, whole=0.5)) == Failed("not done within 0.5 s")
        over.set()


def test_the_status_counts_when_the_body_never_ends() -> None:
    over = threading.Event()

    def half(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 5\r\n\r\nab")
        over.wait(60)

    with speaking(half) as url:
        assert send(subscriber(url), Limits(read=0.2)) == Delivered(202)
        over.set()


def test_tls_that_ends_while_we_write() -> None:
    class Ended(httpcore.AsyncMockStream):
        async def write(self, *_: object, **__: object) -> None:
            raise anyio.EndOfStream  # httpcore expects it in reading alone

    class Network(httpcore.AsyncMockBackend):
        async def connect_tcp(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
            return Ended([])

    async def once() -> Outcome:
        async with Sender(subscriber(f"http://{HERE}/")) as opened:
            opened._network._network = Network([])
            return await opened.send(ping_message("press"))

    assert asyncio.run(once()) == Failed("the connection broke")


def test_nobody_there() -> None:
    with socket.create_server((HERE, 0)) as listener:
        port = listener.getsockname()[1]
    assert send(subscriber(f"http://{HERE}:{port}/")) == Failed(
        "no connection: nothing answers there"
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate of hooks.example, and its key; skips where openssl is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    files = {"ssl_certfile": str(folder / "cert.pem"), "ssl_keyfile": str(folder / "key.pem")}
    subject = "-subj /CN=hooks.example -addext subjectAltName=DNS:hooks.example"
    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    out = f"-out {files['ssl_certfile']} -keyout {files['ssl_keyfile']}"
    command = f"openssl req -x509 {key} {subject} {out}".split()
    subprocess.run(command, check=True, capture_output=True)
    return files


@pytest.fixture
def trusted(certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets this process trust the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate["ssl_certfile"])
    sender._trust.cache_clear()
    yield
    sender._trust.cache_clear()


@pytest.mark.usefixtures("trusted")
def test_tls_verifies_the_name_in_the_url(
    certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to_loopback(monkeypatch)
    with receiving(**certificate) as receiver:
        url = f"https://hooks.example:{receiver.port}/in"
        assert send(subscriber(url)) == Delivered(204)
        other = subscriber(url.replace("hooks", "other"))
        assert send(other) == Failed("its certificate is not valid: Hostname mismatch")
        assert len(receiver.requests) == 1


def test_tls_verifies_the_certificate(
    certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to_loopback(monkeypatch)
    with receiving(**certificate) as receiver:
        refused = send(subscriber(f"https://hooks.example:{receiver.port}/in"))
        assert refused == Failed("its certificate is not valid: self-signed certificate")


@pytest.mark.usefixtures("trusted")
def test_a_receiver_that_ends_tls_after_the_handshake(
    certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to_loopback(monkeypatch)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate["ssl_certfile"], certificate["ssl_keyfile"])
    context.load_verify_locations(certificate["ssl_certfile"])
    context.verify_mode = ssl.CERT_REQUIRED  # TLS 1.3: the client learns that after its handshake

    with socket.create_server((HERE, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with pytest.raises(ssl.SSLError), context.wrap_socket(connection, server_side=True):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        assert isinstance(send(subscriber(f"https://hooks.example:{port}/")), Failed)
        thread.join()


def test_a_connection_is_kept_for_the_next_message(receiver: Receiver) -> None:
    to = subscriber(receiver.url)

    async def many() -> list[Outcome]:
        async with Sender(to) as opened:
            return [await opened.send(ping_message(to.name)) for _ in range(5)]

    receiver.answer = lambda _: Response(b"taken")
    assert asyncio.run(many()) == [Delivered(200)] * 5
    assert len(receiver.connections) == 1
