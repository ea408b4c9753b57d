"""Who in a text may be a private person that others could recognise.

It errs on the side of finding one: a page then asks for consent that was not needed, which harms
nobody. A name right behind a public role ("Camat Sako Rina Wulandari") is that of its holder.
"""

import re
from typing import Final

from tasks.enrich.entities import entities
from tasks.enrich.word_features import classes
from tasks.masking.placeholders import PERSONAL
from tasks.names import Words

_NAMES: Final = frozenset({"given", "family"})
_PUBLIC: Final = frozenset({"role", "institution", "place"})
_FAMILIAR: Final = frozenset(
    (
        *("pak", "bapak", "bpk", "bu", "ibu", "sdr", "saudara", "saudari", "mas", "mbak", "mba"),
        *("bang", "kak", "kakak", "dik", "adik", "mang", "bi", "bik", "cik", "wak", "yuk"),
        *("nenek", "kakek", "mbah", "haji", "hajah", "kyai", "ustaz", "ustadz"),
    )
)
_NAMED: Final = re.compile(r"\b(?:bernama|nama(?:nya)?|inisial)\s+([^\W\d_]+)", re.IGNORECASE)


def identifiable(text: str) -> tuple[str, ...]:
    """What may name a private person in a clean text, each once, in order; () if nothing does.

    Masked data counts: what was a telephone number here is one at the source.
    """
    words = Words.of(text)
    taken = _public(text, words)
    spans = [one.span() for one in PERSONAL.finditer(text)]
    spans += [one.span(1) for one in _NAMED.finditer(text)]
    spans += [
        (words.starts[at], words.ends[at])
        for at in range(len(words.lower))
        if at not in taken and _is_name(words, at)
    ]
    return tuple(dict.fromkeys(text[start:end] for start, end in _joined(sorted(spans))))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that stand one blank apart, or meet, as one: "Sri Wahyuni"."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _public(text: str, words: Words) -> set[int]:
    """Words of roles, institutions and places, and the names that follow a role."""
    taken: set[int] = set()
    for one in entities(text):
        if one.kind in _PUBLIC:
            inside = [
                at
                for at, start in enumerate(words.starts)
                if one.span.start <= start < one.span.end
            ]
            taken.update(inside)
            if one.kind == "role" and inside:
                taken.update(_holder(words, inside[-1] + 1))
    return taken


def _holder(words: Words, at: int) -> list[int]:
    """The words from `at` on that are written like a name."""
    held = []
    while at < len(words.lower) and words.follows(at) and words.written(at)[0].isupper():
        held.append(at)
        at += 1
    return held


def _is_name(words: Words, at: int) -> bool:
    large = words.written(at)[0].isupper()
    if words.before(at) in _FAMILIAR:
        return large or _listed(words.lower[at])
    return large and _listed(words.lower[at])


def _listed(word: str) -> bool:
    return not _NAMES.isdisjoint(classes().get(word, "").split("+"))
