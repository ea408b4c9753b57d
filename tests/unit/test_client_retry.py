"""Whether a push is tried again, as a table; and laws for whatever a server may send."""

import math

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.client.retry import LONGEST_SECONDS, Outcome, pause

DATE = "Sun, 22 Nov 2026 08:00:00 GMT"


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={k.replace("_", "-"): v for k, v in headers.items()})


TABLE: list[tuple[int, Outcome, float, float | None]] = [
    # An answer that settles it, or that another try would not change.
    *((0, answer(status), 0.5, None) for status in (200, 202, 301, 400, 401, 403, 404)),
    *((0, answer(status), 0.5, None) for status in (405, 413, 415, 422, 500, 501)),
    (0, answer(422, retry_after="5"), 0.5, None),
    (0, httpx.UnsupportedProtocol("x"), 0.5, None),
    (0, httpx.LocalProtocolError("x"), 0.5, None),
    # Full jitter: from nothing to a bound that doubles up to 10 s.
    *((0, answer(status), 0.5, 0.1) for status in (408, 429, 502, 503, 504)),
    (0, answer(503), 0.0, 0.0),
    (0, answer(503), 1.0, 0.2),
    (3, answer(503), 1.0, 1.6),
    (6, answer(503), 1.0, 10.0),
    (10_000, answer(503), 0.5, 5.0),
    (2, httpx.ConnectError("x"), 1.0, 0.8),
    (0, httpx.ReadTimeout("x"), 1.0, 0.2),
    (0, httpx.RemoteProtocolError("x"), 1.0, 0.2),
    (0, httpx.DecodingError("x"), 1.0, 0.2),
    # Retry-After: never less than it asks for.
    (0, answer(429, retry_after="7"), 0.5, 7.1),
    (9, answer(429, retry_after="7"), 1.0, 17.0),
    (0, answer(429, retry_after="0"), 0.5, 0.1),
    (0, answer(503, retry_after="Sun, 22 Nov 2026 08:00:30 GMT", date=DATE), 0.5, 30.1),
    (0, answer(503, retry_after="Sun, 22 Nov 2026 07:00:00 GMT", date=DATE), 0.5, 0.1),
    (0, answer(503, retry_after="Sun, 22 Nov 2026 08:00:30 GMT"), 0.5, 0.1),
    (0, answer(503, retry_after="soon", date=DATE), 0.5, 0.1),
    (0, answer(503, retry_after="-5"), 0.5, 0.1),
    (0, answer(503, retry_after="9" * 5000), 0.5, math.inf),
]


@pytest.mark.parametrize(("attempt", "outcome", "chance", "expected"), TABLE)
def test_the_table(attempt: int, outcome: Outcome, chance: float, expected: float | None) -> None:
    assert pause(attempt, outcome, chance) == (
        None if expected is None else pytest.approx(expected)
    )


_WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
_DATE = r"\ASun, [0-9]{1,3} Nov [0-9]{1,5} [0-9]{1,2}:[0-9]{2}:[0-9]{2} ([+-][0-9]{4}|GMT)\Z"
_HEADER = _WORDS | st.from_regex(_DATE)


@given(st.integers(0, 10**6), st.floats(0, 1), _HEADER, _HEADER)
def test_whatever_a_server_sends_there_is_a_pause(
    attempt: int, chance: float, after: str, date: str
) -> None:
    sent = [(b"retry-after", after.encode("latin-1")), (b"date", date.encode("latin-1"))]
    response = httpx.Response(429, headers=sent)
    found = pause(attempt, response, chance)
    assert found is not None
    assert found >= 0


@given(st.integers(0, 10**6), st.floats(0, 1), st.integers(0, 10**6))
def test_never_less_than_asked_for_and_at_most_ten_seconds_more(
    attempt: int, chance: float, asked: int
) -> None:
    found = pause(attempt, answer(503, retry_after=str(asked)), chance)
    assert found is not None
    assert asked <= found <= asked + LONGEST_SECONDS
