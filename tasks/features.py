"""One tokenisation and one hashing of a text, shared by every head.

Two blocks of hashed counts: character 2- to 5-grams within words, and word 1- and 2-grams.
They never share a bucket, since common letter pairs would drown rare words. Links, handles,
placeholders of `normalise` and punctuation are taken out; the text is case folded; every digit
counts as 0; a letter said three times or more counts as two ("bangeeeet").

Counts enter as square roots and each block has length one, so a value is
sqrt(count / counts of the block): integers and correctly rounded IEEE operations only, which
gives the same bits on every machine. Only the Unicode tables may differ between Pythons, for
characters assigned since.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.masking.placeholders import LINK, PERSONAL

VERSION: Final = 2
"""Raise it when a text gets other features than before: weights of another version are refused."""
CHAR_BITS: Final = 19
WORD_BITS: Final = 19
WORDS_FROM: Final = 1 << CHAR_BITS
"""First column of the word block; the character block lies before it."""
WIDTH: Final = WORDS_FROM + (1 << WORD_BITS)
"""Number of columns."""

Codes = NDArray[np.uint64]

_LONGEST_GRAM: Final = 5
# Words, symbols from arrows to emoji, and the punctuation that colours a sentence: a question, a
# shout, a quotation, a pause. The rest says how a data set was collected, not what a text says.
_TOKEN: Final = re.compile(r"[^\W_]+|[\u2190-\u2bff\U0001f000-\U0001faff]|[!?\"“”,:']+|\.{2,}|…")
_NOISE: Final = re.compile(
    rf"{LINK.pattern}|{PERSONAL.pattern}|https?://\S*|www\.\S+|@\w+", re.IGNORECASE
)
_SPACE: Final = np.uint64(ord(" "))
# Odd 64-bit constants (splitmix64 and golden ratio): odd, so that multiplying loses nothing.
_STEP: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_POWERS: Final[Codes] = np.cumprod(np.full(64, _STEP), dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Features:
    """A batch of texts as rows of a sparse matrix of `WIDTH` columns (CSR).

    Row `i` is `indices[offsets[i]:offsets[i + 1]]` (ascending, no repeats) with `values` beside
    them. `latin` and `foreign` count its letters in Latin and in any other script.
    A row depends on its own text alone, never on its neighbours.
    """

    indices: NDArray[np.uint32]
    values: NDArray[np.float32]
    offsets: NDArray[np.int64]
    latin: NDArray[np.int64]
    foreign: NDArray[np.int64]


def features(texts: Sequence[str]) -> Features:
    """Hash `texts`, one row each. Any str is accepted, empty ones and lone surrogates too."""
    codes, rows = _stream([_tokens(text) for text in texts])
    blocks = [*_char_grams(codes, rows), *_word_grams(codes, rows)]
    keys = np.concatenate([row << np.uint64(32) | column for row, column in blocks])
    keys.sort()
    firsts = np.flatnonzero(np.diff(keys, prepend=~np.uint64(0)))
    counts = np.diff(firsts, append=len(keys))
    row = (keys[firsts] >> np.uint64(32)).astype(np.int64)
    indices = keys[firsts].astype(np.uint32)
    block = row * 2 + (indices >= WORDS_FROM)
    totals = np.bincount(block, weights=counts, minlength=2 * len(texts))
    return Features(
        indices=indices,
        values=np.sqrt(counts / totals[block]).astype(np.float32),
        offsets=np.searchsorted(row, np.arange(len(texts) + 1)),
        latin=_count(rows, _is_latin(codes), len(texts)),
        foreign=_count(rows, _is_foreign(codes), len(texts)),
    )


def _tokens(text: str) -> str:
    """The words and symbols of `text`, a space after each."""
    return " ".join([*_TOKEN.findall(_NOISE.sub(" ", text.casefold())), ""])


def _stream(texts: Sequence[str]) -> tuple[Codes, Codes]:
    """All texts as one run of code points that starts with a space, and the row of each."""
    raw = (" " + "".join(texts)).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, dtype="<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    rows = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
    rows = np.concatenate([np.zeros(1, np.uint64), rows])
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    kept = np.ones(len(codes), dtype=np.bool_)
    kept[2:] = (codes[2:] != codes[1:-1]) | (codes[1:-1] != codes[:-2])
    return codes[kept], rows[kept]


def _char_grams(codes: Codes, rows: Codes) -> list[tuple[Codes, Codes]]:
    """(row, column) of every 2- to 5-gram; a space may open or close a gram, not lie inside."""
    grams = []
    spaces = codes == _SPACE
    state, whole = codes, np.ones(len(codes), dtype=np.bool_)
    for n in range(2, _LONGEST_GRAM + 1):
        state = state[:-1] * _STEP + codes[n - 1 :]
        whole = whole[:-1]
        if n > 2:
            whole = whole & ~spaces[n - 2 : -1]
        # A gram that opens with a space belongs to the word after it, hence the second row.
        grams.append((rows[1 : len(whole) + 1][whole], _bucket(state[whole], CHAR_BITS)))
    return grams


def _word_grams(codes: Codes, rows: Codes) -> list[tuple[Codes, Codes]]:
    """(row, column) of every word, and of every pair of neighbours in one text."""
    spaces = codes == _SPACE
    letters = np.flatnonzero(~spaces)
    starts = np.flatnonzero(spaces[letters - 1])
    place = np.arange(len(letters)) - np.repeat(starts, np.diff(starts, append=len(letters)))
    powers = _POWERS[np.minimum(place, len(_POWERS) - 1)]
    words = np.add.reduceat(codes[letters] * powers, starts) if len(starts) else codes[letters]
    row = rows[letters[starts]]
    pairs = row[:-1] == row[1:]
    couples = (words[:-1] * _STEP + words[1:])[pairs]
    return [
        (row, _bucket(words, WORD_BITS) + np.uint64(WORDS_FROM)),
        (row[:-1][pairs], _bucket(couples, WORD_BITS) + np.uint64(WORDS_FROM)),
    ]


def _bucket(state: Codes, bits: int) -> Codes:
    """The top `bits` bits of `state`, mixed: a column within a block."""
    return ((state ^ (state >> np.uint64(32))) * _MIX) >> np.uint64(64 - bits)


def _count(rows: Codes, which: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    return np.bincount(rows[which].astype(np.int64), minlength=size)[:size]


def _is_latin(codes: Codes) -> NDArray[np.bool_]:
    ascii_letter = (codes >= ord("a")) & (codes <= ord("z"))
    return ascii_letter | ((codes >= 0xDF) & (codes < 0x250))


def _is_foreign(codes: Codes) -> NDArray[np.bool_]:
    # From Greek on, without the blocks of punctuation, arrows and symbols; emoji lie above.
    return ((codes >= 0x370) & (codes < 0x2000)) | ((codes >= 0x2E80) & (codes < 0xE000))
