"""Many pushes at once, and whether what was answered 202 is in the ledger."""

import asyncio
import contextlib
import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import select

from bench.door import Say, door, timed
from bench.run import folder
from bench.texts import lines
from workers.ledger import Ledger, open_ledger
from workers.ledger.schema import items
from workers.settings import Settings

BATCH: Final = 100
RESTING: Final = 50
PUSHERS: Final = 4
"""Connections that push batches, and as many again that push single items."""
_REST_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Load:
    """Requests of one kind that ran side by side. Latencies in ms, of those answered 202."""

    kind: str
    items: int
    seconds: float
    latencies_ms: Sequence[float]
    put_off: int
    """Answers 429 and 503; the request was sent again."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """All that ran at once, and of the items that were answered 202 those not in the ledger."""

    loads: Sequence[Load]
    answered: int
    missing: int


def run_crowd(base: Settings, batches: int, singles: int, say: Say) -> Crowd:
    """Push a few items one after another, then `batches` of 100 and `singles` at the same time."""
    made = lines(batches * BATCH + singles + RESTING, seed=1)
    many = [b"\n".join(made[start : start + BATCH]) for start in range(0, batches * BATCH, BATCH)]
    with folder(base.data_dir) as name:
        # The door is measured: what it takes waits for the workers as long as it must.
        without_limits = {"backlog_limit": 10**9, "age_limit_seconds": 1e9}
        settings = base.embedded(Path(name)).model_copy(update=without_limits)
        with door(settings, say) as system:
            ledger = open_ledger(system.run.ledger_url.get_secret_value())
            token = system.run.intake_token.get_secret_value()
            taken: list[str] = []
            say(f"{RESTING} items, each when the system is at rest")
            rest = _at_rest(system.run.intake_url, token, made[-RESTING:], taken)
            say(f"{batches} batches of {BATCH} and {singles} single items, at once")
            loads = asyncio.run(
                _push_all(
                    system.run.intake_url, token, many, made[batches * BATCH : -RESTING], taken
                )
            )
            say("looking for each item in the ledger")
            missing = len(set(taken) - _held(ledger))
            ledger.engine.dispose()
    return Crowd((rest, *loads), len(taken), missing)


def _at_rest(url: str, token: str, bodies: Sequence[bytes], taken: list[str]) -> Load:
    """One after another, each some time after the last; by a client that costs little itself."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    latencies = []
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    with contextlib.closing(connection):
        for body in bodies:
            time.sleep(_REST_SECONDS)  # the workers finish the one before
            begun = time.perf_counter()
            connection.request("POST", "/v1/items", body, headers)
            answer = json.load(connection.getresponse())
            latencies.append((time.perf_counter() - begun) * 1000)
            taken.extend(row["ref"] for row in answer["items"])
    return Load("one alone", len(bodies), len(bodies) * _REST_SECONDS, latencies, 0)


async def _push_all(
    url: str, token: str, many: Sequence[bytes], single: Sequence[bytes], taken: list[str]
) -> tuple[Load, Load]:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60.0) as client:
        return await asyncio.gather(
            _push_kind(client, f"batches of {BATCH}", many, BATCH, taken),
            _push_kind(client, "single items", single, 1, taken),
        )


async def _push_kind(
    client: httpx.AsyncClient, kind: str, bodies: Sequence[bytes], size: int, taken: list[str]
) -> Load:
    waiting, latencies = iter(bodies), list[float]()
    put_off = 0

    async def push() -> None:
        nonlocal put_off
        for body in waiting:
            while (answer := await timed(client, body, latencies)).status_code in (429, 503):
                put_off += 1
                await asyncio.sleep(float(answer.headers["retry-after"]))
            answer.raise_for_status()
            taken.extend(row["ref"] for row in answer.json()["items"])

    begun = time.monotonic()
    await asyncio.gather(*(push() for _ in range(PUSHERS)))
    return Load(kind, len(bodies) * size, time.monotonic() - begun, latencies, put_off)


def _held(ledger: Ledger) -> set[str]:
    with ledger.read() as connection:
        rows = connection.execute(select(items.c.source, items.c.id))
        return {f"{row.source}/{row.id}" for row in rows}
