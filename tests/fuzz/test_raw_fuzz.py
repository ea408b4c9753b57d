"""Bytes and headers of any kind, thrown at a real intake: no 5xx, no hang, no growth of memory.

`FUZZ_SECONDS` tells for how long: `make fuzz` says 600, `make test` takes a few.
"""

import gzip
import json
import os
import re
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.running import OPERATOR, TOKEN

SECONDS: Final = float(os.environ.get("FUZZ_SECONDS", "8"))
ROUND: Final = 200
"""Requests between two looks at the clock and at the memory."""
ANSWER_SECONDS: Final = 15.0
"""Longer than the intake waits for a request's headers: what takes longer hangs."""
QUIET_SECONDS: Final = 0.3
GROWTH_MB: Final = 48
"""The room of bodies is bounded (64 MiB); a leak would pass any bound in ten minutes."""
LATE_GROWTH_MB: Final = 12
"""Of that, in the second half of the time: what grows by then would grow for ever."""
LEAST_ROUNDS: Final = 6
"""Of each half, however slow the machine: in fewer the intake has not warmed up."""

POST: Final = {
    "source": "pantau",
    "id": "f-1",
    "kind": "post",
    "text": "Kapan loket buka lagi?",
    "author": "warga_contoh",
    "published_at": "2026-11-21T07:00:00+07:00",
}
EVENT: Final = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/contoh",
    "type": "id.saring.submission.v1",
    "data": POST,
}

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*POST, *EVENT, "x"]) | st.text(max_size=5), inner, max_size=6
        )
    ),
    max_leaves=12,
)
CHANGED: Final = st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from([POST, EVENT]),
    st.dictionaries(st.sampled_from([*POST, *EVENT]), JSON, max_size=3),
)
VALUES: Final = CHANGED | JSON | st.lists(CHANGED, max_size=4)
TEXTS: Final = VALUES.map(lambda value: json.dumps(value).encode()) | st.lists(
    VALUES.map(lambda value: json.dumps(value).encode()), max_size=4
).map(b"\n".join)
BIG: Final = st.sampled_from(
    [
        b"[" * 900,
        b"[" * 200_000,
        b'{"a":' * 20_000,
        b"[" + b"{}," * 900 + b"{}]",
        json.dumps({**POST, "text": "a" * 2_000_000}).encode(),
        json.dumps([{**POST, "id": f"b-{n}", "text": "<p>" * 2_000} for n in range(300)]).encode(),
        gzip.compress(b"[" + b"{}," * 2_000_000),
        gzip.compress(b"0" * 60_000_000),
        b"1" * 1_000_000,
        b'"' + b"\\u0000" * 100_000 + b'"',
    ]
)
"""What costs most, and what pretends to be small; a few megabytes each at most as it is sent."""
BODIES: Final = (
    TEXTS
    | TEXTS
    | BIG
    | st.binary(max_size=300)
    | TEXTS.map(gzip.compress)
    | st.builds(
        lambda text, at, junk: text[:at] + junk, TEXTS, st.integers(0, 80), st.binary(max_size=9)
    )
)
WORDS: Final = st.sampled_from(
    [
        "",
        "-",
        "1",
        "9" * 30,
        "\u00ff",
        "v1,AAAA",
        "a,b",
        "v1,",
        '"k"',
        '"',
        "gzip",
        "zstd",
        "br",
        "x" * 300,
    ]
) | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=12)
NAMES: Final = st.sampled_from(
    [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "idempotency-key",
        "content-encoding",
        "content-type",
        "content-length",
        "transfer-encoding",
        "authorization",
        "expect",
        "connection",
        "ce-specversion",
        "ce-id",
        "ce-source",
        "ce-type",
        "ce-\u00e9",
        "x-y",
    ]
)
TYPES: Final = st.sampled_from(
    [
        "application/json",
        "application/x-ndjson",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/json; charset=utf-8",
        "text/plain",
    ]
)
PATHS: Final = st.sampled_from(
    [
        *["/v1/items"] * 12,
        "/v1/items?source=pantau",
        "/v1/items?source=%ff&source=",
        "/v1/items/pantau/f-1",
        "/docs",
        "/problems/x",
    ]
) | st.text(st.characters(max_codepoint=255, exclude_characters=" \r\n"), max_size=10).map(
    "/{}".format
)
HEADERS: Final[st.SearchStrategy[list[tuple[str, str]]]] = st.just([]) | st.lists(
    st.tuples(NAMES, WORDS), min_size=1, max_size=3
)


def whole(path: str, kind: str, extra: list[tuple[str, str]], body: bytes, known: bool) -> bytes:
    """A request in good form, with what it pleases in it."""
    lines = [
        f"POST {path} HTTP/1.1",
        "host: x",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
    ]
    if known:
        lines.append(f"authorization: Bearer {TOKEN}")
    lines += [f"{name}: {value}" for name, value in extra]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


WHOLE: Final = st.builds(
    whole, PATHS, TYPES, HEADERS, BODIES, st.sampled_from([True, True, True, False])
)
CUT: Final = st.builds(
    lambda request, at, junk, rest: request[:at] + junk + request[at + rest :],
    WHOLE,
    st.integers(0, 400),
    st.binary(max_size=12),
    st.integers(0, 12),
)
REQUESTS: Final = (
    WHOLE | CUT | st.binary(max_size=200) | st.lists(WHOLE, min_size=2, max_size=3).map(b"".join)
)
STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3})")


def answered(address: tuple[str, int], request: bytes) -> list[int]:
    """Send `request`, say that no more will come, and return the statuses that came back.

    Raises TimeoutError when the intake neither answers nor hangs up in time.
    """
    received = bytearray()
    with (
        suppress(ConnectionResetError, BrokenPipeError),
        socket.create_connection(address, timeout=ANSWER_SECONDS) as connection,
    ):
        connection.sendall(request)
        # No answer comes to what is not whole; then it learns that this was all.
        if select.select([connection], [], [], QUIET_SECONDS)[0]:
            received += connection.recv(65536)
        with suppress(OSError):  # it has hung up already
            connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65536):
            received += chunk
    return [int(status) for status in STATUS.findall(received)]


@pytest.mark.timeout(SECONDS + 600)
def test_no_bytes_break_the_intake(
    start_intake: Any, process_at: Callable[[str], psutil.Process], tmp_path: Path
) -> None:
    seen: Counter[int] = Counter()
    with start_intake(f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        process = process_at(url)

        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(REQUESTS)
        def throw(request: bytes) -> None:
            statuses = answered(address, request)
            seen.update(statuses)
            assert all(status < 500 for status in statuses), (statuses, request)

        seed(0)(throw)()
        sizes, begun, rounds = [process.memory_info().rss / 2**20], time.monotonic(), 1
        for part in (0.5, 1.0):
            least = rounds + LEAST_ROUNDS
            while rounds < least or time.monotonic() - begun < SECONDS * part:
                seed(rounds)(throw)()
                rounds += 1
            sizes.append(process.memory_info().rss / 2**20)
        before, halfway, after = sizes
        last = httpx.post(f"{url}/v1/items", json={**POST, "id": "last"}, headers=OPERATOR)
        assert last.status_code == 202
    statuses = ", ".join(f"{status}: {number}" for status, number in sorted(seen.items()))
    sys.stdout.write(
        f"raw: {rounds * ROUND} requests, answers {statuses}, memory {before:.0f} MB, "
        f"{halfway:.0f} halfway, {after:.0f} at the end\n"
    )
    assert after - before < GROWTH_MB
    assert after - halfway < LATE_GROWTH_MB
    assert {202, 400, 401, 404, 415, 422} <= set(seen), "the fuzz reaches every layer"
