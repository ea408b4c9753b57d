"""A clarification as text for social media. Every text says who speaks, when, on what sources."""

from dataclasses import dataclass
from typing import Final

from tasks.citations import Citation
from tasks.clarification import Clarification
from tasks.drafting import Say
from tasks.excerpts import fitted, pieces, weight

MAX_POST: Final = 280
_MAX_LINK: Final = 90
_NUMBER: Final = len("(999/999) ")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What marks an export: its day in words, and whether it is a draft yet."""

    day: str
    draft: bool


@dataclass(frozen=True, slots=True)
class SocialTexts:
    """One post; a thread of posts; one text without a limit. A post weighs MAX_POST at most."""

    short: str
    thread: tuple[str, ...]
    long: str


def social_texts(one: Clarification, imprint: Imprint, say: Say) -> SocialTexts:
    """The three of them. None holds the claim but the thread and the long text, once."""
    return SocialTexts(
        short=_short(one, imprint, say),
        thread=_thread(one, imprint, say),
        long="\n\n".join(part for part in _long(one, imprint, say) if part),
    )


def stamp(one: Clarification, imprint: Imprint, say: Say) -> str:
    """What stands before everything else: that it is a draft, that the speaker is a party."""
    marks = []
    if imprint.draft:
        marks.append(say("mark_draft"))
    if one.self_interest:
        marks.append(say("mark_interest"))
    return ". ".join(marks) + ("." if marks else "")


def signature(one: Clarification, imprint: Imprint) -> str:
    """Who says it, and when."""
    return f"{one.institution.name}, {imprint.day}"


def source_names(one: Clarification) -> str:
    """The domains of its sources, each once."""
    return ", ".join(dict.fromkeys(citation.domain for citation in one.citations))


def rest_of_fact(one: Clarification) -> str:
    """What the fact says beyond the headline, where it begins with it; nothing without one."""
    if not one.headline:
        return ""
    begins = one.fact.startswith(one.headline)
    return one.fact.removeprefix(one.headline).lstrip(" .!?\n") if begins else one.fact


def _short(one: Clarification, imprint: Imprint, say: Say) -> str:
    link = one.link if weight(one.link) <= _MAX_LINK else ""
    tail = [
        fitted(say("sources_line", sources=source_names(one)), 55) if one.citations else "",
        f"{fitted(one.institution.name, 40)}, {imprint.day}",
        link,
    ]
    head = stamp(one, imprint, say)
    fixed = [part for part in (head, *tail) if part]
    room = MAX_POST - sum(weight(part) + 1 for part in fixed)
    said = fitted(_said(one, say), room)
    return "\n".join(part for part in (head, said, *tail) if part)


def _said(one: Clarification, say: Say) -> str:
    """The fact in a line; of a rumour first that it is one."""
    said = one.headline or one.fact
    return f"{say('unverified')} {said}".strip() if one.kind == "rumour" else said


def _opening(one: Clarification, say: Say) -> str:
    said, rest = _said(one, say), rest_of_fact(one)
    return f"{said.removesuffix('.')}. {rest}" if rest else said


def _thread(one: Clarification, imprint: Imprint, say: Say) -> tuple[str, ...]:
    head = stamp(one, imprint, say)
    room = MAX_POST - _NUMBER - (weight(head) + 1 if head else 0)
    parts = (
        _opening(one, say),
        _warned(one),
        one.why,
        one.fact_again,
        *(f"{say('source')} {_named(citation)}" for citation in one.citations),
        f"{signature(one, imprint)} {one.link}",
    )
    told = [piece for part in parts for piece in pieces(part, room)]
    marked = [f"{head}\n{piece}" if head else piece for piece in told]
    return tuple(f"({n}/{len(marked)}) {text}" for n, text in enumerate(marked, 1))


def _long(one: Clarification, imprint: Imprint, say: Say) -> tuple[str, ...]:
    sources = "\n".join(f"- {_named(citation)}" for citation in one.citations)
    return (
        stamp(one, imprint, say),
        _said(one, say),
        rest_of_fact(one),
        _warned(one),
        one.why,
        one.fact_again,
        f"{say('sources_head')}\n{sources}" if sources else "",
        f"{signature(one, imprint)}\n{one.link}".strip(),
    )


def _warned(one: Clarification) -> str:
    """The claim, never without its warning."""
    return f"{one.warning} “{one.claim}”" if one.warning and one.claim else ""


def _named(citation: Citation) -> str:
    return f"{citation.title} ({citation.publisher}). {citation.url}"
