"""Entities: in order, inside the text, bounded, and each text's own."""

import time
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.entities import MOST, entities
from tasks.models import MAX_TEXT

PUBLISHED: Final = datetime(2026, 11, 22, tzinfo=UTC)
PIECES: Final = st.sampled_from(
    (  # noqa: SIM905 - reads better
        "Bupati Kota Palembang OKU Rp 2,5 juta 12 Maret 2026 pasal 27 UU ITE / - . (3) $ besok"
        " [AKUN] [TAUTAN palembang.go.id] %"
    ).split(" ")
)


@given(st.lists(PIECES | st.text(max_size=4)), st.sampled_from([" ", ""]))
def test_spans_lie_in_the_text_in_order_and_hold_words(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    found = entities(text, PUBLISHED)

    assert list(found) == sorted(found, key=lambda one: one.span.start)
    for one in found:
        assert 0 <= one.span.start < one.span.end <= len(text)
        assert not text[one.span.start].isspace()
        assert not text[one.span.end - 1].isspace()
        assert one.name == one.name.strip() != ""
        assert "[" not in text[one.span.start : one.span.end]


def test_a_place_carries_its_code_and_nothing_else_does() -> None:
    found = entities("Bupati Banyuasin ke Bandung, 12 Maret 2026, Rp 5 juta, UU ITE, KPK")

    codes = {one.kind: one.code for one in found if one.name != "Bandung"}
    assert codes.pop("place") == "16.07"
    assert set(codes) == {"role", "institution", "date", "amount", "law"}
    assert set(codes.values()) == {None}
    assert [one.code for one in found if one.name == "Bandung"] == [None]


def test_an_item_keeps_the_first_of_very_many() -> None:
    found = entities("palembang " * (MAX_TEXT // 10))

    assert len(found) == MOST
    assert found[0].span.start == 0


@pytest.mark.parametrize(
    "piece",
    (  # noqa: SIM905 - reads better
        "a|1|1.111|palembang |ilir barat |kepala |uu a a a a a no |pasal 1 |12-|rp|$ |Kota |[A"
        "|wakil ketua dprd kota |12 maret-"
    ).split("|"),
)
def test_hostile_texts_cost_little(piece: str) -> None:
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    before = time.process_time()
    entities(text, PUBLISHED)

    assert time.process_time() - before < 2  # some 0.05 s; a quadratic search takes minutes
