"""Phrases: the small language in which rules are written, and the matcher that reads it.

    antre|antri ..4 jam|lama     one of these words, then, within four words, one of those
    @tidak .2 ramah              a word list; `.2` does not cross a comma, `..2` does
    bakar* (hidup)               any word that begins so; a word that may be left out;
                                 words with no gap between them stand in one clause
    [nik] ?                      a placeholder of masked data; a question mark

A phrase never crosses the end of a sentence. Words are compared in all their forms (tokens.py).
Matching starts only at words that a phrase can begin with, and each step looks at a bounded
number of words, so the time is linear in the text whatever the text and the phrases are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tasks.tokens import WORDS_REMEMBERED, Token

MAX_GAP = 20
"""Words that a gap may skip; it bounds the cost of a step."""


class Run(NamedTuple):
    """A match of a phrase: tokens `first` up to, not including, `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Slot:
    words: frozenset[str]
    prefixes: tuple[str, ...]
    gap: int
    within_clause: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase: the words it begins with, and what follows.

    It cannot match a text that holds none of the words in `needs` (unless that is empty).
    """

    start: _Slot
    rest: tuple[_Slot, ...]
    needs: frozenset[str]

    def run(self, tokens: Sequence[Token], first: int) -> Run | None:
        """The shortest match whose first token is `tokens[first]`, which fits the first slot."""
        if not self.rest:
            return Run(first, first + 1)
        ends = {first + 1}
        for slot in self.rest:
            found = {at for end in ends for at in _after(tokens, end, slot)}
            ends = found | ends if slot.optional else found
            if not ends:
                return None
        return Run(first, min(ends))


def _after(tokens: Sequence[Token], start: int, slot: _Slot) -> Iterator[int]:
    """The ends of matches of `slot` that begin at `start` or within its gap."""
    before = tokens[start - 1]
    for at in range(start, min(start + slot.gap + 1, len(tokens))):
        token = tokens[at]
        if token.sentence != before.sentence:
            return
        if slot.within_clause and token.clause != before.clause:
            return
        if not slot.words.isdisjoint(token.forms) or (
            slot.prefixes and any(form.startswith(slot.prefixes) for form in token.forms)
        ):
            yield at + 1


def compile_phrase(source: str, lists: Mapping[str, Sequence[str]]) -> Phrase:
    """Compile one phrase. Raises ValueError that says what is wrong with it."""
    slots: list[_Slot] = []
    gap, within = 0, True
    for part in source.split():
        if re.fullmatch(r"\.{1,2}\d{1,2}", part):
            gap, within = int(part.lstrip(".")), not part.startswith("..")
            continue
        slots.append(_slot(part, lists, gap, within=within))
        gap, within = 0, True
    if not slots or slots[0].gap or slots[0].optional:
        raise ValueError(f"phrase {source!r} must begin with a word that it needs")
    if gap or any(slot.gap > MAX_GAP for slot in slots):
        raise ValueError(f"phrase {source!r}: a gap stands between two words, {MAX_GAP} at most")
    plain = [slot.words for slot in slots[1:] if not (slot.optional or slot.prefixes)]
    return Phrase(slots[0], tuple(slots[1:]), min(plain, key=len, default=frozenset()))


def _slot(part: str, lists: Mapping[str, Sequence[str]], gap: int, *, within: bool) -> _Slot:
    optional = part.startswith("(") and part.endswith(")")
    words: list[str] = []
    for choice in (part[1:-1] if optional else part).split("|"):
        if choice.startswith("@"):
            if choice[1:] not in lists:
                raise ValueError(f"there is no word list {choice!r}")
            words.extend(lists[choice[1:]])
        else:
            words.append(choice)
    for word in words:
        if not re.fullmatch(r"#?[^\W_]+\*?|\[[a-z_]+\]|\?", word) or word != word.lower():
            raise ValueError(f"{word!r} is not one lower-case word")
    plain = frozenset(word for word in words if not word.endswith("*"))
    prefixes = tuple(word[:-1] for word in words if word.endswith("*"))
    return _Slot(plain, prefixes, gap, within, optional)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a word is good for: the phrases that it begins, and its forms that phrases need."""

    phrases: tuple[tuple[str, Phrase], ...]
    needed: frozenset[str]


class PhraseIndex:
    """Many phrases, each with an owner, found in one pass over the tokens."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]]) -> None:
        self._words: dict[str, list[tuple[str, Phrase]]] = {}
        self._prefixes: dict[str, list[tuple[str, Phrase]]] = {}
        needed: set[str] = set()
        for owner, phrase in phrases:
            needed |= phrase.needs
            for word in phrase.start.words:
                self._words.setdefault(word, []).append((owner, phrase))
            for prefix in phrase.start.prefixes:
                self._prefixes.setdefault(prefix, []).append((owner, phrase))
        self._needed = frozenset(needed)
        self._lengths = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        # Few words make up most of a text; what they begin is looked up once.
        self._beginning = lru_cache(maxsize=WORDS_REMEMBERED)(self._look_up)

    def find(self, tokens: Sequence[Token]) -> dict[str, list[Run]]:
        """Every owner with its matches, one for each word they begin at, in text order."""
        beginnings = [self._beginning(token.forms) for token in tokens]
        there = frozenset[str]().union(*(beginning.needed for beginning in beginnings))
        found: dict[str, list[Run]] = {}
        for first, beginning in enumerate(beginnings):
            for owner, phrase in beginning.phrases:
                if phrase.needs and phrase.needs.isdisjoint(there):
                    continue
                runs = found.get(owner)
                if runs is not None and runs[-1].first == first:
                    continue
                if (run := phrase.run(tokens, first)) is not None:
                    found.setdefault(owner, []).append(run)
        return found

    def _look_up(self, forms: tuple[str, ...]) -> _Beginning:
        begun: list[tuple[str, Phrase]] = []
        for form in forms:
            begun.extend(self._words.get(form, ()))
            for length in self._lengths:
                begun.extend(self._prefixes.get(form[:length], ()))
        return _Beginning(tuple(begun), self._needed.intersection(forms))
