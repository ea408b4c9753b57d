"""What became of one attempt to deliver, in words for people."""

import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from workers.deliver.addresses import NoAddress, NotPublic

_SECONDS = re.compile(r"\d{1,9}")
_ASKS_TO_WAIT = {429, 503}


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it."""

    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It has not; `error` says why, without an address: it goes to the ledger and the log.

    `retry_after`: seconds that the receiver asked for. `gone`: it never wants it.
    """

    error: str
    retry_after: float | None = None
    gone: bool = False


Outcome = Delivered | Failed


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that each step of an attempt may take, and all of it."""

    connect: float = 5.0
    write: float = 10.0
    read: float = 15.0
    whole: float = 20.0


def judge(response: httpcore.Response) -> Outcome:
    """What the status says, and Retry-After where it counts."""
    status = response.status
    if 200 <= status < 300:
        return Delivered(status)
    if 300 <= status < 400:
        return Failed(f"answered {status}: redirects are not followed, use the final URL")
    wait = _retry_after(response) if status in _ASKS_TO_WAIT else None
    return Failed(f"answered {status}", wait, gone=status == 410)


def failure(error: Exception, limits: Limits) -> Failed:
    """Why there was no answer."""
    kinds: list[tuple[type[Exception], str]] = [
        (
            NotPublic,
            "the host has an address that is not public; if it is meant to be in your own "
            "network, remove the subscriber and add it with --allow-private",
        ),
        (NoAddress, "the host name has no address, or the resolver does not answer"),
        (httpcore.ConnectTimeout, f"no connection within {limits.connect:g} s"),
        (httpcore.ReadTimeout, f"no answer within {limits.read:g} s"),
        (httpcore.WriteTimeout, f"the request was not taken within {limits.write:g} s"),
        (httpcore.TimeoutException, f"not done within {limits.whole:g} s"),
        (TimeoutError, f"not done within {limits.whole:g} s"),
        (httpcore.ProtocolError, "what answers does not speak HTTP/1.1"),
        # Its __cause__ is lost on the way through httpcore's pool.
        (httpcore.ConnectError, _no_connection(error.__context__)),
    ]
    words = (words for kind, words in kinds if isinstance(error, kind))
    return Failed(next(words, "the connection broke"))


def _no_connection(cause: BaseException | None) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        # What follows a comma is the host name.
        return f"its certificate is not valid: {cause.verify_message.partition(',')[0]}"
    if isinstance(cause, ssl.SSLError):
        return "TLS could not be agreed on"
    return "no connection: nothing answers there"


def _retry_after(response: httpcore.Response) -> float | None:
    """The header's seconds, or its date as seconds from now; None where it says neither."""
    values = [value for name, value in response.headers if name.lower() == b"retry-after"]
    if not values:
        return None
    text = values[0].decode("latin-1")
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
