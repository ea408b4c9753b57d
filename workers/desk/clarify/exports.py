"""What leaves the desk: texts for social media, card pictures, and ClaimReview."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.responses import Response

from tasks.claimreview import claim_review, embedded
from tasks.days import day_of
from tasks.excerpts import weight
from tasks.social import SocialTexts, social_texts
from workers.desk.card import CARD_FORMATS, Card, alt_text, card
from workers.desk.clarify.common import dossier, imprint, words_of
from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.desk.pictures import to_png, to_svg
from workers.ledger.clarifications import ClarificationRevision

_KINDS: Final = {"svg": (to_svg, "image/svg+xml"), "png": (to_png, "image/png")}


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports that are shown on the page; `weight` is of the short text."""

    social: SocialTexts
    weight: int
    claim_review: str
    alt: str


def exports(visit: Visit, one: ClarificationRevision) -> Exports:
    """The exports of a revision, marked as a draft unless it is published."""
    say, marks = words_of(visit, one.body.language), imprint(one)
    social = social_texts(one.body, marks, say)
    return Exports(
        social=social,
        weight=weight(social.short),
        claim_review=embedded(_claim_review(visit, one)),
        alt=alt_text(one.body, marks, say),
    )


def picture(visit: Visit) -> Response:
    """The card as a file, named as in `square.png`."""
    one = dossier(visit).last
    form, _, kind = visit.request.path_params["file"].partition(".")
    if form not in CARD_FORMATS or kind not in _KINDS:
        raise NotFound
    made: Card = card(one.body, form, imprint(one), words_of(visit, one.body.language))
    draw, media_type = _KINDS[kind]
    return _file(draw(made), media_type, f"{one.id}-{form}.{kind}")


def json_ld(visit: Visit) -> Response:
    """The ClaimReview as a file."""
    one = dossier(visit).last
    body = orjson.dumps(_claim_review(visit, one), option=orjson.OPT_INDENT_2)
    return _file(body, "application/ld+json", f"{one.id}.jsonld")


def _claim_review(visit: Visit, one: ClarificationRevision) -> dict[str, Any]:
    here = visit.desk.settings.desk_url or str(visit.request.base_url)
    url = one.body.page if one.body.page is not None else f"{here.rstrip('/')}/clarify/{one.id}"
    say = words_of(visit, one.body.language)
    return claim_review(one.body, url, day_of(one.at_ms), imprint(one), say)


def _file(body: bytes, media_type: str, name: str) -> Response:
    disposition = f'inline; filename="klarifikasi-{name}"'
    return Response(body, media_type=media_type, headers={"content-disposition": disposition})


PAGES: Final = (
    Page("/clarify/{id}/card/{file}", picture, EVERYBODY),
    Page("/clarify/{id}/claimreview.jsonld", json_ld, EVERYBODY),
)
