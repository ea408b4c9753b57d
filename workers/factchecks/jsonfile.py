"""A JSON file, and what its values may be: the web's JSON-LD is loosely written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from workers.factchecks.entries import Broken, read_text

Thing = Mapping[str, Any]


def read_json(file: Path) -> Any:
    """The value in the file. Raises Broken that names the line, OSError."""
    try:
        return orjson.loads(read_text(file))
    except orjson.JSONDecodeError as error:
        where = f"{file.name}, line {error.lineno}"
        problem = f"is no JSON ({error.msg.lower()})"
        raise Broken(where, problem, "export the file again, or mend that line") from None


def each(value: object) -> Iterator[object]:
    """The members of a list, or the value alone; nothing of null."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def is_a(value: object, kind: str) -> bool:
    """Whether it is an object of that schema.org type."""
    if not isinstance(value, dict):
        return False
    types = [one for one in each(value.get("@type")) if isinstance(one, str)]
    return any(one.rpartition("/")[2].rpartition(":")[2] == kind for one in types)


def text_of(value: object, *names: str) -> str:
    """The first text: the value itself, in a list, or under one of `names`; "" without one."""
    for one in each(value):
        if isinstance(one, str) and one.strip():
            return one.strip()
        if isinstance(one, dict):
            for name in names:
                if found := text_of(one.get(name)):
                    return found
    return ""
