"""Words that turn a claim round: negations, and opposites such as "naik" and "turun"."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from tasks.claims.tables import rows
from tasks.claims.terms import stem


@cache
def negations() -> frozenset[str]:
    """Words that deny what they stand beside, as they are typed (lower case, no apostrophe)."""
    return frozenset(word for _, words in rows("negations", 2) for word in words.split())


@cache
def opposites() -> Mapping[str, frozenset[str]]:
    """Each term that has opposites, with these."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sides in rows("opposites", 2):
        these, those = (set(map(stem, side.split())) for side in sides)
        for term in these:
            found[term] |= those
        for term in those:
            found[term] |= these
    return {term: frozenset(of) for term, of in found.items()}
