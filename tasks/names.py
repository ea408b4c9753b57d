"""Words of a text with their places, and names of many words found among them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, Self, TypeVar

T = TypeVar("T")

# A placeholder is one word that no name holds: names inside a host are no names.
_WORD: Final = re.compile(r"\[[A-Z]{1,20}(?: [^\s\[\]]{1,255})?\]|[^\W_]+")
_JOINTS: Final = frozenset((" ", "-", "\u2010", "\u2011"))
_AFTER_SHORT_FORM: Final = frozenset((". ", "."))
"""Between "Kab" and "Bandung", besides a blank."""
_MOST_LARGE: Final = 0.6
"""The share of words in capitals up to which a capital tells something."""


def split(text: str) -> tuple[str, ...]:
    """The words of `text` in lower case, as `Words` sees them."""
    return tuple(map(str.lower, _WORD.findall(text)))


@dataclass(frozen=True)
class Words:
    """The words of a text: in lower case, and where each begins and ends (code points)."""

    text: str
    lower: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """The words of `text`; linear in its length."""
        found = [match.span() for match in _WORD.finditer(text)]
        starts, ends = zip(*found, strict=True) if found else ((), ())
        return cls(text, tuple([text[start:end].lower() for start, end in found]), starts, ends)

    @cached_property
    def cased(self) -> bool:
        """Whether many words begin small, so that a capital tells something of a word.

        They do not in headlines, in shouts and in very short texts.
        """
        large = sum(self.text[start].isupper() for start in self.starts)
        return large <= _MOST_LARGE * len(self.starts)

    @cached_property
    def shouted(self) -> bool:
        """Whether most words are in capitals throughout."""
        large = sum(map(str.isupper, map(self.written, range(len(self.starts)))))
        return large * 2 > len(self.starts)

    def gap(self, at: int) -> str:
        """What stands between word `at` and the one before it; a blank before the first."""
        return self.text[self.ends[at - 1] : self.starts[at]] if at else " "

    def joined(self, at: int) -> bool:
        """Whether word `at` stands right behind the one before: a blank or hyphen between."""
        return at > 0 and self.gap(at) in _JOINTS

    def follows(self, at: int) -> bool:
        """`joined`, or with the stop of a short form between: "Kab. Bandung"."""
        return self.joined(at) or (at > 0 and self.gap(at) in _AFTER_SHORT_FORM)

    def before(self, at: int) -> str:
        """The word that word `at` follows, in lower case; empty if it follows none."""
        return self.lower[at - 1] if self.follows(at) else ""

    def written(self, at: int) -> str:
        """Word `at` as it was written."""
        return self.text[self.starts[at] : self.ends[at]]


class NameIndex(Generic[T]):
    """Names of one or more words, each with what it stands for; the longest one wins."""

    def __init__(self, names: Iterable[tuple[Sequence[str], T]]) -> None:
        self._names: dict[str, list[tuple[Sequence[str], T]]] = {}
        for words, value in names:
            self._names.setdefault(words[0], []).append((tuple(words[1:]), value))
        for entries in self._names.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, words: Words) -> Iterator[tuple[int, int, T]]:
        """The names in the text: first word, the word after the last, value; no overlap."""
        behind = 0
        for first in [at for at, word in enumerate(words.lower) if word in self._names]:
            if first >= behind and (found := self.at(words, first)) is not None:
                behind = found[0]
                yield first, *found

    def at(self, words: Words, first: int) -> tuple[int, T] | None:
        """The word after the longest name that begins at word `first`, and its value."""
        for rest, value in self._names.get(words.lower[first], ()):
            last = first + 1 + len(rest)
            if words.lower[first + 1 : last] == rest and all(
                map(words.joined, range(first + 1, last))
            ):
                return last, value
        return None
