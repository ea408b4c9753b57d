"""What the head of acts says of a text: of all of it, and of each sentence that could be a danger.

The head is optional: without its file nothing is heard, and the rules speak alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from tasks.classify.passages import Passage, passages
from tasks.concepts import letter, with_concepts
from tasks.heads import Head, hashed, heads
from tasks.words import Act, Kind

HEAD: Final = "act"

# Most sentences of most posts hold none of these: reading them alone would only cost time.
_ALARMING: Final = frozenset(
    map(
        letter,
        (
            *(
                "kill",
                "vow",
                "hurt",
                "attack",
                "gather",
                "killed",
                "death",
                "weapon",
                "kin",
                "body",
            ),
            *("group", "faith", "identity", "vermin", "expel", "vice", "accuse", "expose"),
            *("masked", "account", "link", "data", "harass", "prize", "click", "secret", "pay"),
            *("blocked", "job", "sos", "trapped", "disaster", "injured", "selfharm", "hopeless"),
            "farewell",
        ),
    )
)

Probabilities = dict[Act, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """A passage with the probability of each act in it."""

    passage: Passage
    acts: Probabilities


def hear(texts: Sequence[str], kinds: Sequence[Kind]) -> tuple[tuple[Heard, ...], ...]:
    """For each text what is heard, the whole first; nothing of an article, or without the head.

    A sentence is read alone only where a word of it could belong to a danger. What is heard of
    a text depends on that text alone.
    """
    head = heads().acts
    if head is None:
        return ((),) * len(texts)
    posts = zip(texts, kinds, strict=True)
    read = [_readable(text) if kind == "post" else () for text, kind in posts]
    said = _probabilities(head, [text for one in read for _, text in one])
    return tuple(tuple(Heard(passage, next(said)) for passage, _ in one) for one in read)


def _readable(text: str) -> tuple[tuple[Passage, str], ...]:
    """The passages of `text` that are read, each with its text as the head reads it."""
    whole, *sentences = ((passage, with_concepts(passage.text)) for passage in passages(text))
    return (whole, *(one for one in sentences if not _ALARMING.isdisjoint(one[1])))


def _probabilities(head: Head, texts: list[str]) -> Iterator[Probabilities]:
    labels = cast(tuple[Act, ...], head.labels)
    for batch in hashed(texts):
        for row in head.probabilities(batch).round(4).tolist():
            yield dict(zip(labels, row, strict=True))
