"""The first draft of a clarification, from the published fact-check in force."""

import re
from typing import Final, Protocol

from tasks.citations import citations_of
from tasks.clarification import MAX_HEADLINE, Clarification
from tasks.factcheck import FactCheck
from tasks.institution import Institution
from tasks.words import ReaderLanguage

_PARAGRAPH: Final = re.compile(r"\n\s*\n")
# A sentence ends before white space and a capital: "pukul 08.00", "dr. Ani" mostly do not.
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_MAX_PART: Final = 6_000


class Say(Protocol):
    """Words in the language of the clarification, by their name, with values filled in."""

    def __call__(self, name: str, **values: object) -> str:
        """Raises KeyError for a name that has no words."""
        ...


def draft(
    institution: Institution,
    language: ReaderLanguage,
    say: Say,
    check: FactCheck | None = None,
    seen: str = "",
) -> Clarification:
    """A draft: of a false claim where `check` refutes it, or else of a rumour to be verified.

    `seen` is the text that the desk was shown: it is looked at for the institution's names and
    never copied. A clarification of three paragraphs is read as the fact, why the claim is wrong,
    and the fact again. Raises ValueError for a fact-check that confirms the claim.
    """
    detected = institution.named_in(seen)
    if check is None:
        return Clarification(
            language=language,
            institution=institution,
            detected=detected,
            warning=say("warning_rumour"),
            why=say("unknown"),
        )
    first, middle, last = _parts(check.clarification)
    refuted = check.outcome == "refuted"
    misleads = say(f"why_{check.subtype or 'unsaid'}") if refuted else say("unknown")
    return Clarification(
        language=language,
        institution=institution,
        detected=detected,
        headline=_headline(first),
        fact=first,
        warning=say("warning_false" if refuted else "warning_rumour"),
        claim=check.claim,
        why="\n\n".join(part for part in (misleads, middle) if part)[:_MAX_PART],
        fact_again=last,
        citations=citations_of(check, say("check_title", verdict=check.verdict[:200])),
        factcheck=check,
    )


def _parts(clarification: str) -> tuple[str, str, str]:
    """What is the fact, what is between, and the fact again; the first sentence where none is."""
    found = [one.strip() for one in _PARAGRAPH.split(clarification) if one.strip()]
    if not found:
        return "", "", ""
    first, *rest = found
    again = rest.pop() if len(rest) > 1 else _sentence(first)
    return first[:_MAX_PART], "\n\n".join(rest), again[:_MAX_PART]


def _headline(fact: str) -> str:
    """The first sentence, if it is short enough to be one; a person writes it else."""
    sentence = _sentence(fact)
    return sentence.removesuffix(".") if len(sentence) <= MAX_HEADLINE else ""


def _sentence(text: str) -> str:
    return _SENTENCE_END.split(text, maxsplit=1)[0]
