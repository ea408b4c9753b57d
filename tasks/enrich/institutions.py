"""Institutions that an article names and no table lists."""

from collections.abc import Sequence

from tasks.enrich.tagger import tagger
from tasks.enrich.word_features import classes
from tasks.models import Entity, Span

_HEAD = "orgword"


def institutions(texts: Sequence[str]) -> tuple[tuple[Entity, ...], ...]:
    """For each article the institutions that the tagger finds; none without its weights.

    Only those that begin with a word for an institution ("Yayasan", "PT", "Universitas"): the
    tagger at times takes a person for an institution, and no person may be told.
    """
    model = tagger()
    if model is None:
        return ((),) * len(texts)
    return tuple(
        tuple(
            Entity(kind="institution", name=name, span=Span(start=one.start, end=one.end))
            for one in found
            if one.kind == "institution" and _begins_as_one(name := text[one.start : one.end])
        )
        for text, found in zip(texts, model.tag(texts), strict=True)
    )


def _begins_as_one(name: str) -> bool:
    head, *rest = name.split()
    return bool(rest) and _HEAD in classes().get(head.casefold(), "").split("+")
