"""Texts that are hidden until somebody asks for them."""

from typing import Final

from tasks.models import Publication
from tasks.policy import ACT_THRESHOLD
from tasks.words import DANGER_ACTS, Act

HARMFUL_ACTS: Final[frozenset[Act]] = frozenset({*DANGER_ACTS, "abusive"})
"""Acts whose words hurt who reads them."""


def harms(said: Publication) -> tuple[Act, ...]:
    """The acts for which a text is hidden, the likeliest first; none: it is shown."""
    return tuple(
        finding.act
        for finding in said.acts
        if finding.act in HARMFUL_ACTS and finding.probability >= ACT_THRESHOLD
    )
