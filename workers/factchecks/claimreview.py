"""Fact-checks as schema.org ClaimReview in JSON-LD: one, a list of them, or a @graph."""

from collections.abc import Iterator
from pathlib import Path

from workers.factchecks.entries import Broken, Found
from workers.factchecks.jsonfile import Thing, each, is_a, read_json
from workers.factchecks.reviews import review_entry


def read_claimreview(file: Path) -> Found:
    """Each ClaimReview of the file; other things in it are passed over. Raises Broken, OSError."""
    found = False
    for number, review in enumerate(_reviews(read_json(file)), 1):
        found = True
        yield review_entry(f"{file.name}, entry {number}", review)
    if not found:
        remedy = 'it must hold an object with "@type": "ClaimReview", a list of them or a @graph'
        raise Broken(file.name, "holds no ClaimReview", remedy)


def _reviews(document: object) -> Iterator[Thing]:
    for one in each(document):
        if not isinstance(one, dict):
            continue
        if is_a(one, "ClaimReview"):
            yield one
        for name in ("@graph", "review", "mainEntity"):
            yield from _within(one.get(name))


def _within(value: object) -> Iterator[Thing]:
    for one in each(value):
        if isinstance(one, dict) and is_a(one, "ClaimReview"):
            yield one
