"""The dated table of legal thresholds: which law a danger may fall under, and since when.

It is a file that a legal officer edits; the program only dates it. What holds on a day has a
version, made of what the rows say, so that a change of law by a new row, by an edit or by the
date alone is one: what was judged under another version is judged again.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tasks.words import DangerAct

DEFAULT: Final = Path(__file__).parent / "assets" / "thresholds" / "indonesia.toml"
_Said = Annotated[str, Field(min_length=1)]


class Threshold(BaseModel):
    """One row: what a law asks for before an act is an offence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    act: DangerAct
    law: _Said
    article: str = ""
    """Empty: to be filled in by the legal officer. Such a row supports no referral."""
    element: _Said
    """What must be proven, in words."""
    note: str = ""
    since: date
    until: date | None = None
    """The first day on which it holds no more."""
    source: Annotated[str, Field(pattern=r"^https?://")]
    checked_by: str = ""
    """Who compared it with the law in force; empty: nobody yet."""
    checked_on: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Threshold":
        if self.until is not None and self.until <= self.since:
            raise ValueError("until: must be after since")
        if bool(self.checked_by) != (self.checked_on is not None):
            raise ValueError("checked_by and checked_on: give both or neither")
        return self

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= on and (self.until is None or on < self.until)


class Thresholds(BaseModel):
    """The whole table, past and future rows too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: _Said
    thresholds: tuple[Threshold, ...]

    @model_validator(mode="after")
    def _named_once(self) -> "Thresholds":
        names = [one.id for one in self.thresholds]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"id: {', '.join(twice)}: is there twice")
        return self

    def in_force(self, on: date) -> "InForce":
        """What holds on a day."""
        return InForce(self.title, on, tuple(one for one in self.thresholds if one.holds(on)))


@dataclass(frozen=True, slots=True)
class InForce:
    """The rows that hold on a day."""

    title: str
    on: date
    rows: tuple[Threshold, ...]

    @property
    def version(self) -> str:
        """SHA-256 of what the rows say, whoever checked them, in 16 digits; their order is none."""
        said = sorted(
            one.model_dump_json(exclude={"checked_by", "checked_on"}) for one in self.rows
        )
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def of(self, act: DangerAct) -> tuple[Threshold, ...]:
        """The rows about an act."""
        return tuple(one for one in self.rows if one.act == act)


def read_thresholds(path: Path) -> Thresholds:
    """The table in a file. Raises ValueError naming the file, row and field; OSError."""
    try:
        return Thresholds.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "table"
        raise ValueError(f"{path.name}: {where}: {first['msg']}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: is no TOML: {error}") from None
