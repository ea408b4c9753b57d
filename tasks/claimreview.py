"""A clarification as schema.org ClaimReview in JSON-LD, as `saring factchecks import` reads it.

The claim is named and nothing of who made it or where it stood: no `appearance`, no author of
the claim. The scale is 1 (false) to 5 (true); a rumour has words and no number.
"""

import json
from datetime import date
from typing import Any, Final

from tasks.clarification import Clarification
from tasks.drafting import Say
from tasks.social import Imprint, rest_of_fact, stamp

WORST: Final = 1
BEST: Final = 5
_TAGS: Final = {"id": "id-ID", "en": "en"}


def claim_review(
    one: Clarification, url: str, on: date, imprint: Imprint, say: Say
) -> dict[str, Any]:
    """The JSON-LD document of the page at `url`, stamped as every export is."""
    false = one.kind == "false_claim"
    explained = [stamp(one, imprint, say), one.headline, rest_of_fact(one), one.why, one.fact_again]
    rating: dict[str, Any] = {
        "@type": "Rating",
        "alternateName": say(f"rating_{one.subtype or 'false'}" if false else "rating_unproven"),
        "bestRating": BEST,
        "worstRating": WORST,
        "ratingExplanation": "\n\n".join(part for part in explained if part),
    }
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "headline": one.headline,
        "claimReviewed": one.claim,
        "datePublished": on.isoformat(),
        "inLanguage": _TAGS[one.language],
        "creativeWorkStatus": "Draft" if imprint.draft else "Published",
        "author": {"@type": "Organization", "name": one.institution.name},
        "itemReviewed": {"@type": "Claim", "text": one.claim},
        "reviewRating": {**rating, "ratingValue": WORST} if false else rating,
        "citation": [
            {"@type": "CreativeWork", "name": citation.title, "url": citation.url}
            for citation in one.citations
        ],
    }


def embedded(document: dict[str, Any]) -> str:
    """The document as an HTML script element; no text in it can end the element."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/ld+json">\n{text}\n</script>'
