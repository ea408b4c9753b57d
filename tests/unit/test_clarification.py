"""What a clarification may say, and what may not be published."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.citations import independent
from tasks.clarification import Clarification, Lack, PublishedClarification, lacks
from tasks.referral import StaffId
from tests.clarifications import ANY, BALAI, OURS, clarification
from tests.factchecks import check

ANI, BUDI = StaffId("staff/ani"), StaffId("staff/budi")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_complete_one_lacks_nothing_and_is_published_by_a_second_person() -> None:
    assert lacks(clarification()) == ()
    PublishedClarification(clarification(), ANI, BUDI, NOW)


def test_who_wrote_it_last_cannot_publish_it() -> None:
    with pytest.raises(ValueError, match="somebody else"):
        PublishedClarification(clarification(), ANI, ANI, NOW)


def test_a_publication_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        PublishedClarification(clarification(), ANI, BUDI, NOW.replace(tzinfo=None))


@given(ANY, st.sampled_from([ANI, BUDI]), st.sampled_from([ANI, BUDI]))
def test_nothing_is_published_without_two_sources_all_parts_and_two_people(
    one: Clarification, writer: StaffId, publisher: StaffId
) -> None:
    try:
        PublishedClarification(one, writer, publisher, NOW)
    except ValueError:
        assert lacks(one) or writer == publisher
        return
    pair = independent(one.citations, one.institution)
    assert pair is not None
    assert pair[0].domain != pair[1].domain
    assert writer != publisher
    assert all((one.headline, one.fact, one.warning, one.claim, one.why, one.fact_again))


@given(ANY, st.lists(st.sampled_from([BALAI]), max_size=4).map(tuple))
def test_one_source_however_often_it_is_cited_is_never_enough(
    one: Clarification, citations: tuple[Any, ...]
) -> None:
    with pytest.raises(ValueError, match="sources"):
        PublishedClarification(one.revised(citations=citations), ANI, BUDI, NOW)


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"headline": ""}, "headline"),
        ({"headline": "Jembatan " * 20}, "headline_long"),
        (
            {"headline": "Benarkah jembatan nomor 1 di Kota Contoh akan dirobohkan?"},
            "headline_repeats",
        ),
        ({"fact": ""}, "fact"),
        ({"warning": ""}, "warning"),
        ({"claim": ""}, "claim"),
        ({"why": "Kabar jembatan nomor 1 di kota contoh akan dirobohkan."}, "claim_repeated"),
        ({"why": ""}, "why"),
        ({"fact_again": ""}, "fact_again"),
        ({"citations": (BALAI,)}, "sources"),
    ],
)
def test_the_checklist_names_what_lacks(changes: dict[str, Any], lack: Lack) -> None:
    one = clarification(**changes)
    assert lacks(one) == (lack,)
    with pytest.raises(ValueError, match=lack):
        PublishedClarification(one, ANI, BUDI, NOW)


def test_a_denial_in_the_headline_is_no_repetition() -> None:
    assert (
        lacks(clarification(headline="Jembatan nomor 1 di Kota Contoh tidak akan dirobohkan")) == ()
    )


@given(ANY)
def test_a_false_claim_needs_a_fact_check_that_refutes_it(one: Clarification) -> None:
    refuted = one.factcheck is not None and one.factcheck.outcome == "refuted"
    assert (one.kind == "false_claim") == refuted
    assert one.revised(factcheck=check()).factcheck == one.factcheck


def test_a_claim_that_is_confirmed_is_not_clarified() -> None:
    with pytest.raises(ValueError, match="nothing to clarify"):
        clarification(factcheck=check(outcome="confirmed", subtype=None))


@given(ANY, st.booleans(), st.booleans())
def test_where_the_interest_is_found_no_edit_takes_it_off(
    one: Clarification, detected: bool, declared: bool
) -> None:
    started = clarification(**{**dict(one), "detected": detected, "institution": OURS})
    edited = started.revised(declared=declared, detected=False, claim="Kabar lain.", headline="")
    assert edited.self_interest or not detected
    named = check(claim="Pemkot Contoh menutup jembatan.")
    kept = clarification(factcheck=named, claim="Kabar tentang sebuah jembatan.")
    assert kept.revised(declared=False, claim="Kabar lain.").self_interest


def test_a_person_may_say_that_the_claim_is_about_the_institution() -> None:
    one = clarification(factcheck=check(claim="Tentang hal lain."), claim="Tentang hal lain.")
    assert not one.self_interest
    assert one.revised(declared=True).self_interest


def test_a_variant_of_the_fact_check_can_name_the_institution() -> None:
    assert clarification(
        factcheck=check(variants=("Pemkot Contoh bongkar jembatan",))
    ).interest_found


def test_the_link_is_the_page_or_else_the_fact_check_or_else_a_source() -> None:
    assert clarification(page="https://contoh.go.id/1").link == "https://contoh.go.id/1"
    assert clarification().link == check().url
    assert clarification(factcheck=None).link == BALAI.url
    assert clarification(factcheck=None, citations=()).link == ""
