"""Tokens: the words of a text, in the forms in which a rule may name them.

Lower case, without elongation ("lamaaa"), digits for letters ("b4ngs4t"), accents, clitics
("pelayanannya") and the suffixes of verbs ("bakarin"); each with its sentence, its clause and
whether it is quoted.
"""

import re
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

_EXCLAMATION: Final = 2
"""Words up to which a sentence is an exclamation."""
WORDS_REMEMBERED: Final = 32_768
"""Words of which the forms, and what they begin, are looked up once."""

_LONGEST: Final = 64
"""Letters of a word that are looked at: longer ones are no words, and would fill the memory."""

_SAID: Final = r"#?[^\W_]+|\[[A-Z]{1,20}(?: [^\s\[\]]{1,255})?\]"
_SPOKEN: Final = re.compile(rf"{_SAID}|\?")
_TOKEN: Final = re.compile(
    rf"({_SAID})"
    r"|(\?)"
    r"|(\.{2,}|[…,:()—])"
    r"|([.!;](?=\s|[\"”»]|\Z)|[\n!])"
    r"|([\"“”«»])"
)
_WORD, _ASK, _PAUSE, _STOP, _QUOTE = range(1, 6)  # its groups
_TOLD: Final = (_WORD, _ASK)
_ELONGATED: Final = re.compile(r"(.)\1{2,}")
_ACCENTS: Final = str.maketrans("áàâäéèêëíìîïóòôöúùûü", "aaaaeeeeiiiioooouuuu")
_DIGITS: Final = str.maketrans("01345", "oieas")
_CLITICS: Final = ("nya", "lah", "kah", "mu", "ku", "pun", "ny")
_SUFFIXES: Final = ("kan", "in", "i")
"""Of verbs: bakarin, gebuki, habiskan. Cut only where four letters are left."""
_ENDS: Final = (*((end, 3) for end in _CLITICS), *((end, 4) for end in _SUFFIXES))
_ANY_END: Final = (*_CLITICS, *_SUFFIXES)


class Token(NamedTuple):  # made for every word: a NamedTuple is made in half the time
    """A word, placeholder or question mark: its span, its forms, and where it stands."""

    start: int
    end: int
    forms: tuple[str, ...]
    sentence: int
    clause: int
    quoted: bool


@lru_cache(maxsize=WORDS_REMEMBERED)
def forms(word: str) -> tuple[str, ...]:
    """The ways in which `word` may stand in a word list, as written first."""
    plain = word.lower()
    if not plain.isascii():
        plain = plain.translate(_ACCENTS)  # Sundanese "téh" is mostly typed "teh"
    if plain.startswith("["):
        return (plain.split()[0].rstrip("]") + "]",)  # "[TAUTAN contoh.id]" is "[tautan]"
    found = [plain, *([plain[1:]] if plain.startswith("#") else [])]
    if plain.endswith("2"):  # "orang2": reduplication as it is typed
        found.append(plain[:-1])
    if len(plain) > 2 and _ELONGATED.search(plain):
        found.append(_ELONGATED.sub(r"\1", plain))
    if not plain.isalpha() and not plain.isdigit():
        found.append(plain.translate(_DIGITS))
    for form in tuple(found):
        if form.endswith(_ANY_END):  # quick: most words end otherwise
            found += [
                form[: -len(end)]
                for end, least in _ENDS
                if form.endswith(end) and len(form) - len(end) >= least
            ]
    return tuple(dict.fromkeys(found))


class Tokens:
    """The tokens of a text: how they are written at once, where they stand only when asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Signs stand in no word and hold none, so a token is the same whether they are read or not.
        self.written: list[str] = [word[:_LONGEST] for word in _SPOKEN.findall(text)]

    @cached_property
    def placed(self) -> list[Token]:
        """As `tokenise` gives them: one for each that is written."""
        return tokenise(self._text)


def tokenise(text: str) -> list[Token]:
    """The tokens of `text` in order, each with its sentence, clause and quotation."""
    tokens: list[Token] = []
    sentence = clause = 0
    words = 0  # of the sentence so far
    quoted = False
    for found in _TOKEN.finditer(text):
        sign = found.lastindex
        if sign in _TOLD:
            start, end = found.span()
            of = forms(found[0][:_LONGEST])
            tokens.append(Token(start, end, of, sentence, clause, quoted))
            words += 1
            if sign == _WORD:
                continue
        if sign == _QUOTE:
            # Straight marks only toggle; curved ones say which way they point.
            quoted = found[0] in "“«" or (found[0] == '"' and not quoted)
            continue
        clause += 1
        # "Tolong! Ibu saya tertimpa pohon": an exclamation belongs to what follows it.
        if sign != _PAUSE and words > _EXCLAMATION:
            sentence += 1
            words = 0
    return tokens
