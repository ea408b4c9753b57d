"""The door: raw JSON in, masked content out. Behind it no handle exists."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tasks.masking import mask_text, mask_url
from tasks.models import MAX_TEXT, Content, Submission
from workers.ledger.accept import Entry

FUTURE = timedelta(days=1)
"""How far ahead of our clock a submission may be dated (clocks and zones go wrong)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do about it."""

    field: str
    problem: str
    remedy: str


class Refused(Exception):
    """A submission that cannot be taken; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def admit(raw: bytes | str, account_key: bytes, now: datetime | None = None) -> Entry:
    """One submission as JSON text -> what the ledger stores. Raises Refused."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused(
            [Problem("", f"is not JSON ({error.msg})", "send one JSON object for each item")]
        ) from None
    return admit_value(value, account_key, now)


def admit_value(value: Any, account_key: bytes, now: datetime | None = None) -> Entry:
    """The same for a value that is parsed already."""
    try:
        submission = Submission.model_validate(value)
    except ValidationError as error:
        raise Refused([_explain(one) for one in error.errors(include_url=False)]) from None
    _check_date(submission, now if now is not None else datetime.now(UTC))
    return _entry(_without_handles(submission), submission.author, account_key)


def _check_date(submission: Submission, now: datetime) -> None:
    if submission.published_at > now + FUTURE:
        raise Refused(
            [Problem("published_at", "lies in the future", "send the time it was published")]
        )


def _without_handles(submission: Submission) -> Content:
    author = submission.author
    bare = author.lstrip("@").casefold() if author is not None else ""
    if len(bare) >= 4 and bare in submission.id.casefold():
        raise Refused(
            [Problem("id", "holds the author's handle", "send the post's own id without it")]
        )
    return Content(
        source=submission.source,
        id=submission.id,
        kind=submission.kind,
        text=mask_text(submission.text, author),
        title=None if submission.title is None else mask_text(submission.title, author),
        url=None if submission.url is None else mask_url(submission.url, author),
        platform=submission.platform,
        published_at=submission.published_at,
    )


def _entry(content: Content, author: str | None, account_key: bytes) -> Entry:
    digest = hashlib.sha256(content.model_dump_json().encode()).digest()
    account = None
    if author is not None:
        identity = f"{content.platform}:{author.lstrip('@').casefold()}".encode()
        account = hmac.digest(account_key, identity, "sha256")[:16]
    return Entry(content, digest, account)


_REMEDIES = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not a field of a submission", "leave it out"),
    "string_type": ("is not a string", "send it in quotes"),
    "string_too_short": ("is empty", "send the words of the post or article"),
    "timezone_aware": ("has no time zone", "add an offset, as in 2026-11-22T08:00:00+07:00"),
    "literal_error": ("is not one of the known values", "send post or article"),
    "model_type": ("is not an object", "send one JSON object for each item"),
    "model_attributes_type": ("is not an object", "send one JSON object for each item"),
}
_PATTERNS = {
    "source": ("has characters that a source name cannot have", "use a-z, 0-9, dot, dash"),
    "id": ("has characters that an id cannot have", "use letters, digits and . _ : / ~ -"),
    "url": ("is no web address", "send one that begins with http:// or https://"),
    "platform": ("has characters that a platform cannot have", "use a-z, 0-9, dash"),
}


def _explain(error: ErrorDetails) -> Problem:
    field = ".".join(str(part) for part in error["loc"])
    kind = error["type"]
    if kind in _REMEDIES:
        return Problem(field, *_REMEDIES[kind])
    if kind == "string_pattern_mismatch" and field in _PATTERNS:
        return Problem(field, *_PATTERNS[field])
    if kind == "string_too_long":
        limit = error.get("ctx", {}).get("max_length", MAX_TEXT)
        return Problem(field, f"is longer than {limit} characters", "shorten it")
    if kind.startswith(("datetime", "date")):
        return Problem(field, "is no date and time", "send ISO 8601 with a time zone")
    if kind == "value_error":
        return Problem(field, error["msg"].removeprefix("Value error, "), "remove it")
    return Problem(field, error["msg"], "see docs/schema/submission.json")
