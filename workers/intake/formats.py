"""Cutting a body into items: JSON, lines of JSON, and CloudEvents 1.0 in their three modes."""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson

from workers.intake.problems import BadRequest
from workers.problems import Problem, problem

MAX_ITEMS: Final = 1_000
"""Items of one request."""
MAX_VALUES: Final = 100 * MAX_ITEMS
"""JSON values of one request. Without it `[[],[],...` would cost 30 times its length in memory."""
SUBMISSION_TYPE: Final = "id.saring.submission.v1"
"""The type of a CloudEvent whose data is a submission."""

_BOM: Final = b"\xef\xbb\xbf"
_LINE: Final = re.compile(rb"[^ \t\r\n][^\n]*")
# A closing quote is optional, and the end as good as a sign: so that no text is searched twice.
_SIGN: Final = re.compile(rb'(?:[^"\[{,]++|"(?:[^"\\]++|\\.)*+"?)*+(?:[\[{,]|\Z)', re.DOTALL)
_PARAMETER: Final = re.compile(r';[ \t]*([^\s;="]+)=("(?:[^"\\]|\\.)*+"?|[^\s;"]*)')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"?')
_NAME: Final = re.compile(r"[a-z0-9]+")
_URI: Final = re.compile(r"[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_TEXTS: Final = ("datacontenttype", "dataschema", "subject", "time")
_REQUIRED: Final = ("specversion", "id", "source", "type")


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of a body: parsed, not validated; or what is wrong with it.

    `pointer` is the JSON Pointer to it in the body; a line counts as an element of an array.
    """

    value: Any
    pointer: str
    problem: Problem | None = None


class _Broken(Exception):
    """No CloudEvent: in which member, and a sentence about it."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, detail


def cut(body: bytes, content_type: str | None, headers: Mapping[str, str]) -> list[Piece]:
    """The items of a plain body, in the order sent: at least one, MAX_ITEMS at most.

    Raises BadRequest (unknown_media_type, nothing_sent, not_json, too_many_items, bad_event); its
    words quote nothing of the body.
    """
    cutter = _cutter(content_type)
    _check_body(body)
    attributes = {} if cutter in (_event, _batch) else _attributes(headers)
    if not attributes:
        return cutter(body)
    if cutter is not _items:
        raise BadRequest("bad_event", "with ce- headers the body is application/json")
    return [Piece(_json(body), "")]  # one event is one submission: an array is none


def _cutter(content_type: str | None) -> Callable[[bytes], list[Piece]]:
    if content_type is None:
        raise BadRequest("unknown_media_type", "there is no Content-Type")
    kind, charsets = _media_type(content_type)
    if kind not in _CUTTERS:
        raise BadRequest("unknown_media_type", f"send one of {', '.join(_CUTTERS)}")
    if charsets - {"utf-8"}:
        raise BadRequest("unknown_media_type", "the charset of JSON is utf-8")
    return _CUTTERS[kind]


def _media_type(value: str) -> tuple[str, set[str]]:
    """Type and subtype, and every charset that is named."""
    kind, semicolon, parameters = value.partition(";")
    found = _PARAMETER.findall(semicolon + parameters)
    charsets = {text.strip('"').lower() for name, text in found if name.lower() == "charset"}
    return kind.strip().lower(), charsets


def _check_body(body: bytes) -> None:
    if not body or body.isspace():
        raise BadRequest("nothing_sent", "the body is empty")
    if body.startswith(_BOM):
        raise BadRequest("not_json", "the body begins with a byte order mark: send it without")
    if _is_crowded(body, MAX_VALUES):
        raise BadRequest("too_many_items", f"the body holds more than {MAX_VALUES} JSON values")


def _is_crowded(text: bytes, limit: int) -> bool:
    """Whether there are more JSON values than `limit`: each but one follows one of `[{,`."""
    if sum(text.count(sign) for sign in (b"[", b"{", b",")) < limit:
        return False  # nearly always; signs in strings count here, below they do not
    return sum(1 for _ in islice(_SIGN.finditer(text), limit + 1)) > limit


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
        member, value = _data(_json(body))
    except _Broken as broken:
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
        member, value = _data(event)
    except _Broken as broken:
        return Piece(None, pointer, problem("not_an_event", broken.field))
    return Piece(value, f"{pointer}/{member}")


def _data(event: Any) -> tuple[str, Any]:
    """The member that holds the submission, and the submission. Raises _Broken."""
    if not isinstance(event, dict):
        raise _Broken("", "an event is an object")
    names = ("data", "data_base64")
    _check_attributes({name: value for name, value in event.items() if name not in names})
    held = [name for name in names if event.get(name) is not None]
    if len(held) != 1:
        raise _Broken("data", "an event has either data or data_base64")
    value = event[held[0]]
    return held[0], value if held == ["data"] else _decoded(value)


def _decoded(value: Any) -> Any:
    try:
        raw = b64decode(value, validate=True) if isinstance(value, str) else b""
        if not _is_crowded(raw, MAX_VALUES // MAX_ITEMS):
            return orjson.loads(raw)
    except ValueError:  # of base64 or of JSON
        pass
    raise _Broken("data_base64", "data_base64 is not the base64 of a submission as JSON")


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes of an event in binary mode, checked; none if there are no ce- headers."""
    found: dict[str, str] = {}
    for header, value in headers.items():
        name = header.lower().removeprefix("ce-")
        if name == header.lower():
            continue
        if name in found or name in ("data", "datacontenttype"):
            raise BadRequest("bad_event", "a ce- header came twice, or is for no attribute")
        found[name] = _unescaped(value)
    try:
        if found:
            _check_attributes(found)
    except _Broken as broken:
        raise BadRequest("bad_event", f"ce- headers: {broken.detail}") from None
    return found


def _unescaped(value: str) -> str:
    """HTTP binding 3.1.3.2: quoted strings first, then percent signs, once."""
    bare = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), value)
    try:
        return unquote_to_bytes(bare.encode("latin-1")).decode()
    except ValueError:
        raise BadRequest("bad_event", "a ce- header is not percent-encoded UTF-8") from None


def _check_attributes(attributes: Mapping[str, Any]) -> None:
    """What the specification demands of attributes, and the type. Raises _Broken."""
    known = {name: value for name, value in attributes.items() if value is not None}
    for name, value in known.items():
        _check_attribute(name, value)
    for name in _REQUIRED:
        if name not in known:
            raise _Broken(name, f"{name} is missing")
    if known["specversion"] != "1.0":
        raise _Broken("specversion", "specversion is not 1.0")
    if known["type"] != SUBMISSION_TYPE:
        raise _Broken("type", f"type is not {SUBMISSION_TYPE}")
    if not _URI.fullmatch(known["source"]):
        raise _Broken("source", "source is not a URI or a reference to one")
    kind, _ = _media_type(known.get("datacontenttype", "application/json"))
    if not kind.endswith(("/json", "+json")):
        raise _Broken("datacontenttype", "datacontenttype is not JSON")


def _check_attribute(name: str, value: Any) -> None:
    if not _NAME.fullmatch(name):
        raise _Broken(name, "the name of an attribute is not of a-z and 0-9 alone")
    if name in (*_REQUIRED, *_TEXTS):
        if not isinstance(value, str) or not value:
            raise _Broken(name, f"{name} is not a string, or is empty")
    elif not isinstance(value, str | int) or (
        isinstance(value, int) and not -(2**31) <= value < 2**31
    ):
        raise _Broken(name, "an attribute is neither string nor boolean nor integer of 32 bits")


_CUTTERS: Final[dict[str, Callable[[bytes], list[Piece]]]] = {
    "application/json": _items,
    "application/x-ndjson": _lines,
    "application/jsonl": _lines,
    "application/cloudevents+json": _event,
    "application/cloudevents-batch+json": _batch,
}
