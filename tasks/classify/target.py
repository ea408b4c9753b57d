"""Whom an item speaks of."""

from collections.abc import Mapping
from typing import Final

from tasks.models import ActFinding
from tasks.policy import ACT_THRESHOLD
from tasks.rules import Reading
from tasks.words import Target

INSTITUTIONAL: Final[frozenset[Target]] = frozenset({"institution", "office_holder"})

# In this order where counts are equal: what is said of power outranks what is said of people.
_PUBLIC: Final[tuple[Target, ...]] = ("office_holder", "institution", "protected_group")


def named_target(words: Mapping[Target, int]) -> Target:
    """The target that the words of a text name most often; a private person only if alone."""
    public = max(_PUBLIC, key=lambda target: words.get(target, 0))
    if words.get(public, 0) > 0:
        return public
    return "private_person" if words.get("private_person", 0) > 0 else "none"


def target_of(reading: Reading, acts: tuple[ActFinding, ...]) -> Target:
    """The target of the strongest act: what its rule says, where the text names none itself.

    An attack on a group is on a group, whoever else is named.
    """
    strongest = acts[0]
    if strongest.act == "identity_hate":
        return "protected_group"
    named = named_target(reading.targets)
    if named != "none" or strongest.probability < ACT_THRESHOLD:
        return named
    stated = (match.rule.target for match in reading.matches if match.rule.act == strongest.act)
    return next((target for target in stated if target is not None), "none")
