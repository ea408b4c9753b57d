"""Days as the offices of western Indonesia know them (WIB, UTC+7, no summer time)."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7), "WIB")
_DAY_MS: Final = 86_400_000
_OFFSET_MS: Final = 7 * 3_600_000
_FIRST: Final = date(1970, 1, 1)


def day_of(milliseconds: int) -> date:
    """The day in WIB on which a time lies."""
    return _FIRST + timedelta(days=(milliseconds + _OFFSET_MS) // _DAY_MS)


def start_of(day: date) -> int:
    """The millisecond at which a day begins in WIB."""
    return (day - _FIRST).days * _DAY_MS - _OFFSET_MS


def days_between(since_ms: int, until_ms: int) -> tuple[date, ...]:
    """Every day that has a part in [since, until), in order."""
    if until_ms <= since_ms:
        return ()
    first, last = day_of(since_ms), day_of(until_ms - 1)
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def yesterday_at_six(now_ms: int) -> int:
    """06:00 WIB of the day before `now`: where a morning's digest begins."""
    yesterday = day_of(now_ms) - timedelta(days=1)
    return int(datetime.combine(yesterday, time(6), WIB).astimezone(UTC).timestamp() * 1000)
