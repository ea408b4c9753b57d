"""A small real HTTP server that answers pushes like the intake, and loses answers when told to."""

import gzip
import json
import socket
import struct
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import unquote

from backports import zstd
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import hmac_data

from workers.signatures import key_of, new_secret

SECRET: Final = new_secret()
TOKEN: Final = "pantau-media.kunci-uji"
SOURCE: Final = "pantau-media"

Answer = tuple[int, dict[str, str], bytes]
TAKE_AND_LOSE: Final = "the items are taken, and the connection is reset before the answer"


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers.get("webhook-id") or self.headers["idempotency-key"]


class FakeIntake(ThreadingHTTPServer):
    """Gives the answers of `plan` first, then those of an intake."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan: deque[Answer | str] = deque()
        self.seen: list[Seen] = []
        self.known: set[str] = set()
        self.answered: dict[str, tuple[bytes, Answer]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def push(self, seen: Seen) -> Answer:
        if not _proves_itself(seen):
            return problem(401, "unauthorised")
        digest = sha256(seen.body).digest()
        if seen.key in self.answered:
            known, (status, headers, body) = self.answered[seen.key]
            if known != digest:
                return problem(422, "key_reused")
            return status, {**headers, "idempotent-replayed": "true"}, body
        answer = self._take(_plain(seen))
        self.answered[seen.key] = digest, answer
        return answer

    def state(self, seen: Seen) -> Answer:
        if not _proves_itself(seen):
            return problem(401, "unauthorised")
        ref = unquote(seen.path.partition("?")[0].removeprefix("/v1/items/"))
        if ref not in self.known:
            return problem(404, "not_found")
        said = {"ref": ref, "state": "accepted", "accepted_at": "2026-11-22T01:00:00.000+00:00"}
        return 200, {}, json.dumps({**said, "finished_at": None}).encode()

    def _take(self, body: bytes) -> Answer:
        lines = [line for line in body.split(b"\n") if line.strip()]
        rows = [self._row(index, json.loads(line)) for index, line in enumerate(lines)]
        refused = all(row["status"] == "refused" for row in rows)
        return (422 if refused else 202), {}, json.dumps({"title": "-", "items": rows}).encode()

    def _row(self, index: int, item: dict[str, Any]) -> dict[str, Any]:
        if not item["text"]:
            said = {"type": "empty", "field": "text", "problem": "is empty", "remedy": "send words"}
            return {"index": index, "status": "refused", "problems": [{**said, "pointer": "#/0"}]}
        ref = f"{item['source']}/{item['id']}"
        status = "already_known" if ref in self.known else "accepted"
        self.known.add(ref)
        return {"index": index, "status": status, "ref": ref}


@contextmanager
def fake_intake() -> Iterator[FakeIntake]:
    """It, running in a thread."""
    with FakeIntake() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeIntake

    def do_POST(self) -> None:
        self._answer(self.server.push)

    def do_GET(self) -> None:
        self._answer(self.server.state)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, usual: Callable[[Seen], Answer]) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.server.seen.append(seen)
        planned = self.server.plan.popleft() if self.server.plan else usual(seen)
        if isinstance(planned, tuple):
            self._send(*planned)
        else:
            usual(seen)
            # Closed without lingering, a connection is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def problem(status: int, kind: str, **headers: str) -> Answer:
    """A problem document (RFC 9457)."""
    said = {"type": f"/problems/{kind}", "title": kind.title(), "detail": "Mend it."}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, more, json.dumps({**said, "status": status}).encode()


def _proves_itself(seen: Seen) -> bool:
    if "authorization" in seen.headers:
        return seen.headers["authorization"] == f"Bearer {TOKEN}"
    return seen.path.endswith(f"?source={SOURCE}") and _is_signed(seen)


def _is_signed(seen: Seen) -> bool:
    """Whether the reference library says so."""
    if "content-encoding" not in seen.headers:
        try:
            Webhook(SECRET).verify(seen.body, seen.headers, json_parse=False)
        except WebhookVerificationError:
            return False
        return True
    # It takes text only; a compressed body is signed as it is sent.
    head = f"{seen.key}.{seen.headers['webhook-timestamp']}.".encode()
    signature = b64encode(hmac_data(key_of(SECRET), head + seen.body)).decode()
    return seen.headers["webhook-signature"] == f"v1,{signature}"


def _plain(seen: Seen) -> bytes:
    match seen.headers.get("content-encoding"):
        case "gzip":
            return gzip.decompress(seen.body)
        case "zstd":
            return zstd.decompress(seen.body)
    return seen.body
