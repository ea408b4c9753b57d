"""Published fact-checks, and the library of those in force.

Only a check whose outcome is `refuted` may ever lead to `false_claim` (DESIGN section 1): one that
is `confirmed` or `unproven` is shown to a person, and decides nothing.
"""

import datetime
import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Final, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tasks.models import Frozen
from tasks.words import Outcome, Subtype

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
SUBTYPES: Final[tuple[Subtype, ...]] = get_args(Subtype)

_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def one_line(text: str) -> str:
    """The text without line breaks and control characters, single blanks between words."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def paragraphs(text: str) -> str:
    """The text without control characters but line breaks, and with nothing around it."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _address(url: str) -> str:
    try:
        good = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
    except ValueError:
        good = False
    if not good or one_line(url) != url or " " in url:
        raise ValueError("is no web address: write it whole, as in https://cekfakta.example/1")
    return url


def _code(language: str) -> str:
    if not re.fullmatch("[a-z]{3}", language):
        raise ValueError("is no ISO 639-3 code: three small letters, such as ind, jav or eng")
    return language


def _written(value: object) -> object:
    """A date must be written out: pydantic would read a number as seconds since 1970."""
    if isinstance(value, datetime.date) or (isinstance(value, str) and _DATE.fullmatch(value)):
        return value
    raise ValueError("is no date: write year, month and day, as in 2026-03-14")


Sentence = Annotated[str, Field(max_length=2_000), AfterValidator(one_line), Field(min_length=1)]
Name = Annotated[str, Field(max_length=300), AfterValidator(one_line), Field(min_length=1)]
Address = Annotated[str, Field(max_length=2_000), AfterValidator(_address)]


class Source(Frozen):
    """What a fact-check rests on."""

    title: Name
    url: Address


class FactCheck(Frozen):
    """One published fact-check: the claim, what its publisher found, and the clarification.

    `verdict` is in the publisher's own words, `outcome` what they mean to saring. Only `refuted`
    may ever lead to `false_claim`. Who made the claim has no place here.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/~-]{0,199}$")]
    claim: Sentence
    variants: Annotated[tuple[Sentence, ...], Field(max_length=50)] = ()
    language: Annotated[str, AfterValidator(_code)]
    verdict: Name
    outcome: Outcome
    subtype: Subtype | None = None
    date: Annotated[datetime.date, BeforeValidator(_written)]
    publisher: Name
    url: Address
    sources: Annotated[tuple[Source, ...], Field(max_length=50)] = ()
    clarification: Annotated[str, Field(max_length=20_000), AfterValidator(paragraphs)] = ""

    @model_validator(mode="after")
    def _only_what_is_refuted_has_a_subtype(self) -> Self:
        if self.subtype is not None and self.outcome != "refuted":
            raise ValueError(f"subtype: a claim that is {self.outcome} has none: leave it out")
        return self


class Library(Frozen):
    """The fact-checks in force, sorted by id. The version changes whenever they do."""

    version: str
    checks: tuple[FactCheck, ...] = ()

    @classmethod
    def of(cls, checks: Iterable[FactCheck]) -> Self:
        """The library of these, in any order. Raises ValueError if two share an id."""
        by_id: dict[str, FactCheck] = {}
        for one in checks:
            if by_id.setdefault(one.id, one) is not one:
                raise ValueError(f"two fact-checks have the id {one.id}")
        ordered = tuple(by_id[name] for name in sorted(by_id))
        digest = hashlib.sha256()
        for one in ordered:
            digest.update(one.model_dump_json().encode() + b"\n")
        return cls(version=digest.hexdigest()[:12], checks=ordered)
