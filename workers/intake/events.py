"""CloudEvents 1.0: the submission that an event holds, and whether it is an event at all."""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson

from workers.intake.problems import BadRequest
from workers.intake.reading import MAX_ITEMS, MAX_VALUES, is_crowded, media_type

SUBMISSION_TYPE: Final = "id.saring.submission.v1"
"""The type of a CloudEvent whose data is a submission."""

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"?')
_NAME: Final = re.compile(r"[a-z0-9]+")
_URI: Final = re.compile(r"[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_TEXTS: Final = ("datacontenttype", "dataschema", "subject", "time")
_REQUIRED: Final = ("specversion", "id", "source", "type")


class Broken(Exception):
    """No CloudEvent: in which member, and a sentence about it."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, detail


def data_of(event: Any) -> tuple[str, Any]:
    """The member that holds the submission, and the submission. Raises Broken."""
    if not isinstance(event, dict):
        raise Broken("", "an event is an object")
    names = ("data", "data_base64")
    _check_attributes({name: value for name, value in event.items() if name not in names})
    held = [name for name in names if event.get(name) is not None]
    if len(held) != 1:
        raise Broken("data", "an event has either data or data_base64")
    value = event[held[0]]
    return held[0], value if held == ["data"] else _decoded(value)


def _decoded(value: Any) -> Any:
    try:
        raw = b64decode(value, validate=True) if isinstance(value, str) else b""
        if not is_crowded(raw, MAX_VALUES // MAX_ITEMS):
            return orjson.loads(raw)
    except ValueError:  # of base64 or of JSON
        pass
    raise Broken("data_base64", "data_base64 is not the base64 of a submission as JSON")


def attributes_of(headers: Mapping[str, str]) -> dict[str, str]:
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
    except Broken as broken:
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
    """What the specification demands of attributes, and the type. Raises Broken."""
    known = {name: value for name, value in attributes.items() if value is not None}
    for name, value in known.items():
        _check_attribute(name, value)
    for name in _REQUIRED:
        if name not in known:
            raise Broken(name, f"{name} is missing")
    if known["specversion"] != "1.0":
        raise Broken("specversion", "specversion is not 1.0")
    if known["type"] != SUBMISSION_TYPE:
        raise Broken("type", f"type is not {SUBMISSION_TYPE}")
    if not _URI.fullmatch(known["source"]):
        raise Broken("source", "source is not a URI or a reference to one")
    kind, _ = media_type(known.get("datacontenttype", "application/json"))
    if not kind.endswith(("/json", "+json")):
        raise Broken("datacontenttype", "datacontenttype is not JSON")


def _check_attribute(name: str, value: Any) -> None:
    if not _NAME.fullmatch(name):
        raise Broken(name, "the name of an attribute is not of a-z and 0-9 alone")
    if name in (*_REQUIRED, *_TEXTS):
        if not isinstance(value, str) or not value:
            raise Broken(name, f"{name} is not a string, or is empty")
    elif not isinstance(value, str | int) or (
        isinstance(value, int) and not -(2**31) <= value < 2**31
    ):
        raise Broken(name, "an attribute is neither string nor boolean nor integer of 32 bits")
