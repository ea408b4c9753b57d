"""The skeleton of a text: its words and numbers in plain spelling, in order.

Case, punctuation, emoji, placeholders, elongation and calls to share are left out, slang is spelled
out, and numbers stay as they are: "3 korban" is another story than "5 korban". Two tellings with
one skeleton are one text.
"""

import re
from functools import lru_cache
from typing import Final

from tasks.characters import MARKS
from tasks.spelling import LONGEST, spelled
from tasks.tokens import WORDS_REMEMBERED

# "1.500" and "3,5" are one number each, and not 1500 or 35.
_WORD: Final = re.compile(rf"(?:[^\W\d_]+|[{MARKS}]+)+|\d+(?:[.,:/-]\d+)*%?")
_REPEATED_LETTER: Final = re.compile(r"([^\W\d_])\1+")
# Where a phrase ends: a sign before white space, a line, a placeholder (any case), an emoji.
_PHRASE_END: Final = re.compile(
    r"[.!?:;,]+(?=\s|$)|\n|\[(?:akun|nik|telepon|surel|alamat|rekening|tautan [^\s\[\]]+)\]"
    "|[\u2026\u2600-\u27bf\U0001f000-\U0001faff]"
)


def _squeezed(text: str) -> str:
    """Every letter said once: "bangeeet" is "banget", and "maaf" and "maaaf" are the same."""
    return _REPEATED_LETTER.sub(r"\1", text)


def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(map(_squeezed, words.split()))


# A phrase is a call to share if it says so and holds no word but these.
_SHARING: Final = _vocabulary(
    "sebar sebarkan sebarin sebarluaskan disebar disebarkan disebarluaskan share sher dishare"
    " bagikan dibagikan viralkan viral diviralkan teruskan diteruskan forward forwarded fwd copas"
    " repost rt via"
)
_BESIDE_SHARING: Final = _vocabulary(
    "tolong mohon bantu minta ayo yuk silakan silahkan segera harap please pls dong ya yah lah ke"
    " di dari semua seluruh grup group wa whatsapp kontak teman keluarga saudara sebelah tetangga"
    " orang info informasi pesan ini sebanyak banyaknya agar biar supaya as received pak bu kak min"
    " gaes guys rekan sanak dulur anda kalian kamu kita"
)


def skeleton(text: str) -> str:
    """What two tellings of one text have in common: its words and numbers, in order."""
    phrases = _PHRASE_END.split(text.casefold())
    words: list[str] = _WORD.findall("\n".join(phrases))
    if _SHARING.isdisjoint(map(_once, words)):  # as most texts
        return " ".join(map(_bone, words))
    told = (words for words in map(_WORD.findall, phrases) if not _calls_to_share(words))
    return " ".join(_bone(word) for words in told for word in words)


_once: Final = lru_cache(maxsize=WORDS_REMEMBERED)(_squeezed)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _bone(word: str) -> str:
    """A lower-case word or number in plain spelling, every letter said once."""
    return _squeezed(spelled(word) if 1 < len(word) <= LONGEST else word)


def _calls_to_share(words: list[str]) -> bool:
    said = set(map(_once, words))
    return bool(said & _SHARING) and said <= _SHARING | _BESIDE_SHARING
