"""One tokenisation and one hashing of a text, shared by every head.

Three blocks of hashed counts: character 2- to 5-grams within terms, term 1- and 2-grams, and 1-
and 2-grams of what the terms mean (tasks.terms, tasks.concepts). They never share a bucket, since
common letter pairs would drown rare words. Every digit counts as 0; a letter said three times or
more counts as two ("bangeeeet").

Counts enter as square roots and each block has a fixed length, so a value is
length * sqrt(count / counts of the block): integers and correctly rounded IEEE operations only,
which gives the same bits on every machine. Only the Unicode tables may differ between Pythons,
for characters assigned since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tasks import concepts
from tasks.terms import terms

VERSION: Final = 3
"""Raise it when a text gets other features than before: weights of another version are refused."""
CHAR_BITS: Final = 19
WORD_BITS: Final = 19
CONCEPT_BITS: Final = 15
WORDS_FROM: Final = 1 << CHAR_BITS
"""First column of the word block; the character block lies before it."""
CONCEPTS_FROM: Final = WORDS_FROM + (1 << WORD_BITS)
"""First column of the concept block."""
WIDTH: Final = CONCEPTS_FROM + (1 << CONCEPT_BITS)
"""Number of columns."""

Codes = NDArray[np.uint64]
Rows = NDArray[np.unsignedinteger[Any]]
"""The numbers of texts, in the least bits that hold them."""
Columns = NDArray[np.uint32]
Gram = tuple[Rows, Codes]
"""(row, column) of every gram of one sort, rows ascending."""

_LENGTHS: Final = np.array([1.0, 1.0, 0.6])
"""Of the blocks. Concepts repeat what words say; at full length they drowned them in trials."""
_LONGEST_GRAM: Final = 5
_SPACE: Final = np.uint64(ord(" "))
# Odd 64-bit constants (splitmix64 and golden ratio): odd, so that multiplying loses nothing.
_STEP: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_POWERS: Final[Codes] = np.cumprod(np.full(64, _STEP), dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
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


def features(texts: Sequence[str], *, meanings: bool = True) -> Features:
    """Hash `texts`, one row each. Any str is accepted, empty ones and lone surrogates too.

    Without `meanings` the block of concepts stays empty.
    """
    said = [terms(text) for text in texts]
    codes, rows = _stream(said)
    blocks = (
        _char_grams(codes, rows),
        _word_grams(codes, rows),
        _concept_grams(said) if meanings else [],
    )
    columns, sizes = _in_order(blocks, len(texts))
    ends = np.cumsum(sizes)
    firsts = np.flatnonzero(_fresh(columns, (ends - sizes)[sizes > 0]))
    bounds = np.concatenate([[0], np.searchsorted(firsts, ends)])
    each = np.diff(bounds)
    shares = np.diff(firsts, append=len(columns)) / np.repeat(sizes, each)
    return Features(
        indices=columns[firsts],
        values=(np.repeat(np.tile(_LENGTHS, len(texts)), each) * np.sqrt(shares)).astype(
            np.float32
        ),
        offsets=bounds[:: len(blocks)],
        latin=_count(rows, _is_latin(codes), len(texts)),
        foreign=_count(rows, _is_foreign(codes), len(texts)),
    )


def _in_order(blocks: Sequence[list[Gram]], texts: int) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of each text in turn, ascending; and how many there are of each of its blocks."""
    grams = [gram for block in blocks for gram in block]
    # Texts are told apart by few bits, so this takes linear time; what is left are short lists.
    order = np.argsort(np.concatenate([row for row, _ in grams]), kind="stable")
    columns = np.concatenate([column for _, column in grams]).astype(np.uint32)[order]
    sizes = np.zeros((texts, len(blocks)), dtype=np.int64)
    for at, block in enumerate(blocks):
        for row, _ in block:
            sizes[:, at] += np.bincount(row, minlength=texts)
    for start, end in pairwise([0, *np.cumsum(sizes.sum(axis=1)).tolist()]):
        columns[start:end].sort()
    return columns, sizes.ravel()


def _fresh(columns: Columns, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which columns are not those before them; that at each start of a block is never."""
    fresh = np.empty(len(columns), dtype=np.bool_)
    np.not_equal(columns[1:], columns[:-1], out=fresh[1:])
    fresh[starts] = True
    return fresh


def _stream(said: Sequence[list[str]]) -> tuple[Codes, Rows]:
    """All terms as one run of code points, a space before the first and after each; their rows."""
    texts = [" ".join([*each, ""]).replace("#", "") for each in said]
    raw = (" " + "".join(texts)).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, dtype="<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    rows = np.repeat(_numbers(len(texts)), lengths)
    rows = np.concatenate([np.zeros(1, rows.dtype), rows])
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    kept = np.ones(len(codes), dtype=np.bool_)
    kept[2:] = (codes[2:] != codes[1:-1]) | (codes[1:-1] != codes[:-2])
    return codes[kept], rows[kept]


def _char_grams(codes: Codes, rows: Rows) -> list[Gram]:
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


def _word_grams(codes: Codes, rows: Rows) -> list[Gram]:
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


def _concept_grams(said: Sequence[list[str]]) -> list[Gram]:
    """(row, column) of every concept, and of every pair of neighbours in one text.

    Terms without a meaning do not part neighbours.
    """
    meant = [[code for term in each for code in concepts.meanings(term)] for each in said]
    codes = np.array([code for each in meant for code in each], dtype=np.uint64)
    row = np.repeat(_numbers(len(said)), [len(each) for each in meant])
    pairs = row[:-1] == row[1:]
    couples = (codes[:-1] * _STEP + codes[1:])[pairs]
    return [
        (row, _bucket(codes * _STEP, CONCEPT_BITS) + np.uint64(CONCEPTS_FROM)),
        (row[:-1][pairs], _bucket(couples, CONCEPT_BITS) + np.uint64(CONCEPTS_FROM)),
    ]


def _bucket(state: Codes, bits: int) -> Codes:
    """The top `bits` bits of `state`, mixed: a column within a block."""
    return ((state ^ (state >> np.uint64(32))) * _MIX) >> np.uint64(64 - bits)


def _numbers(size: int) -> Rows:
    return np.arange(size, dtype=np.min_scalar_type(size))


def _count(rows: Rows, which: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    return np.bincount(rows[which], minlength=size)[:size]


def _is_latin(codes: Codes) -> NDArray[np.bool_]:
    ascii_letter = (codes >= ord("a")) & (codes <= ord("z"))
    return ascii_letter | ((codes >= 0xDF) & (codes < 0x250))


def _is_foreign(codes: Codes) -> NDArray[np.bool_]:
    # From Greek on, without the blocks of punctuation, arrows and symbols; emoji lie above.
    return ((codes >= 0x370) & (codes < 0x2000)) | ((codes >= 0x2E80) & (codes < 0xE000))
