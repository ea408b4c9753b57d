"""Addresses of queues: what they ask for, and what they refuse."""

from datetime import UTC, datetime

import pytest

from workers.desk.asked import read_asked
from workers.ledger.queue_filters import Filters

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


def test_an_empty_address_asks_for_the_first_page_by_priority() -> None:
    asked = read_asked({}, NOW)
    assert (asked.filters, asked.order, asked.limit, asked.offset) == (Filters(), "priority", 50, 0)
    assert asked.query() == ""


def test_every_filter_is_read_and_stays_in_the_address() -> None:
    sent = {
        "place": "16.71",
        "topic": "ekonomi",
        "language": "jav",
        "act": "rumour",
        "state": "auto",
        "narrative": "n-1",
        "order": "reach",
    }
    asked = read_asked(sent, NOW)
    assert asked.filters == Filters("16.71", "ekonomi", "jav", "n-1", "rumour", "auto")
    assert read_asked(dict(pair.split("=") for pair in asked.query().split("&")), NOW) == asked
    assert set(asked.narrowed) == {*sent} - {"order"}


def test_days_are_those_of_west_indonesia_and_the_last_one_is_whole() -> None:
    filters = read_asked({"from": "2026-11-20", "until": "2026-11-21"}, NOW).filters
    assert filters.since_ms == ms(2026, 11, 19, 17)
    assert filters.until_ms == ms(2026, 11, 21, 17)


def test_the_later_of_two_beginnings_holds() -> None:
    assert read_asked({"within": "24h"}, NOW).filters.since_ms == ms(2026, 11, 22, 7)
    both = read_asked({"within": "24h", "from": "2026-11-20"}, NOW)
    assert both.filters.since_ms == ms(2026, 11, 22, 7)


def test_an_address_changes_and_what_is_empty_leaves_it() -> None:
    asked = read_asked({"order": "reach", "offset": "50", "place": ""}, NOW)
    assert asked.query(offset=None, order="growth") == "order=growth"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("order", "loudness"),
        ("act", "treason"),
        ("state", "angry"),
        ("within", "2h"),
        ("from", "kemarin"),
        ("until", "2026-13-01"),
        ("limit", "0"),
        ("limit", "201"),
        ("offset", "-1"),
        ("offset", "9" * 30),
        ("limit", "٣"),
    ],
)
def test_what_cannot_be_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        read_asked({field: value}, NOW)
