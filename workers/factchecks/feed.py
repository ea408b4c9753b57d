"""Fact-checks in Google's feeds: the Data Commons DataFeed, and an answer of claims:search."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workers.factchecks.entries import Broken, Entry, Found, Problem
from workers.factchecks.jsonfile import Thing, each, is_a, read_json, text_of
from workers.factchecks.reviews import day, derived_id, host, language_field, review_entry


def read_feed(file: Path) -> Found:
    """Each review of the feed; elements without one are passed over. Raises Broken, OSError."""
    document = read_json(file)
    if isinstance(document, dict) and "dataFeedElement" in document:
        yield from _data_feed(file.name, document)
    elif isinstance(document, dict) and "claims" in document:
        yield from _search(file.name, document)
    else:
        remedy = "it must be a DataFeed with dataFeedElement, or an answer of claims:search"
        raise Broken(file.name, "is no feed of fact-checks", remedy)


def is_feed(document: object) -> bool:
    """Whether a JSON document is one of the two."""
    return isinstance(document, dict) and ("dataFeedElement" in document or "claims" in document)


def _data_feed(name: str, feed: Thing) -> Found:
    for number, element in enumerate(each(feed["dataFeedElement"]), 1):
        held = element.get("item") if isinstance(element, dict) else None
        for review in each(held):
            if isinstance(review, dict) and is_a(review, "ClaimReview"):
                yield review_entry(f"{name}, element {number}", review)


def _search(name: str, answer: Thing) -> Found:
    for number, claim in enumerate(each(answer["claims"]), 1):
        where = f"{name}, claim {number}"
        if not isinstance(claim, dict):
            yield Problem(where, "is no object", "export the file again")
            continue
        for review in _objects(claim.get("claimReview")):
            yield _searched(where, text_of(claim.get("text")), review)


def _objects(value: object) -> Iterator[Thing]:
    for one in each(value):
        if isinstance(one, dict):
            yield one


def _searched(where: str, claim: str, review: Thing) -> Entry | Problem:
    url = text_of(review.get("url"))
    fields: dict[str, Any] = {
        "id": derived_id(url, claim),
        "claim": claim,
        "verdict": text_of(review.get("textualRating")),
        "date": day(text_of(review.get("reviewDate"))),
        "publisher": text_of(review.get("publisher"), "name", "site") or host(url),
        "url": url,
        **language_field(text_of(review.get("languageCode"))),
    }
    names = {"claim": "text", "verdict": "textualRating", "date": "reviewDate"}
    for name in ("claim", "url", "verdict", "date"):
        if not fields[name]:
            said = names.get(name, name)
            return Problem(where, f"no {said}", "add it, or take this entry out of the file")
    return Entry(where, fields)
