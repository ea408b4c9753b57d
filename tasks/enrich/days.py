"""Days that a text names from where it stands: "besok", "Senin (12/3)", "bulan lalu"."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Final

from tasks.enrich.dates import iso

WESTERN: Final = timezone(timedelta(hours=7))
"""The clock by which a post's "hari ini" is read: western Indonesian time (WIB)."""

_APOSTROPHE: Final = re.compile("['\u2019]")
_YEARS: Final = range(1990, 2100)

_AWAY: Final[Mapping[str, int]] = {
    "malam ini": 0,
    "pagi ini": 0,
    "siang ini": 0,
    "sore ini": 0,
    "tadi pagi": 0,
    "tadi siang": 0,
    "tadi sore": 0,
    "nanti malam": 0,
    "besok": 1,
    "lusa": 2,
    "kemarin": -1,
    "tadi malam": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "yesterday": -1,
}
_UNITS: Final[Mapping[str, Callable[[date, int], str]]] = {
    "hari": lambda day, away: str(day + timedelta(away)),
    "minggu": lambda day, away: f"{day + timedelta(7 * away):%G-W%V}",
    "pekan": lambda day, away: f"{day + timedelta(7 * away):%G-W%V}",
    "bulan": lambda day, away: _month(12 * day.year + day.month - 1 + away),
    "tahun": lambda day, away: f"{day.year + away}",
}
"""The day, week, month or year that lies so many of them away."""
_TOWARDS: Final[Mapping[str, int]] = {"ini": 0, "depan": 1, "lagi": 1, "lalu": -1}
_RELATIVE: Final = re.compile(
    rf"(?P<name>{'|'.join(_AWAY)})(?: (?:pagi|siang|sore|malam))?(?!\w)", re.IGNORECASE
)
_SPAN: Final = re.compile(
    r"(?:(?P<count>\d{1,2}) )?(?P<unit>hari|minggu|pekan|bulan|tahun) (?:yang |yg )?"
    r"(?P<towards>ini|depan|lagi|lalu)(?!\w)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"(?:\d|beberapa|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|puluh|belas) \Z",
    re.IGNORECASE,
)
"""Before a span it says how many, in words that are not read: "dua tahun lalu"."""
_LONGEST_COUNT: Final = 9
# "Minggu" is Sunday and also a week.
_WEEKDAY: Final = re.compile(
    r"(?:hari )?(?P<name>senin|selasa|rabu|kamis|jum['\u2019]?at|sabtu|(?<=hari )minggu"
    r"|minggu(?= ?\(\d))(?!\w)"
    r"(?: ?\((?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>(?:19|20)\d\d))?\))?",
    re.IGNORECASE,
)
BEGINS: Final = frozenset(
    [name.split()[0] for name in (*_AWAY, *_UNITS)]
    + ["senin", "selasa", "rabu", "kamis", "jumat", "jum", "sabtu"]
)
"""Words, in lower case, at which a day may begin."""


def day_at(
    text: str, start: int, word: str, published_at: datetime | None
) -> tuple[int, str] | None:
    """The day or span that begins at `start` with `word` (lower case): its end and its name.

    The name is a date where the text gives one, or `published_at` makes it one; else the words
    as they stand. A weekday alone stays a word: it may be behind or ahead.
    """
    if word not in BEGINS and not word.isdecimal():
        return None
    today = _today(published_at)
    if (match := _WEEKDAY.match(text, start)) is not None:
        return match.end(), _dated(match) or _APOSTROPHE.sub("", match["name"].lower())
    if (match := _RELATIVE.match(text, start)) is not None:
        name = match["name"].lower()
        return match.end(), str(today + timedelta(_AWAY[name])) if today else name
    match = _SPAN.match(text, start)
    return (match.end(), _span(match, today)) if match else None


def _today(published_at: datetime | None) -> date | None:
    # A clock that is far off tells nothing, and the calendar ends with the year 9999.
    if published_at is None or published_at.year not in _YEARS:
        return None
    return published_at.astimezone(WESTERN).date()


def _dated(weekday: re.Match[str]) -> str | None:
    day, month, year = weekday.group("day", "month", "year")
    return iso(int(day), int(month), int(year) if year else None) if day else None


def _span(match: re.Match[str], today: date | None) -> str:
    count, unit, towards = (said.lower() for said in match.groups("1"))
    counted = _COUNTED.search(match.string, max(match.start() - _LONGEST_COUNT, 0), match.start())
    if today is None or counted:
        return match[0].lower()
    return _UNITS[unit](today, _TOWARDS[towards] * int(count))


def _month(months: int) -> str:
    """The month that begins so many months after the year 0."""
    return f"{months // 12:04}-{months % 12 + 1:02}"
