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
from functools import lru_cache, reduce
from operator import or_
from typing import Generic, NamedTuple, TypeVar

from tasks.tokens import WORDS_REMEMBERED, Token, Tokens, forms

MAX_GAP = 20
"""Words that a gap may skip; it bounds the cost of a step."""


class Run(NamedTuple):
    """A match of a phrase: tokens `first` up to, not including, `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Choice:
    """The words of which one must stand, and the beginnings of such words."""

    words: frozenset[str]
    prefixes: tuple[str, ...]

    def fits(self, forms: Sequence[str]) -> bool:
        """Whether a token of these forms is one of them."""
        return not self.words.isdisjoint(forms) or (
            bool(self.prefixes) and any(form.startswith(self.prefixes) for form in forms)
        )


@dataclass(frozen=True, slots=True)
class _Slot:
    choice: _Choice
    gap: int
    within_clause: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase: the words it begins with, and what follows."""

    start: _Choice
    rest: tuple[_Slot, ...]

    @property
    def needs(self) -> Iterator[_Choice]:
        """It cannot match a text that leaves one of these out."""
        return (slot.choice for slot in self.rest if not slot.optional)

    def run(self, tokens: Tokens, first: int) -> Run | None:
        """The shortest match whose first token is the one at `first`, which fits its start."""
        if not self.rest:
            return Run(first, first + 1)
        ends = {first + 1}
        for slot in self.rest:
            found = {at for end in ends for at in _after(tokens.placed, end, slot)}
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
        if slot.choice.fits(token.forms):
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
    return Phrase(slots[0].choice, tuple(slots[1:]))


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
    return _Slot(_Choice(plain, prefixes), gap, within, optional)


T = TypeVar("T")


class _Table(Generic[T]):
    """Values found by the words that fit a choice."""

    def __init__(self, entries: Iterable[tuple[_Choice, T]]) -> None:
        self._words: dict[str, list[T]] = {}
        self._prefixes: dict[str, list[T]] = {}
        for choice, value in entries:
            for word in choice.words:
                self._words.setdefault(word, []).append(value)
            for prefix in choice.prefixes:
                self._prefixes.setdefault(prefix, []).append(value)
        self._lengths = tuple(sorted({len(prefix) for prefix in self._prefixes}))

    def of(self, forms: Sequence[str]) -> list[T]:
        """The values of every choice that a token of these forms fits."""
        found: list[T] = []
        for form in forms:
            found += self._words.get(form, ())
            for length in self._lengths:
                found += self._prefixes.get(form[:length], ())
        return found


class _Owned(NamedTuple):
    """A phrase, its owner, and the choices that it needs: one bit for each."""

    owner: str
    phrase: Phrase
    needs: int


class _Use(NamedTuple):
    """What a word is good for: the phrases that it begins, and the choices that it fits."""

    begins: tuple[_Owned, ...]
    fits: int


class PhraseIndex:
    """Many phrases, each with an owner, found in one pass over the tokens."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]]) -> None:
        bits: dict[_Choice, int] = {}
        owned = [
            _Owned(
                owner, phrase, _union(bits.setdefault(one, 1 << len(bits)) for one in phrase.needs)
            )
            for owner, phrase in phrases
        ]
        self._begins = _Table((one.phrase.start, one) for one in owned)
        self._fits = _Table(bits.items())
        # Few words make up most of a text; what they are good for is looked up once.
        self._use = lru_cache(maxsize=WORDS_REMEMBERED)(self._look_up)

    def find(self, tokens: Tokens) -> dict[str, list[Run]]:
        """Every owner with its matches, one for each word they begin at, in text order."""
        uses = [self._use(word) for word in tokens.written]
        absent = ~_union(use.fits for use in uses)
        found: dict[str, list[Run]] = {}
        for first, use in enumerate(uses):
            for owner, phrase, needs in use.begins:
                if needs & absent:
                    continue
                runs = found.get(owner)
                if runs is not None and runs[-1].first == first:
                    continue
                if (run := phrase.run(tokens, first)) is not None:
                    found.setdefault(owner, []).append(run)
        return found

    def _look_up(self, word: str) -> _Use:
        of = forms(word)
        return _Use(tuple(self._begins.of(of)), _union(self._fits.of(of)))


def _union(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)
