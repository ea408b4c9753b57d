"""One schema.org ClaimReview as an entry.

Who made the claim, where it appeared and which person wrote the review are not read: saring keeps
no names and no accounts.
"""

import hashlib
import re
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from workers.factchecks.entries import Entry, Problem
from workers.factchecks.jsonfile import Thing, each, is_a, text_of

_NOT_IN_ID: Final = re.compile(r"[^A-Za-z0-9._/-]+")
_DIGEST: Final = 10
_RATING: Final = "reviewRating with alternateName, or with a number on its scale"
_PAIRS: Final = (
    "id=ind in=ind ms=zsm msa=zsm jv=jav jw=jav su=sun en=eng ar=ara zh=zho nl=nld de=deu "
    "fr=fra es=spa pt=por it=ita ru=rus tr=tur hi=hin bn=ben ta=tam ur=urd fa=fas th=tha "
    "vi=vie ko=kor ja=jpn pl=pol uk=ukr tl=tgl"
)
_LANGUAGES: Final = dict(pair.split("=") for pair in _PAIRS.split())
"""What the web calls a language, and ISO 639-3."""


def review_entry(where: str, review: Thing) -> Entry | Problem:
    """The entry, or what it lacks to be one."""
    rating = review.get("reviewRating")
    verdict, score = _rated(rating)
    url, claim = text_of(review.get("url")), text_of(review.get("claimReviewed"))
    fields: dict[str, Any] = {
        "id": text_id(text_of(review.get("@id"))) or derived_id(url, claim),
        "claim": claim,
        "verdict": verdict,
        "date": day(text_of(review.get("datePublished"))),
        "publisher": _publisher(review, url),
        "url": url,
        "sources": _citations(review),
        "clarification": text_of(rating, "ratingExplanation") or text_of(review.get("reviewBody")),
        **language_field(text_of(review.get("inLanguage"), "alternateName")),
    }
    names = {"claim": "claimReviewed", "verdict": _RATING, "date": "datePublished"}
    for name in ("claim", "url", "verdict", "date"):
        if not fields[name]:
            said = names.get(name, name)
            return Problem(where, f"no {said}", "add it, or take this entry out of the file")
    return Entry(where, fields, score)


def derived_id(url: str, claim: str) -> str:
    """A stable id from the address and the claim: one page may review several claims."""
    parts = _parts(url)
    page = (
        f"{parts.netloc.removeprefix('www.')}{parts.path}{'-' if parts.query else ''}{parts.query}"
    )
    plain = " ".join(claim.casefold().split())
    digest = hashlib.sha256(f"{url}\n{plain}".encode()).hexdigest()[:_DIGEST]
    return f"{text_id(page)[: 199 - _DIGEST] or 'page'}~{digest}"


def text_id(text: str) -> str:
    """What an id may hold of an address or a name; "" of a blank node, which names nothing."""
    if text.startswith("_:"):
        return ""
    bare = re.sub(r"^https?://(www\.)?", "", text)
    return _NOT_IN_ID.sub("-", bare).strip("-/._")[:200]


def day(moment: str) -> str:
    """The day of a date, or of a date and time as its writer saw it."""
    return moment[:10] if re.match(r"\d{4}-\d\d-\d\d(?:[T ]|$)", moment) else moment


def language_field(tag: str) -> dict[str, str]:
    """The language of a BCP 47 tag, if it names one."""
    first = re.split(r"[-_]", tag.lower())[0]
    return {"language": _LANGUAGES.get(first, first)} if first else {}


def host(url: str) -> str:
    """The site an address leads to."""
    return _parts(url).netloc.removeprefix("www.")


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")  # no address: the check of `url` says so


def _publisher(review: Thing, url: str) -> str:
    """The organisation that publishes it: a person's name is not taken."""
    authors = [one for one in each(review.get("author")) if _is_organisation(one)]
    return text_of(authors, "name") or text_of(review.get("publisher"), "name") or host(url)


def _is_organisation(one: object) -> bool:
    return is_a(one, "Organization") or is_a(one, "NewsMediaOrganization")


def _rated(rating: object) -> tuple[str, float | None]:
    """The rating in words; where there are none, as number/best with its place on the scale."""
    if words := text_of(rating, "alternateName"):
        return words, None
    for one in each(rating):
        if isinstance(one, dict) and (value := _number(one.get("ratingValue"))) is not None:
            best = _number(one.get("bestRating", 5))  # the defaults of schema.org
            worst = _number(one.get("worstRating", 1))
            if best is not None and worst is not None and worst < best and worst <= value <= best:
                return f"{value:g}/{best:g}", (value - worst) / (best - worst)
    return "", None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _citations(review: Thing) -> tuple[dict[str, str], ...]:
    found = []
    for one in each(review.get("citation")):
        url = text_of(one, "url")
        if url.startswith(("http://", "https://")):
            title = text_of(one.get("name")) if isinstance(one, dict) else ""
            found.append({"title": title or host(url), "url": url})
    return tuple(found)
