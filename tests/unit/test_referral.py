"""A referral of protected speech cannot be built, by any way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.factors import FACTORS, RabatFactors, flaws
from tasks.harm import HarmTarget, HarmToPeople, harm_in
from tasks.models import ActFinding
from tasks.referral import Decision, Referral, SignOff, StaffId
from tasks.words import ACTS, DANGER_ACTS, Act, Target

TARGETS: tuple[Target, ...] = get_args(Target)
WHEN = datetime(2026, 3, 1, 9, tzinfo=UTC)
HARM = HarmToPeople("warga/1", "incitement_threat", "private_person")


def factors(who: str) -> RabatFactors:
    return RabatFactors(*(f"menurut penilai {who} tentang {name}" for name in FACTORS))


def decision(who: str, *, refer: bool = True) -> Decision:
    return Decision(StaffId(f"staff/{who}"), refer, factors(who), WHEN, "0" * 64)


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
        ((one, replace(two, factors=_half_copied())), SIGNED, "on their own"),
        ((one, replace(two, seen="1" * 64)), SIGNED, "did not see the same"),
        ((one, two), replace(SIGNED, signed_at=WHEN - timedelta(days=1)), "after both"),
        ((one, two), replace(SIGNED, signed_at=WHEN.replace(tzinfo=None)), "time zone"),
    ):
        with pytest.raises(ValueError, match=why):
            Referral(HARM, decisions, signed)  # type: ignore[arg-type]


def _half_copied() -> RabatFactors:
    """Of the second reviewer, with the intent of the first, other commas and capitals."""
    return replace(factors("b"), intent=f"  {factors('a').intent.upper()}. ")


@pytest.mark.parametrize("name", FACTORS)
@pytest.mark.parametrize(
    "text",
    ["  ", "ya", "ya ya ya ya ya ya", "ditulis oleh @warga_biasa di pasar", "kata " * 500],
)
def test_each_of_the_six_factors_is_said_and_names_nobody(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(factors("a"), **{name: text})


def test_what_one_factor_says_is_not_said_of_another() -> None:
    said = {name: factors("a").said(name) for name in FACTORS}
    said["likelihood"] = said["extent"]
    assert flaws(said) == {"likelihood": "repeated"}


def test_a_copy_of_the_other_reviewer_is_refused_in_each_factor() -> None:
    one, two = ({name: factors(who).said(name) for name in FACTORS} for who in "ab")
    assert flaws(one, [two]) == {}
    assert set(flaws(one, [two, one]).values()) == {"copied"}


@pytest.mark.parametrize("value", ["@someone", "author/1", "staff/", "staff/A b", ""])
def test_only_staff_decide(value: str) -> None:
    with pytest.raises(ValueError, match="staff id"):
        StaffId(value)


def test_a_role_is_a_role() -> None:
    with pytest.raises(ValueError, match="role id"):
        SignOff(StaffId("staff/c"), "kepala", WHEN)
