"""Which texts are veiled until somebody asks to read them."""

from typing import Final

from tasks.models import Publication
from tasks.words import DANGER_ACTS, Act

_HARMFUL: Final[frozenset[Act]] = frozenset((*DANGER_ACTS, "slander_person", "abusive"))


def harmful(publication: Publication) -> bool:
    """Whether to read it may hurt: it waits for a review, or an act of it harms people."""
    return publication.desk == "review" or any(
        one.act in _HARMFUL and one.probability >= 0.5 for one in publication.acts
    )
