"""Receivers of webhooks for the tests: a sound one, and one that does as it likes."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tasks.words import DESKS
from workers.deliver.subscribers import Secret, Subscriber
from workers.signatures import new_secret

HERE: Final = "127.0.0.1"
_DRAIN_SECONDS: Final = 5.0


@dataclass
class Receiver:
    """A subscriber's server: keeps what it was sent, and answers as `answer` says."""

    port: int
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """The refs of those that it did not refuse."""
    connections: set[Any] = field(default_factory=set)
    answer: Callable[[int], Response] = field(default=lambda _number: Response(status_code=204))

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}/in"

    @property
    def refs(self) -> list[str]:
        return [json.loads(body)["id"] for _, body in self.requests]

    async def receive(self, request: Request) -> Response:
        self.connections.add(request.client)
        body = await request.body()
        self.requests.append((dict(request.headers), body))
        answer = self.answer(len(self.requests))
        if answer.status_code < 300:
            self.taken.append(json.loads(body)["id"])
        return answer


@contextmanager
def receiving(**tls: str) -> Iterator[Receiver]:
    with socket.create_server((HERE, 0)) as listener:
        receiver = Receiver(listener.getsockname()[1])
        app = Starlette(routes=[Route("/in", receiver.receive, methods=["POST"])])
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, **tls)  # type: ignore[arg-type]
        )
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield receiver
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def speaking(behave: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that lets `behave` do as it likes with each connection, one after the other."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed: the test is over
            with connection:
                try:
                    connection.recv(65536)
                    behave(connection)
                    # To its end: closing before the body is read would reset the connection.
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(_DRAIN_SECONDS)
                    while connection.recv(65536):
                        pass
                except OSError:
                    continue  # the sender has hung up, as it should

    with socket.create_server((HERE, 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://{HERE}:{listener.getsockname()[1]}/in"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def subscriber(url: str, name: str = "case-system", **changes: Any) -> Subscriber:
    fields: dict[str, Any] = {
        "desks": DESKS,
        "secrets": (Secret(value=SecretStr(new_secret())),),
        "allow_private": True,
    }
    return Subscriber(name=name, url=url, **{**fields, **changes})
