"""Marked handles and numbers are pushed in every form; then every byte that is left is searched."""

import hashlib
import json
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest
from sqlalchemy import select

from workers.ledger.schema import answers
from workers.run import Run, read_run

HANDLE: Final = "kelinci_ungu_77x"
OTHER: Final = "tupai.kelabu.88z"
MARKS: Final = (
    HANDLE,
    OTHER,
    "1671014507903377",  # NIK
    "081299887733",
    "6281299887733",
    "kelinci.ungu@contoh.example",
    "Mawar Ungu No. 77",
    "1234567733",  # bank account
)
TEXT: Final = (
    f"Mohon bantuan @{OTHER}, air mati sejak pagi. Hubungi 081299887733 atau +6281299887733, "
    f"surel kelinci.ungu@contoh.example, rumah di Jl. Mawar Ungu No. 77, NIK 1671014507903377, "
    f"rekening BCA 1234567733. Profil https://instagram.com/{OTHER}/ kata {HANDLE}"
)


def post(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "source": "pantau",
        "id": f"p-{number}",
        "kind": "post",
        "text": f"{TEXT} kejadian {number}",
        "author": f"@{HANDLE}",
        "platform": "instagram",
        "url": f"https://instagram.com/{HANDLE}/p/{number}",
        "published_at": "2026-11-21T07:00:00+07:00",
        **changes,
    }


def test_no_mark_is_in_any_byte_that_is_kept_or_shown(
    start_up: Any, until: Callable[..., None]
) -> None:
    with start_up() as up, receiver() as hooks:
        add = ["subscribers", "add", "desk", "--desk", "all", "--allow-private", "--url", hooks.url]
        assert up.saring(*add).returncode == 0
        run = read_run(up.data_dir)
        assert run is not None
        with httpx.Client(base_url=run.intake_url, headers=bearer(run), timeout=30.0) as client:
            sent = push_in_every_form(client)
        until(up.all_done, "all items are done")
        until(lambda: len(hooks.bodies) >= sent, "the webhooks have come")
        shown = [*hooks.bodies, *everything_shown(up, run)]
        memory = memory_of_the_broker(up.process)
        with up.outside.ledger.read() as connection:
            remembered = [
                zlib.decompress(one) for one in connection.scalars(select(answers.c.body))
            ]
        assert len(remembered) >= 1
    kept = {str(path): path.read_bytes() for path in up.data_dir.rglob("*") if path.is_file()}
    names = {Path(path).name for path in kept}
    assert {"ledger.sqlite3", "intake.log", "deliver.log", "account.json"} <= names
    for place, held in [
        *kept.items(),
        *((f"shown {number}", text) for number, text in enumerate(shown)),
        *(("answer", answer) for answer in remembered),
        ("the broker's memory", memory or b""),
    ]:
        assert found_in(held) == [], place
    # SQLite keeps it in the file, or in the log of its writes beside it.
    assert any(b"kejadian 3" in held for held in kept.values()), "the search finds texts"
    if memory is None:
        pytest.skip("all but the broker's memory was searched: this user may not read it (ptrace)")
    assert b"saring:published" in memory, "the search finds keys"


def found_in(held: bytes) -> list[str]:
    """The marks that are there: as they are, in any case, or as a hash that anybody can make."""
    lower = held.lower()
    plain = [mark for mark in MARKS if mark.lower().encode() in lower]
    names = (HANDLE, OTHER, f"instagram:{HANDLE}")
    hashes = [hashlib.sha256(name.encode()).digest()[:16] for name in names]
    return plain + [one.hex() for one in hashes if one in held or one.hex().encode() in lower]


def push_in_every_form(client: httpx.Client) -> int:
    """Returns how many items are published."""
    event = {
        "specversion": "1.0",
        "id": f"e-{HANDLE}",
        "source": f"/akun/{HANDLE}",
        "type": "id.saring.submission.v1",
        "subject": HANDLE,
    }
    lines = "\n".join(json.dumps(post(number)) for number in range(100, 140))
    answers = [
        client.post("/v1/items", json=post(1), headers={"idempotency-key": f"{HANDLE}-1"}),
        client.post("/v1/items", json=[post(2), post(3, author=HANDLE.upper())]),
        client.post("/v1/items", content=lines, headers={"content-type": "application/x-ndjson"}),
        client.post(
            "/v1/items",
            content=json.dumps({**event, "data": post(4)}),
            headers={"content-type": "application/cloudevents+json"},
        ),
        client.post(
            "/v1/items",
            content=json.dumps(post(5)),
            headers={"content-type": "application/json"}
            | {f"ce-{name}": value for name, value in event.items()},
        ),
    ]
    assert [answer.status_code for answer in answers] == [202] * len(answers), answers
    # What is refused leaves no trace either.
    refused = [
        client.post("/v1/items", json=post(6, id=f"x-{HANDLE}")),
        client.post("/v1/items", json=post(7, followers=HANDLE)),
        client.post("/v1/items", json=post(8, **{HANDLE: 1})),
        client.post("/v1/items", content=f"{{{TEXT}", headers={"content-type": "application/json"}),
        client.post(f"/v1/items?source={HANDLE}", json=post(9), headers={"webhook-id": HANDLE}),
        client.get(f"/v1/items/pantau/{HANDLE}"),
        client.get(f"/{HANDLE}"),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused[:4]), refused
    return 45


def everything_shown(up: Any, run: Run) -> Iterator[bytes]:
    """What people and programs are shown: commands, Flower with its metrics, the stream."""
    commands = (["results"], ["results", "--jsonl"], ["quarantine", "list"], ["status", "--json"])
    for command in (*commands, ["subscribers", "list"], ["subscribers", "parked"]):
        done: subprocess.CompletedProcess[str] = up.saring(*command)
        assert done.returncode == 0, done.stderr
        yield (done.stdout + done.stderr).encode()
    auth = ("saring", run.flower_password.get_secret_value())
    for page in ("/api/tasks", "/tasks", "/workers", "/api/workers", "/metrics"):
        yield httpx.get(f"{run.flower_url}{page}", auth=auth, timeout=10.0).content
    for _, fields in up.outside.client.xrange("saring:published"):
        yield b"".join(fields.values())


def memory_of_the_broker(supervisor: psutil.Process) -> bytes | None:
    """Every writable page of the broker's process; None where the kernel forbids reading it."""
    (broker,) = [one for one in supervisor.children() if "valkey" in one.name()]
    pages: list[bytes] = []
    maps = Path(f"/proc/{broker.pid}/maps").read_text().splitlines()
    try:
        with Path(f"/proc/{broker.pid}/mem").open("rb", 0) as memory:
            for line in maps:
                where, permissions = line.split()[:2]
                if "w" not in permissions:
                    continue
                start, end = (int(part, 16) for part in where.split("-"))
                memory.seek(start)
                pages.append(memory.read(end - start))
    except PermissionError:
        return None
    return b"".join(pages)


def bearer(run: Run) -> dict[str, str]:
    return {"authorization": f"Bearer {run.intake_token.get_secret_value()}"}


class Receiver(ThreadingHTTPServer):
    """Keeps the body of every webhook."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        headers = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append(headers.encode() + body)
        self.send_response(204)
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
