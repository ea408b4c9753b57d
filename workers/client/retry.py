"""Whether a push is tried again: a pure decision, tested as a table."""

from email.utils import parsedate_to_datetime
from typing import Final

import httpx

FIRST_SECONDS: Final = 0.2
LONGEST_SECONDS: Final = 10.0
_AGAIN: Final = {408, 429, 502, 503, 504}

Outcome = httpx.Response | httpx.RequestError
"""What one try gave: an answer, or why there is none."""


def pause(attempt: int, outcome: Outcome, chance: float) -> float | None:
    """Seconds to wait after try `attempt` (from 0), or None when another try would not help.

    Full jitter: `chance`, at random from 0 to 1, of a bound that doubles, so that clients which
    failed together do not come back together. What Retry-After asks for comes on top.
    """
    if isinstance(outcome, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return None  # the request is wrong, and will be
    jitter = chance * min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt, 16))
    if isinstance(outcome, httpx.RequestError):
        return jitter
    return _asked(outcome) + jitter if outcome.status_code in _AGAIN else None


def _asked(response: httpx.Response) -> float:
    """Seconds that Retry-After asks for; 0 without one that can be read."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        # By the clock of the server that set both: ours may be wrong.
        until, sent = (parsedate_to_datetime(one) for one in (value, response.headers["date"]))
        return max(0.0, (until - sent).total_seconds())
    except (KeyError, TypeError, ValueError):
        return 0.0
