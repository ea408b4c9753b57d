"""A clarification after the Debunking Handbook 2020 (Lewandowsky, Cook, Ecker et al.).

Its four parts, in this order: the fact; a warning before the myth, which is told once; why it is
wrong; the fact again. Nothing here is ever filled from the text of an item.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from tasks.citations import Citation, independent
from tasks.factcheck import Address, FactCheck, one_line, paragraphs
from tasks.institution import Institution, says, words
from tasks.models import Frozen
from tasks.referral import StaffId
from tasks.words import ReaderLanguage, Subtype

Kind = Literal["false_claim", "rumour"]
Lack = Literal[
    "headline",
    "headline_long",
    "headline_repeats",
    "fact",
    "warning",
    "claim",
    "claim_repeated",
    "why",
    "fact_again",
    "sources",
]
LACKS: Final[tuple[Lack, ...]] = get_args(Lack)
"""What can keep a clarification from being published, in the order of its parts."""
MAX_HEADLINE: Final = 120
_SHORTEST_CLAIM: Final = 3
"""Words; a claim of fewer is found in any text."""

Line = Annotated[str, Field(max_length=300), AfterValidator(one_line)]
Long = Annotated[str, Field(max_length=6_000), AfterValidator(paragraphs)]


class Clarification(Frozen):
    """What an institution says about a claim, as far as it is written; every text may lack yet.

    `why` says how the claim misleads; of a rumour, what is not known yet. `page` is where people
    outside find it. Raises ValueError for a fact-check that confirms the claim.
    """

    language: ReaderLanguage
    institution: Institution
    headline: Line = ""
    fact: Long = ""
    warning: Line = ""
    claim: Annotated[str, Field(max_length=2_000), AfterValidator(one_line)] = ""
    why: Long = ""
    fact_again: Long = ""
    citations: Annotated[tuple[Citation, ...], Field(max_length=24)] = ()
    page: Annotated[Address, Field(max_length=200)] | None = None
    factcheck: FactCheck | None = None
    declared: bool = False
    """Somebody says that the claim is about the institution."""
    detected: bool = False
    """What the clarification was made from names the institution."""

    @model_validator(mode="after")
    def _the_claim_is_not_confirmed(self) -> Self:
        if self.factcheck is not None and self.factcheck.outcome == "confirmed":
            raise ValueError("factcheck: it confirms the claim: there is nothing to clarify")
        return self

    @property
    def kind(self) -> Kind:
        """`false_claim` only where a published fact-check refutes it (DESIGN section 1)."""
        refuted = self.factcheck is not None and self.factcheck.outcome == "refuted"
        return "false_claim" if refuted else "rumour"

    @property
    def subtype(self) -> Subtype | None:
        """In what way the claim is false, where the fact-check says so."""
        return None if self.factcheck is None else self.factcheck.subtype

    @property
    def interest_found(self) -> bool:
        """Whether the claim names the institution, as it stands here or in the fact-check."""
        check = self.factcheck
        known = () if check is None else (check.claim, *check.variants)
        return self.detected or self.institution.named_in(self.claim, *known)

    @property
    def self_interest(self) -> bool:
        """Whether the institution speaks in its own cause: found, or a person says so."""
        return self.declared or self.interest_found

    @property
    def link(self) -> str:
        """Where people outside can read on: its page, or else the fact-check, or a source."""
        check = () if self.factcheck is None else (self.factcheck.url,)
        known = (*check, *(one.url for one in self.citations))
        return self.page if self.page is not None else next(iter(known), "")

    def revised(self, **changes: Any) -> Self:
        """The same with other texts. What was found stays found. Raises ValueError."""
        fixed = {"detected": self.detected, "factcheck": self.factcheck}
        return type(self).model_validate({**dict(self), **changes, **fixed})


def lacks(one: Clarification) -> tuple[Lack, ...]:
    """What must still be done before it may be published, in order."""
    titles = (cited.title for cited in one.citations)
    parts = (one.fact, one.warning, one.why, one.fact_again, *titles)
    found: dict[Lack, bool] = {
        "headline": not one.headline,
        "headline_long": len(one.headline) > MAX_HEADLINE,
        "headline_repeats": _repeats(one.headline, one.claim),
        "fact": not one.fact,
        "warning": not one.warning,
        "claim": not one.claim,
        "claim_repeated": any(_holds(part, one.claim) for part in parts),
        "why": not one.why,
        "fact_again": not one.fact_again,
        "sources": independent(one.citations, one.institution) is None,
    }
    return tuple(lack for lack in LACKS if found[lack])


@dataclass(frozen=True, slots=True)
class PublishedClarification:
    """A clarification that was published by a second person. Raises ValueError otherwise.

    No pydantic model on purpose: `model_construct` and `model_copy` would go round the checks.
    """

    clarification: Clarification
    written_by: StaffId
    published_by: StaffId
    published_at: datetime

    def __post_init__(self) -> None:
        if missing := lacks(self.clarification):
            raise ValueError(f"not ready to be published: {', '.join(missing)}")
        if self.written_by == self.published_by:
            raise ValueError("published_by: somebody else must publish than who wrote it last")
        if self.published_at.tzinfo is None:
            raise ValueError("published_at: needs a time zone")


def _holds(text: str, claim: str) -> bool:
    """Whether the claim stands in the text, word for word."""
    return len(words(claim).split()) >= _SHORTEST_CLAIM and says(text, claim)


def _repeats(headline: str, claim: str) -> bool:
    """Whether the claim, or its words in another order, are the headline."""
    ours, theirs = set(words(headline).split()), set(words(claim).split())
    return _holds(headline, claim) or (bool(theirs) and ours == theirs)
