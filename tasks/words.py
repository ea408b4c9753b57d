"""The closed vocabularies of DESIGN sections 2 and 6, as types."""

from typing import Final, Literal, get_args

Kind = Literal["post", "article"]
Desk = Literal["amplify", "answer", "service", "clarify", "oversight", "review", "none"]
State = Literal["auto", "needs_human", "abstained"]
Sentiment = Literal["positive", "neutral", "negative"]
Target = Literal["institution", "office_holder", "private_person", "protected_group", "none"]

ProtectedAct = Literal["criticism", "satire", "press", "misconduct_report"]
DangerAct = Literal["identity_hate", "incitement_threat", "doxxing", "scam_impersonation"]
OtherAct = Literal[
    "good_news",
    "question",
    "complaint",
    "rumour",
    "false_claim",
    "slander_person",
    "abusive",
    "emergency",
    "other",
]
Act = ProtectedAct | DangerAct | OtherAct

PROTECTED_ACTS: Final[tuple[ProtectedAct, ...]] = get_args(ProtectedAct)
DANGER_ACTS: Final[tuple[DangerAct, ...]] = get_args(DangerAct)
ACTS: Final[tuple[Act, ...]] = (*PROTECTED_ACTS, *DANGER_ACTS, *get_args(OtherAct))
DESKS: Final[tuple[Desk, ...]] = get_args(Desk)

Outcome = Literal["refuted", "confirmed", "unproven"]
"""What a published fact-check says of a claim."""
Subtype = Literal[
    "misleading", "imposter", "fabricated", "false_connection", "false_context", "manipulated"
]
"""In what way a refuted claim is false."""
Decision = Literal["confirm", "suggest"]
"""Whether a match with a fact-check stands at once, or waits for a person."""

LANGUAGES: Final = ("id", "en")
"""Languages in which people read reasons and tables."""
ReaderLanguage = Literal["id", "en"]
