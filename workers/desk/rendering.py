"""Templates and the texts in them, in Indonesian and English."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.days import WIB
from tasks.masking.placeholders import hides
from tasks.words import LANGUAGES, ReaderLanguage
from workers import labels
from workers.desk.amounts import amount
from workers.labels import Said

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"

_MONTHS: Final[dict[ReaderLanguage, str]] = {
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


_NAMES: Final[Mapping[str, Mapping[Any, Said]]] = {
    "act": labels.ACTS,
    "state": labels.STATES,
    "target": labels.TARGETS,
    "language": labels.LANGUAGES,
}


class Rendering:
    """Makes HTML of the templates. Raises jinja2.UndefinedError for a value that is missing."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._environment.globals["static"] = static
        self._environment.globals["hides"] = hides
        self._environment.globals["now_ms"] = lambda: int(datetime.now(UTC).timestamp() * 1000)

    def render(self, template: str, language: ReaderLanguage, **values: Any) -> str:
        """The template with `values`; in it `t(name, ...)` is `text` in that language, `when(ms)`
        a time for people, `day(ms)` its day, `ago(ms)` how long ago it was, and
        `name("act", "other")` the `name`."""
        return self._environment.get_template(template).render(
            values,
            language=language,
            t=lambda name, **filled: self.text(name, language, **filled),
            when=lambda ms: when(ms, language),
            name=lambda of, value: name(of, value, language),
            day=lambda ms: day(ms, language),
            date=lambda one: date_of(one, language),
            amount=lambda value, digits=0: amount(value, language, digits),
            ago=lambda ms: ago(ms, int(datetime.now(UTC).timestamp() * 1000), language),
        )

    def text(self, name: str, language: ReaderLanguage, **values: Any) -> str:
        """The text `name`, filled with `values`. Raises KeyError if there is none."""
        return texts()[name][language].format(**values)

    def when(self, milliseconds: int, language: ReaderLanguage) -> str:
        """A time in West Indonesia, as in "23 Nov 2026 14.05 WIB"."""
        return when(milliseconds, language)


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Every text by its name: `<file>.<key>` of workers/desk/words/*.toml, in each language.

    Raises ValueError for one that lacks a language.
    """
    found = {}
    for path in sorted((_HERE / "words").glob("*.toml")):
        for key, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if set(said) != set(LANGUAGES):
                raise ValueError(f"{path.name}: {key}: needs {' and '.join(LANGUAGES)}")
            found[f"{path.stem}.{key}"] = said
    return found


@cache
def static(name: str) -> str:
    """The address of a file in static/; it changes with the file, so browsers may keep it."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def name(of: str, value: str, language: ReaderLanguage) -> str:
    """What people call an act, a state, a target or a language; itself if they have no word."""
    said = _NAMES[of].get(value)
    return value if said is None else said[language]


def styles(*names: str) -> str:
    """Style sheets of static/ as one text, for a page that stands alone."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


def when(milliseconds: int, language: ReaderLanguage) -> str:
    """A time in West Indonesia, as in "23 Nov 2026 14.05 WIB"."""
    time = datetime.fromtimestamp(milliseconds / 1000, WIB)
    return f"{date_of(time, language)} {time:%H.%M} WIB"


def day(milliseconds: int, language: ReaderLanguage) -> str:
    """A day in West Indonesia, as in "23 Nov 2026"."""
    return date_of(datetime.fromtimestamp(milliseconds / 1000, WIB), language)


def date_of(one: date, language: ReaderLanguage) -> str:
    """A date, as in "23 Nov 2026"."""
    return f"{one.day} {_MONTHS[language].split()[one.month - 1]} {one.year}"


def ago(milliseconds: int, now: int, language: ReaderLanguage) -> str:
    """How long ago, in its largest unit, as in "3 jam"."""
    minutes = max(0, now - milliseconds) // 60_000
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= size:
            number = minutes // size
            return texts()[f"base.{unit}s" if number > 1 else f"base.{unit}"][language].format(
                n=number
            )
    if minutes < 1:
        return texts()["base.now"][language]
    return texts()["base.minutes" if minutes > 1 else "base.minute"][language].format(n=minutes)
