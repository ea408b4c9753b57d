"""The desk, the state, the priority and the reasons of an item."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.classify import classification
from tasks.models import ActFinding, Classification, Routing
from tasks.policy import ACT_THRESHOLD, DESKS_OF_ACTS, LANGUAGES_COVERED, PRIORITIES, desk_of
from tasks.route import routing
from tasks.words import ACTS, DANGER_ACTS, DESKS, LANGUAGES, PROTECTED_ACTS, Act, Target

REVIEWED: set[Act] = {*DANGER_ACTS, "emergency", "slander_person"}
FINDINGS = st.lists(
    st.builds(
        ActFinding,
        act=st.sampled_from(ACTS),
        probability=st.floats(0.0, 1.0),
        evidence=st.just(()),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda finding: finding.act,
).map(lambda found: tuple(sorted(found, key=lambda finding: -finding.probability)))
CASES = {
    "found": FINDINGS,
    "language": st.sampled_from(["ind", "und", "eng"]),
    "is_copy": st.booleans(),
}


def of(found: tuple[ActFinding, ...], language: str = "ind", *, is_copy: bool = False) -> Routing:
    section = Classification(
        signals={}, acts=found, target="none", sentiment="neutral", versions={}
    )
    return routing(section, language, is_copy=is_copy, reader="en")


def act(name: Act, probability: float = 0.8) -> ActFinding:
    return ActFinding(act=name, probability=probability)


@given(**CASES)
def test_only_danger_emergency_and_slander_reach_the_review_desk(
    found: tuple[ActFinding, ...], language: str, is_copy: bool
) -> None:
    routed = of(found, language, is_copy=is_copy)
    probable = {finding.act for finding in found if finding.probability >= ACT_THRESHOLD}
    if routed.desk == "review":
        assert probable & REVIEWED
        assert routed.state == "needs_human"
    if found[0].act in PROTECTED_ACTS and not probable & {*DANGER_ACTS, "emergency"}:
        assert routed.desk != "review"
    if probable & {*DANGER_ACTS, "emergency"}:
        assert routed.desk == "review"


@given(**CASES)
def test_every_item_has_reasons_and_a_language_gap_is_said(
    found: tuple[ActFinding, ...], language: str, is_copy: bool
) -> None:
    routed = of(found, language, is_copy=is_copy)
    assert len(routed.reasons) == len(set(routed.reasons))
    assert any("copy" in reason for reason in routed.reasons) is is_copy
    covered = language in LANGUAGES_COVERED
    assert any("not supported" in reason for reason in routed.reasons) is not covered
    if not covered:
        assert routed.state != "auto"


@given(found=FINDINGS)
def test_a_copy_waits_behind(found: tuple[ActFinding, ...]) -> None:
    assert of(found, is_copy=True).priority < of(found).priority


def test_tables_are_total() -> None:
    assert set(DESKS_OF_ACTS) == set(PRIORITIES) == set(ACTS)
    assert {desk_of(name) for name in ACTS} <= set(DESKS)
    assert {name for name in ACTS if desk_of(name) == "review"} == REVIEWED
    assert all(desk_of(name) in ("none", "oversight") for name in PROTECTED_ACTS)


def test_an_emergency_is_first_in_line_and_danger_next() -> None:
    emergency = of((act("criticism", 0.9), act("incitement_threat"), act("emergency", 0.6)))
    assert (emergency.desk, emergency.priority) == ("review", 100)
    dangers = [of((act(name),)).priority for name in DANGER_ACTS]
    assert 100 > min(dangers) > of((act("misconduct_report"),)).priority


@pytest.mark.parametrize(
    ("found", "desk"),
    [
        ((act("criticism", 0.9), act("complaint", 0.7)), "service"),
        ((act("criticism", 0.9), act("question", 0.7)), "answer"),
        ((act("criticism", 0.9), act("question", 0.4)), "none"),
        ((act("satire", 0.9), act("complaint", 0.7)), "none"),
        ((act("press", 0.9), act("good_news", 0.7)), "amplify"),
        ((act("press", 0.9), act("rumour", 0.7)), "none"),
        ((act("misconduct_report", 0.9), act("complaint", 0.7)), "oversight"),
        ((act("false_claim", 0.9),), "clarify"),
    ],
)
def test_which_act_leads(found: tuple[ActFinding, ...], desk: str) -> None:
    assert of(found).desk == desk


def test_weak_signs_abstain() -> None:
    weak = of((act("other", 0.42), act("rumour", 0.3)))
    assert (weak.desk, weak.state) == ("none", "abstained")
    assert of((act("other", 0.6),)).state == "auto"


@pytest.mark.parametrize("reader", LANGUAGES)
def test_reasons_come_from_the_rules_in_the_language_of_the_desk(reader: str) -> None:
    found = classification("Petugas loket jutek banget, antre tiga jam.", "post", "ind", {})
    reasons = routing(found, "ind", is_copy=False, reader="id" if reader == "id" else "en").reasons
    assert any(("keluhan" if reader == "id" else "complains") in reason for reason in reasons)


def test_a_rumour_is_to_be_verified_and_never_a_hoax() -> None:
    found = classification(
        "Katanya besok air PDAM mati, sebarkan sebelum dihapus", "post", "ind", {}
    )
    said = " ".join(routing(found, "ind", is_copy=False, reader="id").reasons).lower()
    assert "perlu diverifikasi" in said
    assert "hoaks" not in said


def test_targets_do_not_change_the_desk() -> None:
    targets: tuple[Target, ...] = get_args(Target)
    desks = set()
    for target in targets:
        section = Classification(
            signals={}, acts=(act("criticism"),), target=target, sentiment="neutral", versions={}
        )
        desks.add(routing(section, "ind", is_copy=False, reader="id").desk)
    assert desks == {"none"}
