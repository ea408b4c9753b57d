"""What a clarification cites, and whether two citations are independent of one another.

What can be known is what is told here: addresses, names, and what a citation says that it
rests on. Two outlets of one owner, or two that took over an agency without saying so, pass; a
person looks at them. What is in doubt counts as dependent.
"""

from itertools import combinations
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from tasks.domains import registered_domain
from tasks.factcheck import Address, FactCheck, Name, Source
from tasks.institution import Institution, says
from tasks.models import Frozen

Tie = Literal["same_domain", "same_publisher", "one_quotes_other", "same_origin"]
"""Why two citations are one source: one web domain, one publisher, the one quotes the other, or
both quote the same third."""
_MOST: Final = 20
"""Sources of a fact-check that a draft takes over, the first ones."""


class Citation(Frozen):
    """One source: what it is called, who published it, where, and what it says it rests on."""

    title: Name
    publisher: Name
    url: Address
    quotes: Annotated[tuple[Address, ...], Field(max_length=50)] = ()

    @property
    def domain(self) -> str:
        """The registered domain of its address."""
        return domain_of(self.url)

    @property
    def quoted(self) -> frozenset[str]:
        """The registered domains of what it rests on, its own left out."""
        return frozenset(map(domain_of, self.quotes)) - {self.domain}


def domain_of(url: str) -> str:
    """The registered domain of a web address."""
    return registered_domain((urlsplit(url).hostname or "").rstrip("."))


def cited(source: Source) -> Citation:
    """A source of a fact-check. Its publisher is what stands before a colon, or else its domain."""
    publisher, colon, _ = source.title.partition(": ")
    known = colon and len(publisher) <= 60 and publisher.strip()
    return Citation(
        title=source.title, publisher=publisher if known else domain_of(source.url), url=source.url
    )


def citations_of(check: FactCheck, title: str) -> tuple[Citation, ...]:
    """What a fact-check rests on, and itself as `title`: it quotes those, so with one of them it
    is one source.
    """
    own = Citation(
        title=title,
        publisher=check.publisher,
        url=check.url,
        quotes=tuple(one.url for one in check.sources),
    )
    return (*map(cited, check.sources[:_MOST]), own)


def tie(one: Citation, other: Citation) -> Tie | None:
    """Why the two are not independent of one another; None if nothing known says so."""
    if one.domain == other.domain:
        return "same_domain"
    if says(one.publisher, other.publisher) or says(other.publisher, one.publisher):
        return "same_publisher"
    if _quotes(one, other) or _quotes(other, one):
        return "one_quotes_other"
    return "same_origin" if one.quoted & other.quoted else None


def is_own(one: Citation, institution: Institution) -> bool:
    """Whether it is the institution's own word, at first or second hand."""
    hosts = (one.domain, *one.quoted)
    return institution.named_in(one.publisher) or any(map(institution.owns, hosts))


def independent(
    citations: tuple[Citation, ...], institution: Institution
) -> tuple[Citation, Citation] | None:
    """The first two that are independent of one another and of the institution; None: no two."""
    others = [one for one in citations if not is_own(one, institution)]
    return next((pair for pair in combinations(others, 2) if tie(*pair) is None), None)


def _quotes(one: Citation, other: Citation) -> bool:
    return other.domain in one.quoted or says(one.title, other.publisher)
