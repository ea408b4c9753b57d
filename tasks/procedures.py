"""Pages about procedures, and which of them a question asks for.

How alike a question and a page are is the mean of two cosines (tasks.group.vectors): with that
wording of the page which is closest, and with all of them together. Slang and spelling are the
business of the skeleton. `saring evaluate procedures` measures it; docs/desk/public.md says how.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Self

from pydantic import Field

from tasks.fields import NoNul
from tasks.group.rarity import rarity
from tasks.group.vectors import closeness, word_hash
from tasks.models import Frozen
from tasks.skeleton import skeleton

LEAST: Final = 0.27
"""Likeness from which a page is an answer; chosen on the first half of the samples."""
SHOWN: Final = 3
"""Pages that are offered for one question."""
_COMMON: Final = 4
"""A word that more than one page in so many has, and more than two, is not worth showing;"""
_TELLS: Final = 4.0
"""nor is one that is less rare than this anywhere (about 1 to 12)."""
_LIBRARIES: Final = 4

Line = Annotated[str, Field(min_length=1, max_length=500), NoNul]
Lines = Annotated[tuple[Line, ...], Field(max_length=50)]
Short = Annotated[str, Field(max_length=300), NoNul]


class Procedure(Frozen):
    """A page about one procedure. `questions` and `keywords` are what it is found by."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    title: Line
    questions: Lines = ()
    keywords: Lines = ()
    requirements: Lines = ()
    steps: Lines = ()
    cost: Short = ""
    time: Short = ""
    office: Short = ""
    link: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s\"<>]+$")]
    """The public page that the answer leads to."""
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{3}$")], ...] = ("ind",)
    """Languages of that page, ISO 639-3."""
    note: Annotated[str, Field(max_length=4000), NoNul] = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """What it is found by."""
        return (self.title, *self.questions, *self.keywords)


@dataclass(frozen=True, slots=True)
class Match:
    """A page for a question: how alike they are (0 to 1), and the telling words of both."""

    procedure: Procedure
    score: float
    shared: tuple[str, ...]

    @property
    def answers(self) -> bool:
        """Whether it is alike enough to be offered as the answer."""
        return self.score >= LEAST


@dataclass(frozen=True, slots=True)
class _Page:
    procedure: Procedure
    each: tuple[str, ...]
    whole: str

    def likeness(self, asked: str) -> float:
        """To the skeleton of a question."""
        closest = max(closeness(asked, one) for one in self.each)
        return (closest + closeness(asked, self.whole)) / 2

    def shared(self, asked: str) -> tuple[str, ...]:
        """Words of a question's skeleton that the page has too, each once."""
        held = set(self.whole.split())
        return tuple(dict.fromkeys(word for word in asked.split() if word in held))


@dataclass(frozen=True, slots=True)
class Procedures:
    """A library of pages, read once to be asked often."""

    pages: tuple[_Page, ...]
    common: frozenset[str]
    """Words that tell no page from another."""

    @classmethod
    def of(cls, library: Iterable[Procedure]) -> Self:
        """The pages of a library."""
        pages = tuple(map(_page, library))
        counts = Counter(word for page in pages for word in set(page.whole.split()))
        most = max(2, len(pages) // _COMMON)
        often = (word for word, count in counts.items() if count > most or not _tells(word))
        return cls(pages, frozenset(often))

    def best(self, question: str, most: int = SHOWN) -> tuple[Match, ...]:
        """The pages that are most like a question, the likest first; also those that are not
        alike enough (`Match.answers`). None for a text without words."""
        asked = skeleton(question)
        if not asked:
            return ()
        scored = [(page.likeness(asked), page) for page in self.pages]
        scored.sort(key=lambda one: (-one[0], one[1].procedure.id))
        return tuple(
            Match(
                page.procedure,
                score,
                tuple(word for word in page.shared(asked) if word not in self.common),
            )
            for score, page in scored[:most]
        )


@lru_cache(maxsize=_LIBRARIES)
def procedures(library: tuple[Procedure, ...]) -> Procedures:
    """`Procedures.of`, remembered: the library seldom changes."""
    return Procedures.of(library)


def _tells(word: str) -> bool:
    return rarity(word_hash(word)) >= _TELLS


def _page(procedure: Procedure) -> _Page:
    each = tuple(map(skeleton, procedure.wordings))
    return _Page(procedure, each, " ".join(each))
