"""When the head of acts is believed that a passage is a danger, with no rule to bear it out.

It learned from a few thousand invented sentences, so words of danger alone can mislead it.
Protected speech in the same passage, or a context in which such words are harmless, outweighs it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from tasks.classify.hearing import Heard
from tasks.classify.target import INSTITUTIONAL, named_target
from tasks.masking.placeholders import LINK, PERSONAL
from tasks.rules import rulebook
from tasks.tokens import tokenise
from tasks.words import PROTECTED_ACTS, Act


class Belief(NamedTuple):
    """Probabilities from which the head brings a passage before a person.

    `alone`, or `supported` by what bears it out: see `_supported`.
    """

    alone: float
    supported: float


BELIEFS: Final[Mapping[Act, Belief]] = {
    "identity_hate": Belief(0.995, 0.95),
    "incitement_threat": Belief(0.985, 0.95),
    "doxxing": Belief(0.98, 0.9),
    "scam_impersonation": Belief(0.95, 0.85),
    "slander_person": Belief(0.95, 0.95),
    "emergency": Belief(0.97, 0.97),
}
"""Chosen for the false alarms that they cost on real posts: docs/models.md."""
_EXCEPTED: Final[frozenset[Act]] = frozenset({"doxxing", "scam_impersonation", "slander_person"})
"""Acts for which the exceptions of the rules hold for the head too, such as a shop's number."""
SHIELDING: Final = 0.3
"""Probability from which a protected act shields its passage."""
_HATEFUL: Final = 0.5

_SILENCED_BY: Final[Mapping[Act, tuple[str, ...]]] = {
    "identity_hate": ("counter_speech", "report"),
    "incitement_threat": ("counter_speech", "report", "figurative"),
    "doxxing": ("warning",),
    "scam_impersonation": ("warning", "report"),
    "emergency": ("report",),
}
# Said of power these are criticism (DESIGN section 1), and an office's address is public.
_NEVER_OF_POWER: Final[frozenset[Act]] = frozenset({"identity_hate", "slander_person", "doxxing"})
_INNOCENT: Final[tuple[Act, ...]] = ("question", "complaint", "good_news", "rumour")


def most_dangerous(heard: Sequence[Heard], signals: Mapping[str, float]) -> dict[Act, Heard]:
    """For each danger that the head is believed in, the passage where it is surest.

    `signals`: those of the whole text that are believed.
    """
    found: dict[Act, Heard] = {}
    for one in heard:
        for act in _believed(one, signals):
            if act not in found or one.acts[act] > found[act].acts[act]:
                found[act] = one
    return found


def _believed(heard: Heard, signals: Mapping[str, float]) -> list[Act]:
    text = heard.passage.text
    sure = [
        act
        for act, (alone, supported) in BELIEFS.items()
        if (probability := heard.acts.get(act, 0.0)) >= supported
        and (probability >= alone or _supported(act, text, signals))
        and all(probability > heard.acts.get(innocent, 0.0) for innocent in _INNOCENT)
    ]
    if not sure or any(heard.acts.get(act, 0.0) >= SHIELDING for act in PROTECTED_ACTS):
        return []
    # Rare, so what the rules say of the passage alone can be asked again.
    book = rulebook()
    reading = book.read(text, "post")
    if any(match.rule.act in PROTECTED_ACTS for match in reading.matches):
        return []
    of_power = named_target(reading.targets) in INSTITUTIONAL
    contexts = book.silencers.find(tokenise(text)).keys()
    return [
        act
        for act in sure
        if contexts.isdisjoint(_silencers(act)) and not (of_power and act in _NEVER_OF_POWER)
    ]


def _supported(act: Act, text: str, signals: Mapping[str, float]) -> bool:
    """Whether something else speaks for the danger: the hate head, data of a person, a link."""
    match act:
        case "identity_hate" | "incitement_threat":
            return signals.get("hate.HS", 0.0) >= _HATEFUL
        case "doxxing":
            return PERSONAL.search(text) is not None
        case "scam_impersonation":
            return PERSONAL.search(text) is not None or LINK.search(text) is not None
        case _:
            return False


@cache
def _silencers(act: Act) -> frozenset[str]:
    """The contexts in which the head is not believed in `act`, as the rule book names them."""
    guards = (f"guard:{name}" for name in _SILENCED_BY.get(act, ()))
    if act not in _EXCEPTED:
        return frozenset(guards)
    rules = rulebook().rules.values()
    return frozenset((*guards, *(f"unless:{rule.id}" for rule in rules if rule.act == act)))
