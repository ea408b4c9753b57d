"""Types of single fields that several payloads share, or that need more than a pattern."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    return text


def _written(value: object) -> object:
    """A date must be written out: pydantic would read a number as seconds, or as milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise PydanticCustomError("datetime_type", "is not an ISO 8601 date and time")


Probability = Annotated[float, Field(ge=0.0, le=1.0)]
NoNul = AfterValidator(_without_nul)
Text = Annotated[str, NoNul]
WrittenDatetime = Annotated[AwareDatetime, BeforeValidator(_written)]
