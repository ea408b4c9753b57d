"""A referral of protected speech cannot be built, by any way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.models import ActFinding
from tasks.referral import (
    Decision,
    HarmTarget,
    HarmToPeople,
    RabatFactors,
    Referral,
    SignOff,
    StaffId,
    harm_in,
)
from tasks.words import ACTS, DANGER_ACTS, Act, Target

TARGETS: tuple[Target, ...] = get_args(Target)
WHEN = datetime(2026, 3, 1, 9, tzinfo=UTC)
HARM = HarmToPeople("warga/1", "incitement_threat", "private_person")


def factors(who: str) -> RabatFactors:
    return RabatFactors(*(f"{who}: {name}" for name in RabatFactors.__slots__))


def decision(who: str, *, refer: bool = True) -> Decision:
    return Decision(StaffId(f"staff/{who}"), refer, factors(who), WHEN)


SIGNED = SignOff(StaffId("staff/c"), "role/kepala-humas", WHEN + timedelta(hours=1))
REFERRAL = Referral(HARM, (decision("a"), decision("b")), SIGNED)


@given(st.sampled_from(ACTS), st.sampled_from(TARGETS), st.floats(0.0, 1.0))
def test_only_a_harm_to_people_can_become_a_referral(
    act: Act, target: Target, probability: float
) -> None:
    harm = harm_in("warga/1", ActFinding(act=act, probability=probability), target)
    if act not in DANGER_ACTS or target == "institution":
        assert harm is None
    if target == "office_holder":
        assert (harm is not None) is (act in ("incitement_threat", "doxxing"))
    if harm is not None:
        assert replace(REFERRAL, harm=harm).harm.act in DANGER_ACTS


@given(st.sampled_from(ACTS) | st.text(), st.sampled_from(TARGETS) | st.text())
def test_the_constructor_refuses_what_is_no_harm_to_people(act: Any, target: Any) -> None:
    fits = act in DANGER_ACTS and target in get_args(HarmTarget)
    try:
        built = HarmToPeople("warga/1", act, target)
    except ValueError:
        return
    assert fits
    assert str(built.target) != "institution"


@pytest.mark.parametrize("harm", ["criticism", "incitement_threat", None, ActFinding])
def test_a_referral_takes_no_act_but_a_harm(harm: Any) -> None:
    with pytest.raises(ValueError, match="HarmToPeople"):
        Referral(harm, REFERRAL.decisions, SIGNED)


def test_protected_speech_does_not_type_check() -> None:
    # mypy runs with warn_unused_ignores: were one of these lines well typed, it would say so.
    with pytest.raises(ValueError, match="no harm"):
        HarmToPeople("warga/1", "criticism", "private_person")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no harm"):
        HarmToPeople("warga/1", "slander_person", "private_person")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no harm"):
        HarmToPeople("warga/1", "doxxing", "institution")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="HarmToPeople"):
        Referral("criticism", REFERRAL.decisions, SIGNED)  # type: ignore[arg-type]


def test_two_reviewers_and_a_third_who_signs() -> None:
    one, two = REFERRAL.decisions
    for decisions, signed, why in (
        ((one, one), SIGNED, "three people"),
        ((one, replace(two, refer=False)), SIGNED, "both refer"),
        ((one,), SIGNED, "two reviewers"),
        ((one, two), replace(SIGNED, officer=one.reviewer), "three people"),
        ((one, replace(two, factors=one.factors)), SIGNED, "on their own"),
        ((one, two), replace(SIGNED, signed_at=WHEN - timedelta(days=1)), "after both"),
        ((one, two), replace(SIGNED, signed_at=WHEN.replace(tzinfo=None)), "time zone"),
    ):
        with pytest.raises(ValueError, match=why):
            Referral(HARM, decisions, signed)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RabatFactors.__slots__)
def test_each_of_the_six_factors_is_said(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(factors("a"), **{name: "  "})


@pytest.mark.parametrize("value", ["@someone", "author/1", "staff/", "staff/A b", ""])
def test_only_staff_decide(value: str) -> None:
    with pytest.raises(ValueError, match="staff id"):
        StaffId(value)


def test_a_role_is_a_role() -> None:
    with pytest.raises(ValueError, match="role id"):
        SignOff(StaffId("staff/c"), "kepala", WHEN)
