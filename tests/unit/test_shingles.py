"""MinHash: the estimate is near the truth, and the bands meet as often as their formula says."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.group.shingles import (
    BANDS,
    KEY_BITS,
    PERMUTATIONS,
    ROWS,
    SHINGLE,
    band_keys,
    minima,
    similarity,
    sketches,
)

SKELETONS = st.text("abcdefghij \u00e9\ua9a7", min_size=1, max_size=60)
SAID = "warung bakso dekat simpang rel ramai pelajar hujan payung lapangan voli sore"


def shingled(skeleton: str) -> set[bytes]:
    padded = f" {skeleton} ".encode()
    return {padded[at : at + SHINGLE] for at in range(max(1, len(padded) - SHINGLE + 1))}


def jaccard(one: str, other: str) -> float:
    a, b = shingled(one), shingled(other)
    return len(a & b) / len(a | b)


def random_pairs(count: int) -> list[tuple[str, str]]:
    """Random texts, each with one that has a random share of its words exchanged."""
    random = Random(3)  # noqa: S311 - the same in each run
    pairs = []
    for _ in range(count):
        words = ["".join(random.choices("aeiukmnrst", k=6)) for _ in range(20)]
        other = list(words)
        for place in random.sample(range(20), random.randint(0, 20)):
            other[place] = "".join(random.choices("aeiukmnrst", k=6))
        pairs.append((" ".join(words), " ".join(other)))
    return pairs


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    return random_pairs(1500)


def test_the_estimate_is_near_the_true_similarity(pairs: list[tuple[str, str]]) -> None:
    ones, others = (sketches(minima(side)) for side in zip(*pairs, strict=True))
    found = np.array([similarity(a, b) for a, b in zip(ones, others, strict=True)])
    truth = np.array([jaccard(a, b) for a, b in pairs])
    errors = found - truth

    assert abs(errors.mean()) < 0.01, "biased"
    assert np.abs(errors).max() < 0.3  # more than four standard errors
    assert np.sqrt((errors**2).mean()) < 0.065


def test_bands_meet_as_often_as_the_formula_says(pairs: list[tuple[str, str]]) -> None:
    ones, others = (band_keys(minima(side)) for side in zip(*pairs, strict=True))
    met = (ones == others).any(axis=1)
    truth = np.array([jaccard(a, b) for a, b in pairs])
    expected = 1 - (1 - truth**ROWS) ** BANDS
    edges = [(0.0, 0.1), (0.1, 0.25), (0.25, 0.4), (0.4, 0.6), (0.6, 1.01)]
    for low, high in edges:
        inside = (truth >= low) & (truth < high)
        assert inside.sum() >= 50
        assert abs(met[inside].mean() - expected[inside].mean()) < 0.12, (low, high)


def test_the_docstring_states_the_formula_of_these_numbers() -> None:
    assert PERMUTATIONS == BANDS * ROWS
    assert round(1 - (1 - 0.63**ROWS) ** BANDS, 2) == 0.94
    assert round(1 - (1 - 0.09**ROWS) ** BANDS, 3) == 0.001


@given(SKELETONS)
def test_a_text_is_wholly_like_itself(skeleton: str) -> None:
    (sketch,) = sketches(minima([skeleton]))

    assert len(sketch) == PERMUTATIONS
    assert similarity(sketch, sketch) == 1.0


@given(st.lists(SKELETONS, min_size=1, max_size=8))
def test_alone_or_in_a_batch_a_text_gives_the_same(skeletons: list[str]) -> None:
    together = minima(skeletons)

    assert together.shape == (len(skeletons), PERMUTATIONS)
    for row, keys, skeleton in zip(together, band_keys(together), skeletons, strict=True):
        alone = minima([skeleton])
        assert (alone[0] == row).all()
        assert (band_keys(alone)[0] == keys).all()


@given(SKELETONS)
def test_keys_fit_and_those_of_two_bands_differ(skeleton: str) -> None:
    (keys,) = band_keys(minima([skeleton]))

    assert keys.dtype == np.uint64
    assert int(keys.max()) < 1 << KEY_BITS
    assert len(set(keys.tolist())) == BANDS


def test_keys_use_all_their_bits() -> None:
    keys = band_keys(minima([SAID[at:] for at in range(8)]))

    assert int(np.bitwise_or.reduce(keys, axis=None)) == (1 << KEY_BITS) - 1


def test_what_is_equal_by_chance_is_not_similarity() -> None:
    one, other = bytes(256), bytes([0, *[1] * 255])

    assert similarity(one, other) == 0.0


def test_nothing_gives_nothing() -> None:
    assert minima([]).shape == (0, PERMUTATIONS)
    assert band_keys(minima([])).shape == (0, BANDS)
    assert sketches(minima([])) == []


def test_the_order_of_words_counts_and_repetition_does_not() -> None:
    plain, again, turned = sketches(
        minima(["hujan deras", "hujan deras hujan deras", "deras hujan"])
    )

    assert similarity(plain, turned) < 1
    assert similarity(plain, again) > similarity(plain, turned)
