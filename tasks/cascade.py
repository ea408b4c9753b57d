"""The cascade: who gives the signals of a text, the linear heads alone or two opinions."""

from collections.abc import Mapping, Sequence

from tasks.opinion import unsure
from tasks.ports import Opinion


def reconsidered(
    texts: Sequence[str], signals: Sequence[Mapping[str, float]], opinion: Opinion | None
) -> tuple[Mapping[str, float], ...]:
    """`signals` of `texts`, with the mean of both opinions where the linear head is unsure.

    One entry a text, in order, each decided by that text alone. Texts of which the linear head
    is sure never reach the embedder. Without an opinion, `signals`.
    """
    if opinion is None:
        return tuple(signals)
    asked = [at for at, found in enumerate(signals) if unsure(found)]
    made = list(signals)
    if asked:
        vectors = opinion.embedder.embed([texts[at] for at in asked])
        for at, second in zip(asked, opinion.head.signals(vectors), strict=True):
            made[at] = {**signals[at], **_mean(signals[at], second)}
    return tuple(made)


def opinion_versions(opinion: Opinion | None) -> dict[str, str]:
    """What a classification names beside the versions of the linear heads."""
    return {} if opinion is None else {"opinion": opinion.version}


def _mean(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {name: round((first.get(name, 0.0) + second[name]) / 2, 4) for name in second}
