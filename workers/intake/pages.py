"""The pages for people: /docs, made from the OpenAPI document, and the problems.

They need no JavaScript and load nothing, so they work where there is no network but this one.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import Environment, FileSystemLoader

from workers.intake.catalogue import HEADINGS, INTRODUCTIONS, catalogue
from workers.intake.examples import SETUP
from workers.intake.openapi import openapi

_TEMPLATES: Final = Path(__file__).with_name("templates")
_CSS: Final = (_TEMPLATES / "style.css").read_text()
_HASH: Final = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""To be sent with each page: a browser then loads nothing and runs nothing."""


@cache
def docs_page() -> bytes:
    """The whole API on one page."""
    document = openapi()
    operations = [
        {**operation, "method": method.upper(), "path": path}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return _render(
        "docs.html",
        operations=operations,
        schemas=document["components"]["schemas"],
        problems=catalogue(),
        setup=SETUP,
    )


@cache
def problems_page() -> bytes:
    """All types of problems."""
    return _render("problems.html", problems=catalogue())


def problem_page(word: str) -> bytes | None:
    """The page of one type; None when there is no such type."""
    return _problem_pages().get(word)


@cache
def _problem_pages() -> dict[str, bytes]:
    # All at once: whatever people ask for, there is nothing to keep but these.
    known = catalogue()
    return {
        word: _render(
            "problem.html", word=word, problems=[one for one in known if one.word == word]
        )
        for word in {one.word for one in known}
    }


def _render(template: str, **values: Any) -> bytes:
    return _templates().get_template(template).render(**values).encode()


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(shown=_shown, rules=_rules)
    made.globals.update(
        document=openapi(), css=_CSS, headings=HEADINGS, introductions=INTRODUCTIONS
    )
    return made


def _shown(value: Any) -> str:
    """An example as it is sent: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value.rstrip("\n")
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _rules(schema: dict[str, Any]) -> str:
    """What a value must hold to, in words; empty when there is nothing to say."""
    shown = [name for name in _WORDS if schema.get(name)]
    if "format" in shown and "pattern" in shown:
        shown.remove("pattern")  # the format says the same, and can be read
    found = [_WORDS[name].format(schema[name]) for name in shown]
    if "enum" in schema:
        found.append("one of " + ", ".join(f"`{one}`" for one in schema["enum"]))
    return "; ".join(found)


_WORDS: Final = {
    "const": "always `{}`",
    "format": "format `{}`",
    "pattern": "pattern `{}`",
    "minLength": "length at least {:,}",
    "maxLength": "length at most {:,}",
    "minItems": "at least {:,} of them",
    "maxItems": "at most {:,} of them",
    "minimum": "at least {}",
    "maximum": "at most {}",
}
