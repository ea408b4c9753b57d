"""What may leave the house: a signed referral with all that it rests on, and no account in it.

A `Packet` is built of a `Referral` and nothing else, and asks again whether what it refers is a
harm to people that nothing protects. Raises ValueError where it is not.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.factors import FACTORS, is_personal
from tasks.harm import harms_in
from tasks.masking import mask_url
from tasks.models import Publication
from tasks.referral import Decision, Referral
from tasks.thresholds import InForce, Threshold

FORM = 1
"""Version of the packet's form."""


@dataclass(frozen=True, slots=True)
class Told:
    """The narrative of an item in figures: nothing of any single account."""

    narrative_id: str
    items: int
    copies: int
    accounts: str
    """How many different ones; "<5" below five."""
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Packet:
    """A signed referral, whole. Raises ValueError if any part of it may not leave."""

    referral: Referral
    content: Publication
    seen: str
    """SHA-256 of the publication as it is stored, in hex."""
    narrative: Told
    law: InForce

    def __post_init__(self) -> None:
        if not isinstance(self.referral, Referral):
            raise ValueError("a packet is made of a Referral")  # noqa: TRY004 - one error
        if self.referral.harm not in harms_in(self.content):
            raise ValueError("this is no harm to people, or protected speech: it is not referred")
        if any(one.seen != self.seen for one in self.referral.decisions):
            raise ValueError("the item has changed since the reviewers saw it")
        if not self.grounds:
            raise ValueError(
                f"no legal threshold in force is filled in for {self.referral.harm.act}"
            )
        if any(map(is_personal, self._texts())) or not _without_account(self.content.url):
            raise ValueError("an account or other personal data is in it: redact the item first")

    @property
    def grounds(self) -> tuple[Threshold, ...]:
        """The rows of law that the harm may fall under."""
        return tuple(row for row in self.law.of(self.referral.harm.act) if row.article)

    def _texts(self) -> list[str]:
        said = [one.factors.said(name) for one in self.referral.decisions for name in FACTORS]
        return [self.content.text, *said]

    def as_json(self) -> dict[str, Any]:
        """The packet as plain values, in a stable order."""
        item, harm = self.content, self.referral.harm
        return {
            "form": FORM,
            "harm": {"act": harm.act, "target": harm.target},
            "item": {
                "ref": item.ref,
                "kind": item.kind,
                "platform": item.platform,
                "url": item.url,
                "published_at": item.published_at.isoformat(),
                "language": item.language,
                "text": item.text,
                "acts": [one.model_dump(mode="json") for one in item.acts],
                "target": item.target,
            },
            "narrative": {
                "id": self.narrative.narrative_id,
                "items": self.narrative.items,
                "copies": self.narrative.copies,
                "accounts": self.narrative.accounts,
                "first": self.narrative.first.isoformat(),
                "last": self.narrative.last.isoformat(),
            },
            "evidence": {
                "publication_sha256": self.seen,
                "text_sha256": hashlib.sha256(item.text.encode()).hexdigest(),
            },
            "versions": dict(sorted(item.versions.items())),
            "thresholds": {
                "title": self.law.title,
                "version": self.law.version,
                "on": self.law.on.isoformat(),
                "rows": [row.model_dump(mode="json") for row in self.grounds],
            },
            "decisions": [_decision(one) for one in self.referral.decisions],
            "sign_off": {
                "officer": self.referral.sign_off.officer.value,
                "role": self.referral.sign_off.role,
                "at": self.referral.sign_off.signed_at.isoformat(),
            },
        }


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "reviewer": one.reviewer.value,
        "refer": one.refer,
        "at": one.decided_at.isoformat(),
        "seen": one.seen,
        "factors": {name: one.factors.said(name) for name in FACTORS},
    }


def _without_account(url: str | None) -> bool:
    return url is None or mask_url(url) == url
