"""Submissions for the bench: invented Indonesian posts, and one article in ten.

Posts have about 150 characters, articles about 300 words. The same seed gives the same
submissions; no two texts of one call are alike, so that `group` finds no repetition.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.words import ASIDES, CLOSERS, EVENTS, OFFICES, OPENERS, PLACES, SENTENCES, TITLES
from tasks.models import Submission

SOURCE: Final = "bench"
ARTICLE_EVERY: Final = 10
ARTICLE_WORDS: Final = 300
_FIRST: Final = datetime(2025, 6, 2, 8, 0, tzinfo=UTC)  # any date that is past
_PLATFORMS: Final = ("x", "facebook", "instagram", "tiktok")


def submissions(number: int, seed: int, source: str = SOURCE) -> list[Submission]:
    """`number` submissions of `source`; every tenth is an article."""
    chance = random.Random(seed)
    seen: set[str] = set()
    return [_submission(index, source, chance, seen) for index in range(number)]


def lines(number: int, seed: int, source: str = SOURCE) -> list[bytes]:
    """The same as JSON lines, as an upstream pushes them."""
    return [
        one.model_dump_json(exclude_none=True).encode() for one in submissions(number, seed, source)
    ]


def _submission(index: int, source: str, chance: random.Random, seen: set[str]) -> Submission:
    article = index % ARTICLE_EVERY == ARTICLE_EVERY - 1
    text = _new(_article if article else _post, chance, seen)
    return Submission(
        source=source,
        id=f"b-{index}",
        kind="article" if article else "post",
        title=_filled(chance.choice(TITLES), chance) if article else None,
        text=text,
        url=f"https://example.org/{source}/{index}",
        platform="news" if article else chance.choice(_PLATFORMS),
        published_at=_FIRST + timedelta(seconds=index),
        author=None if article else f"contoh_{chance.randrange(500)}",
    )


def _new(make: Callable[[random.Random], str], chance: random.Random, seen: set[str]) -> str:
    while (text := make(chance)) in seen:
        pass
    seen.add(text)
    return text


def _post(chance: random.Random) -> str:
    parts = (OPENERS, EVENTS, ASIDES, CLOSERS)
    return " ".join(_filled(chance.choice(part), chance) for part in parts)


def _article(chance: random.Random) -> str:
    sentences: list[str] = []
    words = 0
    while words < ARTICLE_WORDS:
        sentences.append(_filled(chance.choice(SENTENCES), chance))
        words += len(sentences[-1].split())
    paragraphs = (" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _filled(template: str, chance: random.Random) -> str:
    return template.format(
        place=chance.choice(PLACES), office=chance.choice(OFFICES), number=chance.randrange(2, 900)
    )
