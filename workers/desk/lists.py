"""Two lists that the operator edits: the institution's own sites, and channels for complaints.

Each is a TOML file with its version. They are read at each visit, so a change shows at once.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks.words import ReaderLanguage

_HERE: Final = Path(__file__).parent
OFFICIAL: Final = _HERE / "official.toml"
CHANNELS: Final = _HERE / "channels.toml"
"""What is read where no file of the operator's own is named."""


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Official(_Listed):
    """Sites of the institution's own: `host` or `host/path`; never an account."""

    version: str
    sites: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}(/\S*)?$")], ...] = ()


class Channel(_Listed):
    """A public channel to which anybody may report. `checked`: when a person last checked it."""

    name: str
    purpose: dict[ReaderLanguage, str]
    address: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    phone: str | None = None
    checked: date | None = None


class Channels(_Listed):
    """The channels, in the order in which they are shown."""

    version: str
    channel: tuple[Channel, ...]


_List = TypeVar("_List", bound=_Listed)


def official(file: Path | None) -> Official:
    """The institution's own sites. Raises ValueError that names file, field and problem."""
    return _read(OFFICIAL if file is None else file, Official)


def channels(file: Path | None) -> Channels:
    """The channels for complaints. Raises ValueError that names file, field and problem."""
    return _read(CHANNELS if file is None else file, Channels)


def _read(file: Path, model: type[_List]) -> _List:
    try:
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{file.name}: {where}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file.name}: cannot be read ({error})") from None
