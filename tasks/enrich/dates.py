"""Dates as a text writes them, by name `2026-03-12`, `--03-12` (no year), `2026-03` or `2026`."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

_FULL: Final[Mapping[str, int]] = {
    "januari": 1,
    "january": 1,
    "februari": 2,
    "pebruari": 2,
    "february": 2,
    "maret": 3,
    "march": 3,
    "april": 4,
    "mei": 5,
    "juni": 6,
    "june": 6,
    "juli": 7,
    "july": 7,
    "agustus": 8,
    "august": 8,
    "september": 9,
    "oktober": 10,
    "october": 10,
    "november": 11,
    "nopember": 11,
    "desember": 12,
    "december": 12,
}
_SHORT: Final[Mapping[str, int]] = {
    short: month
    for month, shorts in enumerate(
        "jan feb mar apr mei jun jul agu/ags/agt/agst/aug sep/sept okt/oct nov/nop des/dec".split(),  # noqa: SIM905 - reads better
        start=1,
    )
    for short in shorts.split("/")
}
_MONTHS: Final = {**_SHORT, **_FULL}
_FULL_NAME: Final = "|".join(_FULL)
BEGINS: Final = frozenset(("tahun", *_FULL))
"""Words, in lower case, at which a date without a day may begin."""
_ANY_NAME: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_LEAP_YEAR: Final = 2000
"""In which every day that a year can have exists."""

# "3 mar" may be anything: a short name of a month needs a year behind it.
_WRITTEN: Final = tuple(
    re.compile(rf"{pattern}(?![\w/-])", re.IGNORECASE)
    for pattern in (
        r"(?P<day>\d{1,2})(?: ?(?:-|\u2013|sampai|hingga|s/d) ?(?P<until>\d{1,2}))?[ -]"
        rf"(?:(?P<month>{_ANY_NAME})\.?,?[ -]{_YEAR}|(?P<alone>{_FULL_NAME}))",
        rf"(?P<day>\d{{1,2}})(?P<sign>[/.-])(?P<month>\d{{1,2}})(?P=sign){_YEAR}",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d\d)",
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)",
    )
)
_MONTH: Final = re.compile(rf"(?:(?P<month>{_FULL_NAME})|tahun) {_YEAR}(?!\w)", re.IGNORECASE)


def date_at(text: str, start: int, word: str) -> tuple[int, str] | None:
    """The date that begins at `start` with `word` (lower case): its end and its ISO name.

    A range is named by both ends: `2026-03-12/2026-03-14`. A day that no calendar has is none.
    """
    if word in BEGINS:
        return _month(_MONTH.match(text, start))
    if not word[0].isdecimal():
        return None
    found = filter(None, (pattern.match(text, start) for pattern in _WRITTEN))
    return next(filter(None, map(_day, found)), None)


def iso(day: int, month: int, year: int | None) -> str | None:
    """The day as `2026-03-12`, or `--03-12` without a year; None if no calendar has it."""
    try:
        date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError:
        return None
    return f"{'-' if year is None else f'{year:04}'}-{month:02}-{day:02}"


def _month(match: re.Match[str] | None) -> tuple[int, str] | None:
    if match is None:
        return None
    name = match["month"]
    return match.end(), match["year"] + (f"-{_FULL[name.lower()]:02}" if name else "")


def _day(match: re.Match[str]) -> tuple[int, str] | None:
    said = match.groupdict()
    name = (said.get("alone") or said["month"]).lower()
    month = _MONTHS[name] if name in _MONTHS else int(name)
    days = [int(day) for day in (said["day"], said.get("until")) if day]
    named = [iso(day, month, _year(said["year"])) for day in days]
    return (match.end(), "/".join(filter(None, named))) if all(named) else None


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) if len(written) > 2 else _LEAP_YEAR + int(written)
