"""The running system, seen from its door."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx

from workers.settings import Settings
from workers.system import System, running

Say = Callable[[str], None]


@contextmanager
def door(settings: Settings, say: Say) -> Iterator[System]:
    """The running system; at the end it is killed, for its data are thrown away."""
    say("starting the system")
    with running(settings) as system:
        yield system
        say("stopping the system")
        for pid in system.supervisor.pids().values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


async def timed(client: httpx.AsyncClient, body: bytes, latencies: list[float]) -> httpx.Response:
    """Push `body`, and add how long it took (ms) to `latencies` if it was answered 202."""
    begun = time.perf_counter()
    answer = await client.post("/v1/items", content=body)
    if answer.status_code == 202:
        latencies.append((time.perf_counter() - begun) * 1000)
    return answer
