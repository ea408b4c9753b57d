"""The lexicon of informal Indonesian: spellings, known words, names of emoji.

Data in assets/lexicon, written for saring from knowledge of the language, a line a word with all
that stands for it. What a regional language calls a word of its own is no spelling here: "ora",
"teu" and "dak" stay.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).parent / "assets" / "lexicon"

CLITICS: Final = ("nya", "lah", "kah", "pun", "ku", "mu")


class Lexicon(NamedTuple):
    """What is known of words, all in lower case.

    `spellings` maps a word as it is typed to the plain word or words that it stands for.
    `version` is a hash over the files it came from.
    """

    spellings: dict[str, str]
    words: frozenset[str]
    emoji: dict[str, str]
    version: str

    def knows(self, word: str) -> bool:
        """Whether `word` is a plain word or a spelling of one, as it is or before a clitic."""
        return self._lists(word) or any(
            word.endswith(clitic) and self._lists(word[: -len(clitic)]) for clitic in CLITICS
        )

    def _lists(self, word: str) -> bool:
        return word in self.words or word in self.spellings


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the code, read once. Raises ValueError if a file is broken."""
    spellings = {typed: word for word, typed in _pairs("slang")}
    listed = {word for _, word in _pairs("words")}
    meant = {part for word in spellings.values() for part in word.split()}
    return Lexicon(
        spellings=spellings,
        words=frozenset(listed | meant),
        emoji={sign: name for name, sign in _pairs("emoji")},
        version=_version(),
    )


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.tsv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """(first column, each word of the second) of every line after the header."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[1:], 2):
        head, tab, rest = line.partition("\t")
        if not (head and tab and rest):
            raise ValueError(f"{name}.tsv, line {number}: two columns, a tab between them")
        for one in rest.split():
            yield head, one
