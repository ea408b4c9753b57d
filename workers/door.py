"""The door: raw JSON in, masked content out. Behind it no handle exists."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from pydantic import ValidationError

from tasks.masking import mask_text, mask_url
from tasks.masking.urls import host_of
from tasks.models import Content, Submission
from tasks.normalise import readable
from workers.entry import Entry
from workers.problems import Problem, explain, problem

FUTURE: Final = timedelta(days=1)
"""How far ahead of our clock a submission may be dated (clocks and zones go wrong)."""
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
"""An earlier date is a mistake: nothing was published on the web for us to read."""
MOST_PROBLEMS: Final = 20
"""Of one submission, in the answer; it may have 100,000 unknown fields."""
_NOTHING: Final = "<p></p>"
"""Stands for markup without a word to read: `normalise` quarantines it, for a person to see."""


class Refused(Exception):
    """A submission that cannot be taken; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def admit(raw: bytes | str, account_key: bytes, now: datetime | None = None) -> Entry:
    """One submission as JSON text -> what the ledger stores. Raises Refused."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused([problem("not_json", "")]) from None
    return admit_value(value, account_key, now)


def admit_value(value: Any, account_key: bytes, now: datetime | None = None) -> Entry:
    """The same for a value that is parsed already."""
    try:
        submission = Submission.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MOST_PROBLEMS]
        raise Refused([explain(one) for one in found]) from None
    _check_date(submission, now if now is not None else datetime.now(UTC))
    return _entry(_without_handles(submission), submission.author, account_key)


def _check_date(submission: Submission, now: datetime) -> None:
    if submission.published_at > now + FUTURE:
        raise Refused([problem("in_the_future", "published_at")])
    if submission.published_at < EARLIEST:
        raise Refused([problem("too_old", "published_at", earliest=EARLIEST.date())])


def _without_handles(submission: Submission) -> Content:
    author = submission.author
    bare = author.lstrip("@").casefold() if author is not None else ""
    if len(bare) >= 4 and bare in submission.id.casefold():
        raise Refused([problem("holds_handle", "id")])
    own_host = "" if submission.url is None else host_of(submission.url)
    title = submission.title
    return Content(
        source=submission.source,
        id=submission.id,
        kind=submission.kind,
        text=_masked(submission.text, author, own_host),
        title=None if title is None else _masked(title, author, own_host),
        url=None if submission.url is None else mask_url(submission.url, author),
        platform=submission.platform,
        published_at=submission.published_at,
    )


def _masked(text: str, author: str | None, own_host: str) -> str:
    if "<" in text or "&" in text:
        # Tags and entities may cut a handle in two, and attributes hold names that nobody sees.
        text = readable(text, own_host) or _NOTHING
    return mask_text(text, author)


def _entry(content: Content, author: str | None, account_key: bytes) -> Entry:
    digest = hashlib.sha256(content.model_dump_json().encode()).digest()
    account = None
    if author is not None:
        identity = f"{content.platform}:{author.lstrip('@').casefold()}".encode()
        account = hmac.digest(account_key, identity, "sha256")[:16]
    return Entry(content, digest, account)
