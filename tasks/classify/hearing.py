"""What the head of acts says of a text: of all of it, and of each passage of a long one.

The head is optional: without its file nothing is heard, and the rules speak alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.classify.passages import Passage, passages
from tasks.evidence import placed
from tasks.head import Head
from tasks.heads import heads
from tasks.models import Span
from tasks.policy import REVIEWED_ACTS
from tasks.words import ACTS, Act, Kind

HEAD: Final = "act"
"""Its name in evidence. Its labels are acts, and kinds of text in which no act is done."""

Probabilities = Mapping[Act, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """A passage with the probability of each act in it; together they are one at most.

    `alarm`: the danger from which the passage is brought before a person. `spans`: the words of
    the text that speak most for its danger, the strongest first; only where it is alarming.
    """

    passage: Passage
    acts: Probabilities
    alarm: float
    spans: tuple[Span, ...] = ()

    @property
    def danger(self) -> float:
        """The probability that it does one of the acts that people review."""
        return sum(self.acts.get(act, 0.0) for act in REVIEWED_ACTS)

    @property
    def dangerous(self) -> Act:
        """The likeliest of these acts."""
        return max(REVIEWED_ACTS, key=lambda act: self.acts.get(act, 0.0))

    @property
    def alarming(self) -> bool:
        """Whether a person should look at it, whatever the rules say."""
        return self.danger >= self.alarm


def hear(texts: Sequence[str], kinds: Sequence[Kind]) -> tuple[tuple[Heard, ...], ...]:
    """For each text what is heard, the whole first; nothing of an article, or without the head.

    What is heard of a text depends on that text alone.
    """
    models = heads()
    if models.acts is None:
        return ((),) * len(texts)
    read = [
        passages(text) if kind == "post" else () for text, kind in zip(texts, kinds, strict=True)
    ]
    # The wholes are what every head reads: they have been judged before.
    wholes = models.hear(texts)
    parts = iter(models.hear([part.text for one in read for part in one[1:]]))
    return tuple(
        tuple(
            _heard(models.acts, passage, whole if at == 0 else next(parts))
            for at, passage in enumerate(one)
        )
        for one, whole in zip(read, wholes, strict=True)
    )


def _heard(head: Head, passage: Passage, said: Mapping[str, float]) -> Heard:
    acts = {act: said[act] for act in ACTS if act in said}
    heard = Heard(passage, acts, head.alarm)
    if not heard.alarming:
        return heard
    drivers = placed(passage.text).drivers(head, heard.dangerous)
    moved = (
        Span(start=passage.start + one.span.start, end=passage.start + one.span.end)
        for one in drivers
    )
    return Heard(passage, acts, head.alarm, tuple(moved))
