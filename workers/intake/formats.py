"""Cutting a body into items: JSON, lines of JSON, and CloudEvents 1.0 in their three modes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from workers.intake.events import Broken, attributes_of, data_of
from workers.intake.problems import BadRequest
from workers.intake.reading import MAX_ITEMS, MAX_VALUES, is_crowded, media_type
from workers.problems import Problem, problem

_BOM: Final = b"\xef\xbb\xbf"
_LINE: Final = re.compile(rb"[^ \t\r\n][^\n]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of a body: parsed, not validated; or what is wrong with it.

    `pointer` is the JSON Pointer to it in the body; a line counts as an element of an array.
    """

    value: Any
    pointer: str
    problem: Problem | None = None


def cut(body: bytes, content_type: str | None, headers: Mapping[str, str]) -> list[Piece]:
    """The items of a plain body, in the order sent: at least one, MAX_ITEMS at most.

    Raises BadRequest (unknown_media_type, nothing_sent, not_json, too_many_items, bad_event); its
    words quote nothing of the body.
    """
    cutter = _cutter(content_type)
    _check_body(body)
    attributes = {} if cutter in (_event, _batch) else attributes_of(headers)
    if not attributes:
        return cutter(body)
    if cutter is not _items:
        raise BadRequest("bad_event", "with ce- headers the body is application/json")
    return [Piece(_json(body), "")]  # one event is one submission: an array is none


def _cutter(content_type: str | None) -> Callable[[bytes], list[Piece]]:
    if content_type is None:
        raise BadRequest("unknown_media_type", "there is no Content-Type")
    kind, charsets = media_type(content_type)
    if kind not in _CUTTERS:
        raise BadRequest("unknown_media_type", f"send one of {', '.join(_CUTTERS)}")
    if charsets - {"utf-8"}:
        raise BadRequest("unknown_media_type", "the charset of JSON is utf-8")
    return _CUTTERS[kind]


def _check_body(body: bytes) -> None:
    if not body or body.isspace():
        raise BadRequest("nothing_sent", "the body is empty")
    if body.startswith(_BOM):
        raise BadRequest("not_json", "the body begins with a byte order mark: send it without")
    if is_crowded(body, MAX_VALUES):
        raise BadRequest("too_many_items", f"the body holds more than {MAX_VALUES} JSON values")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest("not_json", f"the body is not JSON: {error}") from None


def _check_count(count: int) -> None:
    if count == 0:
        raise BadRequest("nothing_sent", "the body holds no item")
    if count > MAX_ITEMS:
        raise BadRequest("too_many_items", f"send at most {MAX_ITEMS} items in one request")


def _items(body: bytes) -> list[Piece]:
    value = _json(body)
    if not isinstance(value, list):
        return [Piece(value, "")]
    _check_count(len(value))
    return [Piece(one, f"/{index}") for index, one in enumerate(value)]


def _lines(body: bytes) -> list[Piece]:
    lines = list(islice(_LINE.finditer(body), MAX_ITEMS + 1))
    _check_count(len(lines))
    return [_line(line.group(), f"/{index}") for index, line in enumerate(lines)]


def _line(line: bytes, pointer: str) -> Piece:
    try:
        return Piece(orjson.loads(line), pointer)
    except orjson.JSONDecodeError:
        return Piece(None, pointer, problem("not_json", ""))


def _event(body: bytes) -> list[Piece]:
    try:
        member, value = data_of(_json(body))
    except Broken as broken:
        raise BadRequest("bad_event", broken.detail) from None
    return [Piece(value, f"/{member}")]


def _batch(body: bytes) -> list[Piece]:
    events = _json(body)
    if not isinstance(events, list):
        raise BadRequest("bad_event", "a batch is an array of events")
    _check_count(len(events))
    return [_one_of_batch(event, f"/{index}") for index, event in enumerate(events)]


def _one_of_batch(event: Any, pointer: str) -> Piece:
    try:
        member, value = data_of(event)
    except Broken as broken:
        return Piece(None, pointer, problem("not_an_event", broken.field))
    return Piece(value, f"{pointer}/{member}")


_CUTTERS: Final[dict[str, Callable[[bytes], list[Piece]]]] = {
    "application/json": _items,
    "application/x-ndjson": _lines,
    "application/jsonl": _lines,
    "application/cloudevents+json": _event,
    "application/cloudevents-batch+json": _batch,
}
