"""A flood of 1,000 to 1 beside a quiet source."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from bench import Spoilt
from bench.door import Say, door, timed
from bench.run import folder
from bench.texts import lines
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.schema import OPEN
from workers.secretfile import SecretFile
from workers.settings import Settings
from workers.sources import Source, Sources, added, new_token, token_credential
from workers.system import System

PACE_SECONDS: Final = 0.05
"""The quiet source sends one item this often, the flood a request of 1,000."""
BLOCK_SECONDS: Final = 10.0
FLOOD_CONNECTIONS: Final = 8
_BEATS: Final = int(BLOCK_SECONDS / PACE_SECONDS)
_DRAIN_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Fairness:
    """Latencies in ms of a quiet source, alone and beside a flood, in blocks that take turns."""

    flood: str
    alone_ms: Sequence[float]
    beside_ms: Sequence[float]
    flood_taken: int
    flood_put_off: int


def run_flood(base: Settings, flood: str, rate: float | None, rounds: int, say: Say) -> Fairness:
    """The quiet source alone and beside a flood of a source of `rate` (None: the default)."""
    alone: list[float] = []
    beside: list[float] = []
    taken = put_off = 0
    with folder(base.data_dir) as name, ProcessPoolExecutor(1) as processes:
        settings = base.embedded(Path(name))
        quiet, loud = _sources(settings, rate)
        with door(settings, say) as system:
            ledger = open_ledger(system.run.ledger_url.get_secret_value())
            pushed = iter(lines(2 * rounds * (_BEATS + 1), 2, "quiet"))
            url = system.run.intake_url
            for number in range(1, rounds + 1):
                say(f"quiet source alone: round {number}")
                alone += asyncio.run(_quiet(url, quiet, pushed))
                say(f"quiet source beside a flood {flood}: round {number}")
                flooding = processes.submit(_flood, url, loud, number)
                beside += asyncio.run(_quiet(url, quiet, pushed))
                more, less = flooding.result()
                taken, put_off = taken + more, put_off + less
                if number < rounds:
                    say("waiting until the flood is processed")
                    _drain(system, ledger)
            ledger.engine.dispose()
    return Fairness(flood, alone, beside, taken, put_off)


def _sources(settings: Settings, rate: float | None) -> tuple[str, str]:
    """The tokens of a quiet source and of a loud one, both written to the sources file."""
    file = SecretFile(settings.sources_path, None, Sources, "SARING_SOURCES")
    tokens = []
    for name in ("quiet", "loud"):
        token = new_token(name)
        source = Source(name=name, tokens=(token_credential(token),))
        if name == "loud" and rate is not None:
            source = source.model_copy(update={"items_per_second": rate, "burst": int(rate)})
        file.change(partial(added, source=source))
        tokens.append(token)
    return tokens[0], tokens[1]


async def _quiet(url: str, token: str, pushed: Iterator[bytes]) -> list[float]:
    """One item each PACE_SECONDS; how long each took, from when it was due."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    latencies: list[float] = []
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60.0) as client:
        await timed(client, next(pushed), [])  # the connection is made
        begun = time.perf_counter()
        for number in range(_BEATS):
            due = begun + number * PACE_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            (await timed(client, next(pushed), [])).raise_for_status()
            latencies.append((time.perf_counter() - due) * 1000)
    return latencies


def _flood(url: str, token: str, round_number: int) -> tuple[int, int]:
    """A request of 1,000 new items each PACE_SECONDS; items taken, and requests put off.

    In a process of its own, so that it does not slow the clock of the quiet source.
    """
    frame = b"\n".join(line.replace(b'"id":"b-', b'"id":"@@-') for line in lines(1000, 3, "loud"))
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}

    async def push(client: httpx.AsyncClient, number: int) -> int:
        body = frame.replace(b"@@", f"f-{round_number}-{number}".encode())
        answer = await client.post("/v1/items", content=body)
        return int(answer.json()["accepted"]) if answer.status_code == 202 else -1

    async def flood() -> tuple[int, int]:
        limits = httpx.Limits(max_connections=FLOOD_CONNECTIONS)
        async with httpx.AsyncClient(
            base_url=url, headers=headers, timeout=60.0, limits=limits
        ) as client:
            begun, pushes = time.monotonic(), []
            for number in range(_BEATS):
                await asyncio.sleep(max(0.0, begun + number * PACE_SECONDS - time.monotonic()))
                pushes.append(asyncio.create_task(push(client, number)))
            outcomes = await asyncio.gather(*pushes)
        return sum(one for one in outcomes if one > 0), outcomes.count(-1)

    return asyncio.run(flood())


def _drain(system: System, ledger: Ledger) -> None:
    """Until nothing waits, so that the next block begins as the first."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    while sum(views.counts(ledger)[state] for state in OPEN):
        system.check()
        if time.monotonic() > deadline:
            raise Spoilt(f"the flood was not processed in {_DRAIN_SECONDS} s")
        time.sleep(0.2)  # a look at the ledger, which has nothing to wait on
