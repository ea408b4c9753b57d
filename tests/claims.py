"""Libraries and matches for tests of claims."""

from collections.abc import Sequence

from tasks.claims import ClaimIndex, ClaimMatch, match
from tasks.factcheck import FactCheck, Library
from tests.factchecks import check

CLAIM = "Vaksinasi campak di Puskesmas Lahat membuat 75 bayi kejang dan lumpuh"
CLARIFICATION = "Puskesmas Lahat memeriksa 12 bayi yang demam ringan. Vaksin tetap gratis."


def vaccine(number: int = 1, **changes: object) -> FactCheck:
    """A fact-check of a claim that is long enough to be confirmed."""
    variants = ("Gara-gara imunisasi campak ning Puskesmas Lahat 75 bayi kejang karo lumpuh",)
    given = {"claim": CLAIM, "variants": variants, "clarification": CLARIFICATION, **changes}
    return check(number, **given)


def matched(index: ClaimIndex, *texts: str) -> list[ClaimMatch | None]:
    """What texts match of which the head of acts says nothing."""
    return match(index, texts, [{}] * len(texts))


def index_of(checks: Sequence[FactCheck]) -> ClaimIndex:
    """The index of these fact-checks."""
    return ClaimIndex.of(Library.of(checks))
