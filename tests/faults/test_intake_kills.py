"""kill -9 of the intake, twenty times in the middle of pushes: no 202 without its item."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import select

from tests.running import OPERATOR, TOKEN, clean_environment
from workers.broker import free_port
from workers.ledger import open_ledger
from workers.ledger.schema import items

KILLS: Final = 20
PUSHERS: Final = 4
BATCH: Final = 20
LARGE: Final = 250
"""Items of a push that is committed in parts: cut off, it finds some of its own items known."""


@dataclass(slots=True)
class Pushers:
    """Threads that push new items until told to stop; what was answered is kept here."""

    url: str
    taken: list[str] = field(default_factory=list)
    replayed: int = 0
    unexpected: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, name: str, size: int) -> None:
        number = 0
        with httpx.Client(base_url=self.url, headers=OPERATOR, timeout=30.0) as client:
            while not self.over.is_set():
                batch = [post(name, number + step) for step in range(size)]
                answer = self.push(client, batch, key=f"{name}-{number}")
                if answer is not None:
                    self.keep(answer)
                number += size

    def push(self, client: httpx.Client, batch: list[Any], key: str) -> httpx.Response | None:
        """Push again with the same key until the intake answers; None when it is over first."""
        while not self.over.is_set():
            with suppress(httpx.TransportError):
                return client.post("/v1/items", json=batch, headers={"idempotency-key": key})
            self.over.wait(0.05)  # it is being started again
        return None

    def keep(self, answer: httpx.Response) -> None:
        if answer.status_code != 202:
            self.unexpected.append(answer.text)
            return
        rows = answer.json()["items"]
        # Each item is new, so it is "accepted", also when the first answer was lost on the way.
        fitting = {"accepted"} if len(rows) == BATCH else {"accepted", "already_known"}
        self.unexpected += [str(row) for row in rows if row["status"] not in fitting]
        self.taken += [row["ref"] for row in rows]
        self.replayed += answer.headers.get("idempotent-replayed") == "true"


def post(name: str, number: int) -> dict[str, str]:
    return {
        "source": "pantau",
        "id": f"{name}-{number}",
        "kind": "post",
        "text": f"Saluran air di gang {number} mampet lagi.",
        "published_at": "2026-11-21T07:00:00+07:00",
    }


def test_every_202_is_in_the_ledger(
    ledger_url: str, valkey_url: str, tmp_path: Path, until: Callable[..., None]
) -> None:
    port = str(free_port())
    environment = clean_environment(
        SARING_DATA_DIR=str(tmp_path / "data"),
        SARING_BROKER_URL=valkey_url,
        SARING_LEDGER_URL=ledger_url,
        SARING_INTAKE_PORT=port,
        SARING_INTAKE_TOKEN=TOKEN,
    )

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "workers.cli", "intake"], env=environment)

    pushers = Pushers(f"http://127.0.0.1:{port}")
    threads = [
        threading.Thread(target=pushers.run, args=(f"p{number}", size))
        for number, size in enumerate([LARGE] + [BATCH] * PUSHERS)
    ]
    chance = random.Random(3)  # noqa: S311 - when to kill
    process = start()
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            more = len(pushers.taken) + BATCH * chance.randint(1, 60)
            until(lambda more=more: len(pushers.taken) >= more, "pushes are taken", 60.0)
            process.kill()
            process.wait()
            process = start()
        more = len(pushers.taken) + BATCH
        until(lambda: len(pushers.taken) >= more, "pushes are taken after the last kill", 60.0)
    finally:
        pushers.over.set()
        for thread in threads:
            thread.join()
        process.kill()
        process.wait()

    assert pushers.unexpected == []
    ledger = open_ledger(ledger_url)
    with ledger.read() as connection:
        rows = connection.execute(select(items.c.source, items.c.id)).all()
        held = {f"{row.source}/{row.id}" for row in rows}
    ledger.engine.dispose()
    assert set(pushers.taken) - held == set()
    assert len(pushers.taken) == len(set(pushers.taken))
    sys.stdout.write(f"{KILLS} kills, {len(held)} items, {pushers.replayed} answers replayed\n")
