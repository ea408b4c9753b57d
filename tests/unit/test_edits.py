"""The copies that `saring evaluate group` plants: they never state anything else."""

import re
from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from tasks.group.copies import is_turning
from tasks.lexicon import lexicon
from tasks.skeleton import skeleton
from training.edits import edited

TEXT = (
    "Loket kelurahan tidak buka hari Sabtu, jadi 12 warga pulang dan belum dapat nomor antrean"
    " meski sudah menunggu sejak pukul 07.30 bersama anak mereka di halaman"
)
SAID = (
    "warga pulang Sabtu bukan gak belum Jangan hoaks, 3 12 07.30 Rp1.500 Lahat selatan menunggu"
    " antrean loket kelurahan sudah dan yang besok"
)
WORDS = st.sampled_from(SAID.split())
SHARES = st.floats(0, 1)


def says(text: list[str], word: str) -> bool:
    """Whether the text says the word, whatever its spelling; a negation may be mistyped."""
    return any(
        skeleton(other) == skeleton(word)
        or lexicon().spellings.get(other) == skeleton(word)  # "blm2"
        or (word.isalpha() and OSA.distance(word.lower(), other.lower()) == 1)
        for other in text
    )


@given(st.lists(WORDS, min_size=1, max_size=22, unique=True), SHARES, st.integers())
def test_numbers_and_negations_survive_every_edit(
    words: list[str], share: float, seed: int
) -> None:
    copy = edited(" ".join(words), share, Random(seed)).split()  # noqa: S311 - the same in each run
    weighty = [word for word in words if re.search(r"\d", word) or is_turning(skeleton(word))]

    assert [word for word in weighty if not says(copy, word)] == []


@given(SHARES, st.integers())
def test_the_same_seed_gives_the_same_text(share: float, seed: int) -> None:
    assert edited(TEXT, share, Random(seed)) == edited(TEXT, share, Random(seed))  # noqa: S311 - the same in each run


@given(st.integers())
def test_a_small_share_changes_few_words(seed: int) -> None:
    said, copied = (
        Counter(skeleton(TEXT).split()),
        Counter(skeleton(edited(TEXT, 0.1, Random(seed))).split()),  # noqa: S311 - the same in each run
    )

    assert (said - copied).total() <= 2  # a tenth of 24


def test_copies_are_of_many_kinds() -> None:
    copies = {edited(TEXT, 0.2, Random(seed)) for seed in range(200)}  # noqa: S311 - the same in each run

    assert len(copies) > 150
    assert any(len(copy.split()) < len(TEXT.split()) - 2 for copy in copies)
    assert any("sebar" in copy.casefold() for copy in copies)
