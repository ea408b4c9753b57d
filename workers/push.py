"""The client of the intake: lines of JSON in, what became of each out."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

MAX_LINES: Final = 100
"""Lines of one request."""
_MAX_BYTES = 4 * 1024 * 1024
_AGAIN = {429, 503}


class PushFailed(Exception):
    """The intake could not be reached, or refused the request as a whole."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken: its number in the input (from 1), and each field's problem."""

    line: int
    problems: tuple[dict[str, str], ...]


@dataclass(slots=True)
class Tally:
    """What became of the lines pushed so far."""

    accepted: int = 0
    already_known: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    sent_bytes: int = 0

    @property
    def reached(self) -> int:
        """Lines that the intake answered for."""
        return self.accepted + self.already_known + len(self.refusals)


_Line = tuple[int, bytes]


@dataclass(slots=True)
class Pusher:
    """Pushes lines to one intake; what is answered 429 or 503 is sent again for `patience` s."""

    url: str
    token: str | None = None
    patience: float = 30.0
    tally: Tally = field(default_factory=Tally)

    def push(self, lines: Iterable[bytes]) -> Iterator[Tally]:
        """Send the lines in batches; yields the tally after each. Raises PushFailed.

        Pushing a line again is harmless: the intake knows it.
        """
        headers = {"content-type": "application/x-ndjson"}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        with httpx.Client(base_url=self.url, headers=headers, timeout=30.0) as client:
            for batch in _batches(lines):
                self._count(batch, self._send(client, batch))
                yield self.tally

    def _send(self, client: httpx.Client, batch: list[_Line]) -> list[dict[str, Any]]:
        body = b"\n".join(line for _, line in batch)
        deadline = time.monotonic() + self.patience
        delay = 0.2
        while True:
            try:
                response = client.post("/v1/items", content=body)
                why = f"the intake answers {response.status_code}"
            except httpx.TransportError as error:
                response, why = None, f"no intake at {self.url} ({type(error).__name__})"
            if response is not None and response.status_code not in _AGAIN:
                return _rows(response)
            if time.monotonic() + delay > deadline:
                raise PushFailed(f"{why}; given up after {self.patience:.0f} s")
            time.sleep(delay)  # the intake asked for a pause, or is starting
            delay = min(delay * 2, 5.0)

    def _count(self, batch: list[_Line], rows: list[dict[str, Any]]) -> None:
        for (number, line), row in zip(batch, rows, strict=True):
            self.tally.sent_bytes += len(line) + 1
            if row["status"] == "accepted":
                self.tally.accepted += 1
            elif row["status"] == "already_known":
                self.tally.already_known += 1
            else:
                self.tally.refusals.append(Refusal(number, tuple(row["problems"])))


def _rows(response: httpx.Response) -> list[dict[str, Any]]:
    answer = response.json() if "json" in response.headers.get("content-type", "") else {}
    if "items" in answer:
        return list(answer["items"])
    detail = answer.get("detail", response.reason_phrase)
    raise PushFailed(f"the intake answers {response.status_code}: {detail}")


def _batches(lines: Iterable[bytes]) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    size = 0
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            continue
        if batch and (len(batch) == MAX_LINES or size + len(line) > _MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((number, line))
        size += len(line)
    if batch:
        yield batch
