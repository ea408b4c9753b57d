"""The first draft: from the fact-check in force, never from the text of an item."""

from pathlib import Path

import pytest
from hypothesis import given

from tasks.clarification import lacks
from tasks.drafting import draft
from tasks.factcheck import SUBTYPES, Source
from tests.clarifications import ANY_TEXT, OURS, SAY, words_in
from tests.factchecks import check
from workers.factchecks.importing import read_whole

SAMPLES = Path(__file__).parents[2] / "workers" / "samples" / "factchecks"
SOURCES = (
    Source(title="Balai Jalan: hasil periksa", url="https://balai.example/1"),
    Source(title="Kampus Contoh: uji beton", url="https://kampus.example/2"),
)
THREE = "Jembatan berdiri. Ia diperbaiki.\n\nFoto lama dipakai.\n\nJembatan aman dilalui."


def test_three_paragraphs_are_the_fact_why_it_is_wrong_and_the_fact_again() -> None:
    made = draft(OURS, "id", SAY, check(clarification=THREE, sources=SOURCES))
    assert made.headline == "Jembatan berdiri"
    assert made.fact == "Jembatan berdiri. Ia diperbaiki."
    assert made.warning == "Waspada, klaim berikut beredar dan keliru:"
    assert made.claim == check().claim
    assert made.why == f"{SAY('why_fabricated')}\n\nFoto lama dipakai."
    assert made.fact_again == "Jembatan aman dilalui."
    assert [one.publisher for one in made.citations][:2] == ["Balai Jalan", "Kampus Contoh"]
    assert lacks(made) == ()


@pytest.mark.parametrize("subtype", [*SUBTYPES, None])
@pytest.mark.parametrize("language", ["id", "en"])
def test_each_way_to_mislead_is_explained(subtype: str | None, language: str) -> None:
    assert language in ("id", "en")
    say = words_in("id" if language == "id" else "en")
    made = draft(OURS, "id", say, check(subtype=subtype))
    assert made.why == say(f"why_{subtype or 'unsaid'}")


def test_each_published_sample_makes_a_draft_whose_headline_is_not_its_claim() -> None:
    for one in read_whole(SAMPLES):
        if one.outcome == "confirmed":
            with pytest.raises(ValueError, match="confirms"):
                draft(OURS, "id", SAY, one)
        else:
            made = draft(OURS, "id", SAY, one)
            assert "headline_repeats" not in lacks(made), one.id
            assert made.kind == ("false_claim" if one.outcome == "refuted" else "rumour")


def test_without_a_fact_check_it_is_a_rumour_that_says_what_is_not_known() -> None:
    made = draft(OURS, "id", SAY, None, "Katanya jembatan mau dirobohkan")
    assert made.kind == "rumour"
    assert made.why == SAY("unknown")
    assert {"headline", "fact", "claim", "sources"} <= set(lacks(made))


@given(ANY_TEXT)
def test_the_text_of_an_item_is_never_in_the_draft(text: str) -> None:
    for known in (None, check(clarification=THREE)):
        told = draft(OURS, "id", SAY, known, f"xqz {text} xqz").model_dump_json()
        assert "xqz" not in told


def test_an_item_that_names_the_institution_makes_it_an_interested_party() -> None:
    assert draft(OURS, "id", SAY, None, "Pemkot Contoh bohong!").self_interest
    assert not draft(OURS, "id", SAY, None, "Ada kabar apa?").self_interest


def test_a_claim_that_is_only_unproven_is_worded_as_one_to_verify() -> None:
    made = draft(OURS, "id", SAY, check(outcome="unproven", subtype=None, clarification=THREE))
    assert (made.kind, made.warning) == ("rumour", SAY("warning_rumour"))
    assert made.why.startswith(SAY("unknown"))
