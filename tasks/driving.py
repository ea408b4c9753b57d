"""Which words of a published text drove a finding."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from tasks.evidence import placed
from tasks.heads import heads
from tasks.models import ActFinding, Evidence, Publication, Span

MAX_READ: Final = 5_000
"""Characters of a text that a model reads again; in longer ones its words are not sought."""


def driving(said: Publication, finding: ActFinding, longest: int = MAX_READ) -> tuple[Span, ...]:
    """The words that drove `finding`, an act of `said`, without repeats, in order."""
    spans = {span for evidence in finding.evidence for span in words_of(said, evidence, longest)}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def words_of(said: Publication, evidence: Evidence, longest: int = MAX_READ) -> tuple[Span, ...]:
    """The words of a piece of evidence: its spans, or those that weighed most in its model.

    For these the model reads a text of up to `longest` characters again, once: about 1 ms for
    100 characters. Of a model that has changed since nothing is said: its words would be
    another's reasons.
    """
    if evidence.spans:
        return evidence.spans
    origin, _, signal = evidence.by.partition(":")
    head, _, label = signal.partition(".")
    known = heads().versions.get(head)
    if origin != "head" or known is None or said.versions.get(head) != known:
        return ()
    return _drivers(said.text, head, label) if len(said.text) <= longest else ()


@lru_cache(maxsize=2048)
def _drivers(text: str, name: str, label: str) -> tuple[Span, ...]:
    return tuple(_found(text, name, label))


def _found(text: str, name: str, label: str) -> Iterator[Span]:
    for head in heads().every:
        if head.name == name and label in head.labels:
            yield from (driver.span for driver in placed(text).drivers(head, label))
