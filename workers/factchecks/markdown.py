"""Fact-checks as Markdown files with YAML front matter: the fields above, the clarification below.

Every value is read as the text that stands there: YAML's own guesses (`no` is false, 1:20 is 80)
would change the words of a publisher. So the loader builds nothing but texts, lists and mappings.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from workers.factchecks.entries import Broken, Entry, Found, read_text

FIELDS: Final = (
    *("id", "claim", "variants", "language", "verdict", "outcome", "subtype", "date"),
    *("publisher", "url", "sources"),
)
_FRONT: Final = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_SOURCE_KEYS: Final = frozenset({"title", "url"})


class _Loader(yaml.BaseLoader):
    """Texts, lists and mappings, where no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                name = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a key"
                problem = f"{name} stands twice or is no word"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_markdown(file: Path) -> Found:
    """The one fact-check of the file. Raises Broken, OSError."""
    given, text = read_front_matter(file, FIELDS)
    for name, value in given.items():
        _check(file.name, name, value)
    yield Entry(file.name, {**given, "clarification": text})


def read_front_matter(file: Path, names: Collection[str]) -> tuple[dict[str, Any], str]:
    """The fields of a Markdown file that are not empty, and the text below them.

    Raises Broken for a file of another form or a field that is not among `names`, OSError.
    """
    text = read_text(file).replace("\r\n", "\n").replace("\r", "\n")
    parts = _FRONT.match(text)
    if parts is None:
        remedy = "begin with a line ---, then the fields, then a line ---"
        raise Broken(f"{file.name}, line 1", "no front matter", remedy)
    fields = _front_matter(file.name, parts[1])
    if unknown := [name for name in fields if name not in names]:
        raise Broken(file.name, f"unknown field {unknown[0]!r}", f"fields are {', '.join(names)}")
    return {name: value for name, value in fields.items() if value != ""}, text[parts.end() :]


def _front_matter(name: str, front: str) -> Mapping[str, Any]:
    try:
        # The line --- is replaced by an empty one, so that line numbers are those of the file.
        fields = yaml.load("\n" + front, _Loader)  # noqa: S506 - builds texts, lists, mappings
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
        remedy = "put texts that hold : # or quote marks in quotes"
        raise Broken(f"{name}{line}", f"is no YAML ({error.problem})", remedy) from None
    except yaml.reader.ReaderError as error:
        line_number = front.count("\n", 0, max(0, error.position - 1)) + 2
        problem = "holds a control character"
        raise Broken(f"{name}, line {line_number}", problem, "remove it") from None
    except RecursionError:
        raise Broken(name, "is nested too deeply", "write plain fields") from None
    if not isinstance(fields, dict):
        raise Broken(f"{name}, line 2", "holds no fields", "write them as name: value")
    return fields


def _check(where: str, name: str, value: object) -> None:
    """Texts are texts, lists are lists: pydantic would say it in words of its own."""
    if name == "variants":
        if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise Broken(where, f"{name}: is no list of texts", "a line for each: - text")
    elif name == "sources":
        if not (isinstance(value, list) and all(_is_source(one) for one in value)):
            remedy = "for each a line - title: text and below it url: address"
            raise Broken(where, f"{name}: is no list of title and url", remedy)
    elif not isinstance(value, str):
        raise Broken(where, f"{name}: is no text", "write one text, in quotes")


def _is_source(one: object) -> bool:
    if not isinstance(one, dict) or set(one) != _SOURCE_KEYS:
        return False
    return all(isinstance(value, str) for value in one.values())
