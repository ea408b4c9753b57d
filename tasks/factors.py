"""The six factors of the Rabat Plan of Action, as a reviewer says them in their own words.

Source: A/HRC/22/17/Add.4, appendix, paragraph 29, the threshold test for incitement.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tasks.characters import without_invisible
from tasks.masking import mask_text

Factor = Literal["context", "speaker_role", "intent", "content_and_form", "extent", "likelihood"]
FACTORS: Final[tuple[Factor, ...]] = get_args(Factor)
LEAST_WORDS: Final = 4
"""Different words of a factor; fewer say nothing that could be weighed."""
LONGEST: Final = 2000
"""Characters of a factor."""

Flaw = Literal["short", "long", "repeated", "personal", "copied"]
"""short: too few words. repeated: said of another factor too. personal: names an account, a
number or an address. copied: another reviewer wrote the same."""
_MEANT: Final[dict[Flaw, str]] = {
    "short": f"say it in your own words, {LEAST_WORDS} different ones or more",
    "long": f"say it in {LONGEST} characters or fewer",
    "repeated": "this is what another factor says: say what is meant here",
    "personal": "leave out accounts, numbers, and addresses of people",
    "copied": "another reviewer wrote the same: say it in your own words",
}
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class RabatFactors:
    """Each factor in the reviewer's own words. Raises ValueError that names the factor."""

    context: str
    speaker_role: str
    intent: str
    content_and_form: str
    extent: str
    likelihood: str

    def __post_init__(self) -> None:
        for factor, flaw in flaws({one: self.said(one) for one in FACTORS}).items():
            raise ValueError(f"{factor}: {_MEANT[flaw]}")

    def said(self, factor: Factor) -> str:
        """What was said of one factor."""
        text: str = getattr(self, factor)
        return text


def flaws(
    said: Mapping[Factor, str], others: Iterable[Mapping[Factor, str]] = ()
) -> dict[Factor, Flaw]:
    """What keeps these texts from being judged by, for each factor; empty: nothing.

    `others`: what other reviewers said of the same item.
    """
    taken = {(one, plain(text)) for other in others for one, text in other.items()}
    found: dict[Factor, Flaw] = {}
    before: set[str] = set()
    for factor in FACTORS:
        flaw = _flaw(said.get(factor, ""), before)
        if flaw is None and (factor, plain(said[factor])) in taken:
            flaw = "copied"
        if flaw is not None:
            found[factor] = flaw
        before.add(plain(said.get(factor, "")))
    return found


def tidy(text: str) -> str:
    """The text as it is kept: without invisible characters, and white space at its ends."""
    return without_invisible(text.replace("\r\n", "\n")).strip()


def plain(text: str) -> str:
    """The words alone, in lower case: what a copy with other commas has in common."""
    return " ".join(_WORD.findall(text.casefold()))


def is_personal(text: str) -> bool:
    """Whether the text names an account, a number or an address of a person."""
    return mask_text(text) != text


def _flaw(text: str, before: set[str]) -> Flaw | None:
    if len(set(_WORD.findall(text.casefold()))) < LEAST_WORDS:
        return "short"
    if len(text) > LONGEST:
        return "long"
    if plain(text) in before:
        return "repeated"
    return "personal" if is_personal(text) else None
