"""The institution that runs saring: what it is called, and where it is meant."""

import re
from functools import lru_cache
from typing import Final

from tasks.characters import fold
from tasks.domains import registered_domain
from tasks.factcheck import Name
from tasks.models import Frozen

_WORD: Final = re.compile(r"[^\W_]+")
_CLITIC: Final = "(?:nya|lah|kah|pun)?"
"""What Indonesian writes together with the word before."""


class Institution(Frozen):
    """Its name, and what else it is called: short names, former names, its web domains."""

    name: Name
    aliases: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the name first."""
        return (self.name, *self.aliases)

    def named_in(self, *texts: str) -> bool:
        """Whether a text names it, in whole words; case and punctuation do not matter.

        A part of the name, an office or a place is no name of it: that is what aliases are for.
        """
        return any(says(text, name) for text in texts for name in self.names)

    def owns(self, host: str) -> bool:
        """Whether a host is under a domain that is among its aliases."""
        domains = {registered_domain(one.lower()) for one in self.aliases if _is_domain(one)}
        return registered_domain(host) in domains


def says(text: str, name: str) -> bool:
    """Whether the words of `name` stand in `text`, in a row; a name without a word never does."""
    pattern = _pattern(name)
    return pattern is not None and pattern.search(words(text)) is not None


def words(text: str) -> str:
    """The words of a text in small letters, one blank between them."""
    return " ".join(_WORD.findall(fold(text).casefold()))


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str] | None:
    plain = words(name)
    return re.compile(rf"(?<!\S){plain}{_CLITIC}(?!\S)") if plain else None


def _is_domain(name: str) -> bool:
    return "." in name and " " not in name
