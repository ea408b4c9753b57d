"""What a request held is free when it is answered, without the collector of cycles.

That comes by when enough has been made, not when much is held: many refused bodies of megabytes
could wait for it, beyond the room that all bodies share.
"""

import asyncio
import gc
import gzip
import json
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

import httpx
import pytest
import redis
from starlette.applications import Starlette

from tests.running import OPERATOR, TOKEN
from workers.intake.server import create_intake
from workers.ledger import open_ledger
from workers.settings import Settings

LARGE: Final = 64 * 1024
"""Bytes of a body that is read on a thread of its own."""
POST: Final = {
    "source": "pantau",
    "id": "g-1",
    "kind": "post",
    "text": "Kapan loket buka lagi?",
    "published_at": "2026-11-21T07:00:00+07:00",
}
BODIES: Final = {
    "no JSON": b"[" * LARGE,
    "one refused": json.dumps({**POST, "text": "a" * LARGE * 8}).encode(),
    "each refused": json.dumps([{}] * 900 + ["a" * LARGE]).encode(),
    "accepted": json.dumps(
        [{**POST, "id": f"g-{n}", "text": "a" * 900} for n in range(90)]
    ).encode(),
}


@pytest.fixture
def intake(tmp_path: Path) -> Starlette:
    """An intake whose broker nobody asks."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    ledger.migrate()
    return create_intake(
        Settings(data_dir=tmp_path, intake_token=TOKEN), ledger, redis.Redis(port=1)
    )


async def _push(intake: Starlette, body: bytes, headers: dict[str, str]) -> int:
    transport = httpx.ASGITransport(intake)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        return (await client.post("/v1/items", content=body, headers=headers)).status_code


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", BODIES)
def test_no_request_waits_for_the_collector(intake: Starlette, name: str, packed: bool) -> None:
    body, headers = BODIES[name], {"content-type": "application/json", **OPERATOR}
    if packed:
        body, headers["content-encoding"] = gzip.compress(body), "gzip"
    expected = asyncio.run(_push(intake, body, headers))  # what is made once only is made now
    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(_push(intake, body, headers)) == expected
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = Counter(
            type(one).__name__
            for one in gc.garbage
            if isinstance(one, BaseException | FrameType)
            or type(one).__module__.startswith("workers.")
        )
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not left
