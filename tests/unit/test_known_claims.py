"""What a match with a fact-check may do, and what it may never do."""

from operator import itemgetter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.classify.known import with_claim
from tasks.models import ActFinding, Claim, Classification, Span
from tasks.policy import ACT_THRESHOLD, desk_of
from tasks.route import routing
from tasks.words import ACTS, DANGER_ACTS, Act, Decision, Outcome

VERSION = "1+abc"


def claim(decision: Decision = "confirm", outcome: Outcome = "refuted") -> Claim:
    return Claim(
        claim_id="cek/1",
        verdict="Salah",
        score=0.95,
        asserted=0.93,
        decision=decision,
        outcome=outcome,
        publisher="Cek Fakta Contoh",
        span=Span(start=3, end=20),
    )


def acts(*found: tuple[Act, float]) -> tuple[ActFinding, ...]:
    return tuple(ActFinding(act=act, probability=probability) for act, probability in found)


def classified(found: tuple[ActFinding, ...], *claims: Claim) -> Classification:
    return Classification(
        signals={}, acts=found, target="none", sentiment="neutral", claims=claims, versions={}
    )


def test_a_confirmed_match_is_a_false_claim_with_its_fact_check_as_evidence() -> None:
    found, stands = with_claim(acts(("other", 0.6)), claim(), VERSION)

    assert [(one.act, one.probability) for one in found] == [("false_claim", 0.93)]
    (evidence,) = found[0].evidence
    assert evidence.by == "factcheck:cek/1@1+abc"
    assert evidence.spans == (Span(start=3, end=20),)
    assert stands.decision == "confirm"


def test_a_suggested_match_is_no_finding() -> None:
    before = acts(("rumour", 0.8))

    assert with_claim(before, claim("suggest"), VERSION) == (before, claim("suggest"))


@pytest.mark.parametrize("act", ["satire", "press", "misconduct_report"])
def test_satire_press_and_misconduct_reports_never_make_a_false_claim(act: Act) -> None:
    before = acts((act, ACT_THRESHOLD))
    found, stands = with_claim(before, claim(), VERSION)

    assert found == before
    assert stands.decision == "suggest"


PROBABILITIES = st.floats(0, 1).map(lambda value: round(value, 4))
FINDINGS = st.lists(
    st.tuples(st.sampled_from(ACTS), PROBABILITIES),
    min_size=1,
    max_size=4,
    unique_by=itemgetter(0),
).filter(lambda found: "false_claim" not in [act for act, _ in found])


@given(FINDINGS, st.sampled_from(get_args(Decision)))
def test_only_a_confirmed_match_makes_a_false_claim(
    said: list[tuple[Act, float]], decision: Decision
) -> None:
    found, stands = with_claim(acts(*said), claim(decision), VERSION)
    made = any(one.act == "false_claim" for one in found)

    assert made == (stands.decision == "confirm")
    assert not made or decision == "confirm"
    assert {one.act for one in found} >= {act for act, _ in said} - {"other"}


def test_a_false_claim_goes_to_clarify_before_what_else_is_said() -> None:
    found = acts(("criticism", 0.97), ("false_claim", 0.93))
    made = routing(classified(found, claim()), "ind", is_copy=False, reader="id")

    assert (made.desk, made.state) == ("clarify", "auto")
    assert made.reasons[0] == "Klaim ini sudah diperiksa Cek Fakta Contoh: Salah (cek/1)."


@pytest.mark.parametrize("danger", DANGER_ACTS)
def test_a_danger_goes_before_a_false_claim(danger: Act) -> None:
    found = acts(("false_claim", 0.97), (danger, 0.6))

    assert routing(classified(found, claim()), "ind", is_copy=False, reader="id").desk == "review"


@pytest.mark.parametrize("act", ["other", "rumour", "abusive", "good_news"])
def test_a_suggestion_brings_an_item_before_a_person_at_clarify(act: Act) -> None:
    found = classified(acts((act, 0.8)), claim("suggest"))
    made = routing(found, "ind", is_copy=False, reader="en")

    assert (made.desk, made.state) == ("clarify", "needs_human")
    assert made.reasons[0].endswith("a person says whether it makes that claim.")


@pytest.mark.parametrize(
    "act", ["question", "complaint", "criticism", "satire", "press", "misconduct_report"]
)
def test_what_is_asked_or_protected_stays_where_it_is(act: Act) -> None:
    found = acts((act, 0.8))
    alone = routing(classified(found), "ind", is_copy=False, reader="id")
    beside = routing(classified(found, claim("suggest")), "ind", is_copy=False, reader="id")

    assert (beside.desk, beside.state) == (alone.desk, alone.state) == (desk_of(act), "auto")
    assert len(beside.reasons) == len(alone.reasons) + 1
