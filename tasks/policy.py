"""What is fixed for every desk: which acts go where, how soon, and when a finding counts.

These are decisions of the project, not settings: DESIGN sections 1 and 6.
"""

from typing import Final

from tasks.words import Act, Desk

ACT_THRESHOLD: Final = 0.5
"""An act counts from this probability on. A prior, not yet calibrated."""

LANGUAGES_COVERED: Final = frozenset({"ind", "jav", "sun", "min", "mui", "zsm", "bjn"})
"""Languages that rules are written for."""

LANGUAGES_HEARD: Final = frozenset({"ind", "zsm"})
"""Languages in which the hate signals count: they were trained on Indonesian posts alone."""

DESKS_OF_ACTS: Final[dict[Act, Desk]] = {
    "good_news": "amplify",
    "question": "answer",
    "complaint": "service",
    "misconduct_report": "oversight",
    "criticism": "none",
    "satire": "none",
    "press": "none",
    "rumour": "clarify",
    "false_claim": "clarify",
    "slander_person": "review",
    "abusive": "none",
    "identity_hate": "review",
    "incitement_threat": "review",
    "doxxing": "review",
    "scam_impersonation": "review",
    "emergency": "review",
    "other": "none",
}

REVIEWED_ACTS: Final = tuple(act for act, desk in DESKS_OF_ACTS.items() if desk == "review")
"""Acts that a person looks at, always."""

PRIORITIES: Final[dict[Act, int]] = {
    "emergency": 100,
    "incitement_threat": 95,
    "doxxing": 92,
    "identity_hate": 90,
    "scam_impersonation": 85,
    "slander_person": 75,
    "false_claim": 70,
    "misconduct_report": 65,
    "rumour": 60,
    "complaint": 55,
    "question": 45,
    "good_news": 30,
    "criticism": 20,
    "press": 15,
    "satire": 10,
    "abusive": 10,
    "other": 5,
}


def desk_of(act: Act) -> Desk:
    """The desk that acts on `act`. Total over Act."""
    return DESKS_OF_ACTS[act]
