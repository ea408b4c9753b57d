"""Every problem that the intake answers with, documented: for its pages and docs/problems.md."""

from dataclasses import dataclass
from typing import Final, Literal

from workers.door import EARLIEST
from workers.intake.problems import KINDS
from workers.problems import WORDS, ProblemType, words

Scope = Literal["request", "item"]

INTRODUCTIONS: Final[dict[Scope, str]] = {
    "request": """\
The request as a whole was not taken. The answer is `application/problem+json` (RFC 9457): its
`type` is `/problems/` and one of these words, and the address of its page too. A type never changes
its meaning, so programs may rely on it; titles and sentences may be reworded. With status 429 and
503 the header Retry-After tells how many seconds to wait. Sending the same items again is always
safe.

Whoever does not speak HTTP, or sends headers that are too long (431) or too slow, gets a problem
without `type`, and a closed connection.""",
    "item": """\
The request was read, and this item in it was not taken; the others were. Each refused row of the
answer lists its problems: `type` is one of these words, `pointer` tells where it is. When every
item is refused, the problem of the request is `nothing_accepted`. N stands for a figure.""",
}
HEADINGS: Final[dict[Scope, str]] = {
    "request": "Problems of a request",
    "item": "Problems of an item",
}
_WHAT: Final[dict[ProblemType, str]] = {"not_json": "item", "not_an_object": "item"}
_FIGURES: Final = {"limit": "N", "known": "...", "sent": "...", "earliest": EARLIEST.date()}


@dataclass(frozen=True, slots=True)
class Said:
    """A problem of an item in a reader's language."""

    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Documented:
    """One type of problem. `status` is None for an item: the request may be answered 202."""

    word: str
    scope: Scope
    status: int | None
    title: str
    meaning: str
    remedy: str
    indonesian: Said | None = None


def catalogue() -> tuple[Documented, ...]:
    """All types: those of requests by status, then those of items. A word may be in both."""
    requests = [
        Documented(word, "request", kind.status, kind.title, kind.meaning, kind.remedy)
        for word, kind in KINDS.items()
    ]
    return (*requests, *(_of_item(word) for word in WORDS))


def problems_markdown() -> str:
    """The text of docs/problems.md."""
    sections = [_HEAD]
    for scope, introduction in INTRODUCTIONS.items():
        sections += [f"## {HEADINGS[scope]}", introduction, *map(_section, _of(scope))]
    return "\n\n".join(sections) + "\n"


def _of(scope: Scope) -> list[Documented]:
    return [one for one in catalogue() if one.scope == scope]


def _of_item(word: ProblemType) -> Documented:
    said, remedy = words(word, "en", **_FIGURES)
    indonesian = Said(*words(word, "id", **_FIGURES))
    meaning = f"The {_WHAT.get(word, 'field')} {said}."
    title = word.replace("_", " ").capitalize()
    return Documented(word, "item", None, title, meaning, _sentence(remedy), indonesian)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _section(one: Documented) -> str:
    if one.indonesian is None:
        return (
            f"### `{one.word}`\n\nStatus {one.status}, {one.title}.\n\n"
            f"{one.meaning}\n\nWhat to do: {one.remedy}"
        )
    said = one.indonesian
    return (
        f"### `{one.word}` (item)\n\n{one.meaning}\n\nWhat to do: {one.remedy}\n\n"
        f"In Indonesian: {said.problem}; {said.remedy}."
    )


_HEAD: Final = """\
# Problems

What the intake says when it does not take something, and what to do about it. `saring schema`
writes this page; a running intake serves the same at `/problems`, with a page for each type at
`/problems/TYPE`."""
