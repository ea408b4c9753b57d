"""Reading a request's body within bounds, and cutting it into single submissions."""

from typing import Any, Final

import orjson
from starlette.requests import Request

from workers.door import Refused, admit, admit_value
from workers.ledger.accept import Entry
from workers.problems import problem

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of one request."""
MAX_ITEMS: Final = 1_000
"""Items of one request."""


class BadRequest(Exception):
    """The request as a whole cannot be read; `status` and `title` go into the answer."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


async def read_body(request: Request) -> bytes:
    """The body, counted while it comes in. Raises BadRequest (413) as soon as it is too long."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise BadRequest(413, "Body too large", f"send at most {MAX_BODY} bytes in one request")
        chunks.append(chunk)
    return b"".join(chunks)


def admit_all(body: bytes, content_type: str, account_key: bytes) -> list[Entry | Refused]:
    """An entry or a refusal for each submission in the body, in order. Raises BadRequest."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("application/x-ndjson", "application/jsonl"):
        lines = [line for line in body.split(b"\n") if line.strip()]
        _check_count(len(lines))
        return [_try_line(line, account_key) for line in lines]
    if kind == "application/json":
        values = _json(body)
        _check_count(len(values))
        return [_try_value(value, account_key) for value in values]
    raise BadRequest(415, "Unknown media type", "send application/json or application/x-ndjson")


def _json(body: bytes) -> list[Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, "Not JSON", f"the body is not JSON: {error.msg}") from None
    return value if isinstance(value, list) else [value]


def _check_count(count: int) -> None:
    if count == 0:
        raise BadRequest(400, "Nothing sent", "the body holds no item")
    if count > MAX_ITEMS:
        raise BadRequest(413, "Too many items", f"send at most {MAX_ITEMS} items in one request")


def _try_line(line: bytes, account_key: bytes) -> Entry | Refused:
    try:
        return admit(line, account_key)
    except Refused as refused:
        return refused


def _try_value(value: Any, account_key: bytes) -> Entry | Refused:
    try:
        return admit_value(value, account_key)
    except Refused as refused:
        return refused


def conflict(sent: bytes, known: bytes | None) -> Refused:
    """The refusal of a known id that comes with another body."""
    return Refused(
        [
            problem(
                "conflict",
                "id",
                sent=sent.hex()[:16],
                known="?" if known is None else known.hex()[:16],
            )
        ]
    )
