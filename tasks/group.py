"""group: which earlier item tells the same, in the same words or almost.

Two fingerprints of the clean text are claimed: `x:` of every character, `n:` of what remains
when case, punctuation, emoji, placeholders and calls to share are left out. Numbers stay as
they are: "3 korban" is another story than "5 korban".

A text of very few words claims neither: two people who write "terima kasih" did not copy each
other, and a cry for help must not be shown as a repetition. Each such item is its own narrative.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from tasks.characters import MARKS
from tasks.models import Batch, Grouping, Item
from tasks.ports import Ports
from tasks.stage import made

MIN_WORDS: Final = 3
MIN_LETTERS: Final = 12

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
    " gaes guys rekan sanak dulur"
)


def group(batch: Batch, ports: Ports) -> Batch:
    """Say of each item which earlier one it repeats, if any; one claim for the whole batch.

    `duplicate_of` names the first item of the narrative, not another repetition of it. An item
    that comes twice (redelivery) is never its own duplicate. Raises Unavailable.
    """
    keys = [_keys(_text(item)) for item in batch.items]
    claims = [(key, item.ref) for item, pair in zip(batch.items, keys, strict=True) for key in pair]
    owners = iter(ports.fingerprints.claim(claims))
    return batch.with_items(
        tuple(
            item.with_grouping(_grouping(item.ref, pair, [next(owners) for _ in pair]))
            for item, pair in zip(batch.items, keys, strict=True)
        )
    )


def skeleton(text: str) -> str:
    """What two tellings of one text have in common: its words and numbers, in order."""
    phrases = _PHRASE_END.split(_squeezed(text.casefold()))
    words: list[str] = _WORD.findall("\n".join(phrases))
    if _SHARING.isdisjoint(words):  # as most texts
        return " ".join(words)
    told = (words for words in map(_WORD.findall, phrases) if not _calls_to_share(words))
    return " ".join(word for words in told for word in words)


def _keys(text: str) -> tuple[str, ...]:
    """The fingerprints to claim: exact, then normalised; none for a very short text."""
    bones = skeleton(text)
    if bones.count(" ") + 1 < MIN_WORDS or sum(map(str.isalpha, bones)) < MIN_LETTERS:
        return ()
    return f"x:{_digest(text)}", f"n:{_digest(bones)}"


def _grouping(ref: str, keys: tuple[str, ...], owners: Sequence[str]) -> Grouping:
    if not keys:
        return Grouping(narrative_id=f"n-{_digest(ref)[:16]}")
    narrative = f"n-{keys[1].removeprefix('n:')[:16]}"
    exact, normalised = owners
    first = normalised if normalised != ref else exact
    if first == ref:
        return Grouping(narrative_id=narrative)
    return Grouping(
        narrative_id=narrative,
        duplicate_of=first,
        match="exact" if exact == first else "normalised",
    )


def _calls_to_share(words: list[str]) -> bool:
    said = set(words)
    return bool(said & _SHARING) and said <= _SHARING | _BESIDE_SHARING


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _text(item: Item) -> str:
    return made(item.normalised, "normalise").text
