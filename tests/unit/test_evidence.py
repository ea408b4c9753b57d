"""Why a head said what it said. Sentences are invented."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.evidence import COVERED, SPANS_SHOWN, Driver, explained, placed, telling
from tasks.features import WIDTH, features
from tasks.head import Head
from tasks.heads import heads

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
PIECES = st.sampled_from(
    [
        "jalan",
        "Rusak",
        "ß",
        "İ",
        "ŉ",
        "\u0345",
        " ",
        "@",
        "_",
        "[TAUTAN a.id]",
        "[AKUN]",
        "www.",
        "😂",
        "!",
        "12",
    ]
)
TEXTS = st.one_of(ANY_TEXT, st.lists(PIECES, max_size=12).map("".join))


def head_of(weights: dict[str, int], labels: tuple[str, ...] = ("bad",)) -> Head:
    """A head in which the columns of each text weigh so much for the first label."""
    rows = {
        column: weight for text, weight in weights.items() for column in features([text]).indices
    }
    place = np.zeros(WIDTH, dtype=np.int32)
    place[list(rows)] = np.arange(1, len(rows) + 1)
    table = np.zeros((len(rows) + 1, len(labels)), dtype=np.int8)
    table[1:, 0] = list(rows.values())
    ones = np.ones(len(labels), dtype=np.float32)
    return replace(
        heads().loaded[0],
        labels=labels,
        exclusive=len(labels) > 1,
        place=place,
        weights=table,
        scale=ones,
    )


def said(text: str, drivers: tuple[Driver, ...]) -> list[str]:
    return [text[driver.span.start : driver.span.end] for driver in drivers]


@settings(deadline=None)  # a shared core may stall
@given(TEXTS)
def test_every_column_is_held_by_a_word_and_no_other_column_is(text: str) -> None:
    found = placed(text)
    row = features([text])
    assert found.columns.tolist() == row.indices.tolist()
    assert found.values.tolist() == row.values.tolist()
    assert np.unique(found.places).tolist() == list(range(len(row.indices)))
    assert len(found.places) == len(found.holders)


@settings(deadline=None)  # a shared core may stall
@given(TEXTS)
def test_words_stand_in_order_and_hold_their_own_columns(text: str) -> None:
    found = placed(text)
    ends = [0, *(word.end for word in found.words)]
    assert all(
        end <= word.start < word.end <= len(text)
        for end, word in zip(ends, found.words, strict=False)
    )
    for number, word in enumerate(found.words):
        own = features([text[word.start : word.end]]).indices
        held = found.columns[found.places[found.holders == number]]
        assert np.isin(own, held).all()


@settings(deadline=None)  # a shared core may stall
@given(TEXTS)
def test_the_parts_of_the_words_add_up_to_the_logit(text: str) -> None:
    head = next(one for one in heads().loaded if not one.exclusive)
    found = placed(text)
    for number in (0, len(head.labels) - 1):
        rows = head.weights[head.place[found.columns], number].astype(np.float64)
        logit = float(rows @ found.values) * float(head.scale[number])
        assert found._weights(head, number).sum() == pytest.approx(logit, abs=1e-6)


def test_the_word_that_weighs_is_named_first() -> None:
    text = "Petugasnya [AKUN] jelek, sangat jelek! Tapi loketnya bersih."
    drivers = placed(text).drivers(head_of({"jelek": 10, "petugasnya": 1}), "bad")
    assert said(text, drivers)[:2] == ["jelek", "jelek"]
    assert drivers[0].weight == drivers[1].weight > 0


def test_what_speaks_against_is_no_evidence() -> None:
    text = "loketnya bersih dan rapi"
    assert placed(text).drivers(head_of({"bersih": -10}), "bad") == ()
    assert placed("").drivers(head_of({"bersih": 10}), "bad") == ()


def test_a_pair_belongs_to_both_of_its_words() -> None:
    text = "jalan rusak lagi"
    pair = np.setdiff1d(features([text]).indices, features(["jalan", "rusak", "lagi"]).indices)
    found = placed(text)
    holders = [
        set(found.holders[found.columns[found.places] == column].tolist()) for column in pair
    ]
    # The pair of words, and that of their meanings where both have one.
    assert {tuple(sorted(each)) for each in holders} == {(0, 1), (1, 2)}


def test_as_few_spans_as_cover_most_and_never_more_than_are_shown() -> None:
    lone = placed("satu dua tiga jelek").drivers(head_of({"jelek": 100, "tiga": 1}), "bad")
    assert len(lone) == 1
    words = [f"kata{letter}" for letter in "abcdefghijkl"]
    text = " ".join(words)
    many = placed(text).drivers(head_of(dict.fromkeys(words, 10)), "bad")
    assert len(many) == SPANS_SHOWN < COVERED * len(words)
    assert [driver.weight for driver in many] == sorted(
        (driver.weight for driver in many), reverse=True
    )


def test_an_exclusive_label_is_compared_with_the_others() -> None:
    head = head_of({"kotor": 10}, labels=("bad", "good", "none"))
    assert said("meja kotor", placed("meja kotor").drivers(head, "bad")) == ["kotor"]
    assert placed("meja kotor").drivers(head, "good") == ()
    alike = replace(head, weights=head.weights[:, [0, 0, 0]])
    assert placed("meja kotor").drivers(alike, "bad") == ()


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="ugly"):
        placed("jelek").drivers(head_of({"jelek": 1}), "ugly")


def test_what_tells_is_above_its_threshold() -> None:
    signals = {
        "sentiment.positive": 0.2,
        "sentiment.neutral": 0.29,
        "sentiment.negative": 0.51,
        "hate.HS": 0.0,
        "hate.Abusive": 1.0,
        "unheard.of": 1.0,
    }
    assert telling(signals, heads()) == ("sentiment.negative", "hate.Abusive")
    assert telling(signals | {"sentiment.negative": 0.49}, heads()) == ("hate.Abusive",)
    assert telling({}, heads()) == ()


def test_signals_are_explained_in_their_order_and_strange_ones_passed_over() -> None:
    text = "dasar goblok, pelayanan kacau"
    names = ["hate.Abusive", "unheard.of", "sentiment.negative"]
    found = explained(text, names, heads())
    assert list(found) == ["hate.Abusive", "sentiment.negative"]
    assert said(text, found["hate.Abusive"])[0] == "goblok"


def test_on_the_real_head_rude_words_are_what_is_rude() -> None:
    text = "Rapat dimulai jam sembilan, dasar goblok lu, bego banget"
    head = next(one for one in heads().loaded if one.name == "hate")
    assert {"goblok", "bego"} <= set(said(text, placed(text).drivers(head, "Abusive")))


@pytest.mark.parametrize("piece", ["a ", "a", "İ", "@", "😂", "a!!!!!!!!!!!!!!!!!!!! "])
def test_hostile_texts_take_linear_time(
    piece: str, growth: Callable[[Callable[[str], object], str], float]
) -> None:
    head = heads().loaded[1]
    assert growth(lambda text: placed(text).drivers(head, head.labels[0]), piece) < 24
