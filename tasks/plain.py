"""The plain wording of a term (tasks.terms), by which models look up what it means.

Slang and spelling of informal Indonesian, elongation, digits for letters, hashtags split, emoji
named. A word that the lexicon does not know stays as it is, and so does every word of a regional
language. The text itself is never changed, and a term knows its place in it (`terms.places`).
"""

from tasks.hashtags import split
from tasks.lexicon import lexicon
from tasks.spelling import LONGEST, shortened, spelled


def plain(term: str) -> str:
    """The words that `term` stands for, blanks between; the term itself if none are known."""
    if term.startswith("#"):
        return split(term[1:]) or plain(term[1:])
    if (name := lexicon().emoji.get(term)) is not None:
        return name
    word = term if len(term) <= LONGEST else shortened(term)
    # One letter may be anything: "d" is "di", or a vitamin.
    return spelled(word) if 1 < len(word) <= LONGEST else word
