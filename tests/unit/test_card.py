"""Card pictures: nothing leaves its box, whatever the text."""

import io
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path as Outline
from PIL import Image

from tasks.clarification import Clarification
from tasks.social import Imprint
from tests.clarifications import ANY, ANY_TEXT, SAY, clarification, words_in
from workers.desk.card import CARD_FORMATS, Card, card
from workers.desk.pictures import to_png, to_svg
from workers.desk.typesetting import Box, Shape, Type, typeset, width

DRAFT = Imprint("23 Nov 2026", draft=True)
OUT = Imprint("23 Nov 2026", draft=False)
SIZES = {"square": (1080, 1080), "wide": (1200, 675)}
LONG = clarification(
    headline="Perbaikan jembatan " * 15,
    fact="Petugas memeriksa setiap tiang jembatan itu. " * 130,
    declared=True,
)


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right, bottom: of its points, which hold the curves between them."""
    points = np.asarray(shape.outline.vertices)
    codes = shape.outline.codes
    if codes is not None:
        points = points[np.asarray(codes) != Outline.CLOSEPOLY]  # those say nothing
    return (*points.min(axis=0), *points.max(axis=0))


def size_of(shape: Shape) -> int:
    """Points of its outline; none of blanks."""
    return int(np.size(shape.outline.vertices))


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, st.booleans(), st.integers(80, 900), st.integers(60, 500))
def test_text_stays_in_its_box(text: str, bold: bool, across: int, down: int) -> None:
    shapes, end = typeset(text, Box(10, 20, across, down), Type(80, 16, "#000000", bold))
    for shape in shapes:
        if size_of(shape):
            left, top, right, bottom = bounds(shape)
            # an accent rises above its letter, and a j swings out: by a part of the smallest size
            assert left >= 10 - 4
            assert right <= 10 + across + 4
            assert top >= 20 - 16
            assert bottom <= 20 + down + 16
    assert 20 <= end <= 20 + max(down, 80 * 1.3)


@pytest.mark.parametrize("form", CARD_FORMATS)
@settings(max_examples=25, deadline=None)
@given(made=ANY, imprint=st.sampled_from([DRAFT, OUT]))
def test_nothing_leaves_the_margins_of_a_card(
    form: str, made: Clarification, imprint: Imprint
) -> None:
    assert form in ("square", "wide")
    drawn = card(made, "square" if form == "square" else "wide", imprint, words_in(made.language))
    assert_within(drawn)


@pytest.mark.parametrize("form", ["square", "wide"])
def test_a_text_that_is_far_too_long_is_cut_and_nothing_overlaps(form: str) -> None:
    drawn = card(LONG, "square" if form == "square" else "wide", DRAFT, SAY)
    assert_within(drawn)
    lines = sorted(bounds(one)[1::2] for one in drawn.shapes if size_of(one) > 20)
    band = drawn.height * 0.16
    body = [line for line in lines if line[0] > band]
    for (_, bottom), (top, _) in pairwise(body):
        assert bottom <= top + 3


def assert_within(drawn: Card) -> None:
    """All outlines lie on the canvas, those of text within its margins."""
    for shape in drawn.shapes:
        if size_of(shape):
            left, top, right, bottom = bounds(shape)
            assert -0.01 <= left <= right <= drawn.width + 0.01
            assert -0.01 <= top <= bottom <= drawn.height + 0.01


def test_a_short_text_is_set_larger_than_a_long_one() -> None:
    look = Type(80, 16, "#000000")
    few, _ = typeset("Aman", Box(0, 0, 900, 300), look)
    many, _ = typeset("Aman dilalui siapa saja " * 40, Box(0, 0, 900, 300), look)
    assert bounds(few[0])[3] > bounds(many[0])[3]


def test_what_was_measured_is_no_less_than_what_is_drawn() -> None:
    text = "AVATAR: To $5 dan $6, “fi” “ffi” jjj"
    (line,), _ = typeset(text, Box(0, 0, 5000, 100), Type(60, 60, "#000000"))
    assert bounds(line)[2] <= width(text, 60, bold=False)


@pytest.mark.parametrize("form", ["square", "wide"])
def test_svg_and_png_are_the_same_picture_of_the_stated_size(form: str) -> None:
    drawn = card(clarification(), "square" if form == "square" else "wide", DRAFT, SAY)
    picture = Image.open(io.BytesIO(to_png(drawn)))
    assert picture.size == SIZES[form]
    svg = ET.fromstring(to_svg(drawn))  # noqa: S314 - our own
    assert (int(svg.attrib["width"]), int(svg.attrib["height"])) == SIZES[form]
    paths = svg.findall("{http://www.w3.org/2000/svg}path")
    assert [path.attrib["fill"] for path in paths] == [shape.fill for shape in drawn.shapes]


def test_the_alternative_text_says_what_the_picture_shows_and_never_the_claim() -> None:
    made = clarification(declared=True)
    drawn = card(made, "wide", DRAFT, SAY)
    for part in (
        "DRAF",
        "Pernyataan resmi pihak",
        made.headline,
        "dua pekan",
        OUT.day,
        "balai.example",
    ):
        assert part in drawn.alt
    assert made.claim not in drawn.alt
    assert made.headline in to_svg(drawn).decode()


def test_the_marks_are_painted() -> None:
    plain = card(clarification(factcheck=None), "square", OUT, SAY)
    marked = card(clarification(declared=True), "square", DRAFT, SAY)
    assert {"#a3191f", "#fdf1dc"} <= {one.fill for one in marked.shapes}
    assert not {"#a3191f", "#fdf1dc"} & {one.fill for one in plain.shapes}
    pixels = np.asarray(Image.open(io.BytesIO(to_png(marked))).convert("RGB"))
    assert (pixels == (0xA3, 0x19, 0x1F)).all(axis=2).sum() > 1000


def test_an_emoji_and_a_control_character_do_no_harm() -> None:
    made = clarification(headline="Aman 😀 & <b>tenang</b>", fact="Aman \ufffe")
    drawn = card(made, "square", OUT, SAY)
    ET.fromstring(to_svg(drawn))  # noqa: S314 - our own
    assert to_png(drawn).startswith(b"\x89PNG")
