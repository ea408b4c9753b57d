"""A text in pieces is still the text, and every mark is where its spans are."""

from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from tasks.highlight import Mark, Piece, excerpt, highlighted
from tasks.models import Span


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 40))
    return Span(start=start, end=start + draw(st.integers(0, 20)))


MARKS = st.dictionaries(
    st.sampled_from(["driver", "claim", "masked", "link"]), st.lists(spans(), max_size=4)
)


@given(st.text(max_size=40), MARKS)
def test_the_pieces_are_the_text_and_hold_the_marks_of_each_character(
    text: str, marks: dict[Mark, list[Span]]
) -> None:
    pieces = highlighted(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    found = [piece.marks for piece in pieces for _ in piece.text]
    for at, held in enumerate(found):
        assert held == {
            mark for mark, some in marks.items() if any(one.start <= at < one.end for one in some)
        }


@given(st.text(max_size=40), MARKS)
def test_neighbours_differ_and_none_is_empty(text: str, marks: dict[Mark, list[Span]]) -> None:
    pieces = highlighted(text, marks)
    assert all(piece.text for piece in pieces)
    assert all(one.marks != other.marks for one, other in pairwise(pieces))


@given(st.text(max_size=200), st.lists(spans(), max_size=4), st.integers(1, 60))
def test_an_excerpt_is_a_part_of_the_text_of_at_most_its_length(
    text: str, telling: list[Span], most: int
) -> None:
    part = excerpt(text, telling, most)
    assert 0 <= part.start <= part.end <= len(text)
    assert part.end - part.start <= most
    shown = highlighted(text, {"driver": telling}, part)
    assert "".join(piece.text for piece in shown) == text[part.start : part.end]


def test_an_excerpt_begins_at_a_word_before_what_is_telling() -> None:
    text = "kata " * 100 + "loket tutup " + "kata " * 100
    at = text.index("loket")
    part = excerpt(text, [Span(start=at, end=at + 5)], 80)
    assert text[part.start - 1] == " "
    assert part.start < at < part.end
    assert excerpt(text, [], 80).start == 0


def test_overlapping_marks_are_both_there() -> None:
    marks: dict[Mark, list[Span]] = {
        "driver": [Span(start=0, end=7)],
        "claim": [Span(start=0, end=13)],
    }
    assert highlighted("Katanya loket", marks) == (
        Piece("Katanya", frozenset({"driver", "claim"})),
        Piece(" loket", frozenset({"claim"})),
    )
