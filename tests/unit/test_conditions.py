"""Conditions: they say what they mean, end whatever they are, and errors name the remedy."""

from dataclasses import fields, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import conditions
from tasks.classify import classification
from tasks.conditions import Facts, compile_condition
from tasks.rules import rulebook
from tasks.words import Kind, Target

TARGETS = st.sampled_from(get_args(Target))
SIGNALS = ["hate.HS", "hate.Abusive", "sentiment.positive", "sentiment.negative"]
FACTS = st.builds(
    Facts,
    kind=st.sampled_from(get_args(Kind)),
    language=st.sampled_from(["ind", "jav", "und"]),
    target=TARGETS,
    named=st.frozensets(TARGETS),
    words=st.integers(0, 20_000),
    signals=st.dictionaries(st.sampled_from(SIGNALS), st.floats(0, 1)),
    guards=st.frozensets(st.sampled_from(["report", "quoted", "warning"])),
    quoted=st.booleans(),
)
PLAIN = Facts(
    kind="post",
    language="ind",
    target="institution",
    named=frozenset({"institution", "private_person"}),
    words=12,
    signals={"hate.HS": 0.7},
    guards=frozenset({"report"}),
)
# Sources that mostly compile, and now and then divide by zero, overflow, or miss a key.
NUMBERS = st.recursive(
    st.sampled_from(["words", "0", "7", "9223372036854775807", "size(guards)", "size(kind)"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(
        lambda it: f"({' '.join(it)})"
    ),
    max_leaves=4,
)
TRUTHS = st.recursive(
    st.tuples(NUMBERS, st.sampled_from(["<", ">=", "=="]), NUMBERS).map(" ".join)
    | st.sampled_from(
        ["quoted", '"report" in guards', 'signals["hate.HS"] > 0.5', "guards[words] == kind"]
    ),
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
        lambda it: f"!({' '.join(it)})"
    ),
    max_leaves=4,
)


def test_a_condition_may_ask_for_every_fact() -> None:
    assert set(conditions._TYPES) == {fact.name for fact in fields(Facts)}


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ('kind == "post"', True),
        ('language in ["jav", "sun"]', False),
        ('target != "institution" || "private_person" in named', True),
        ("words < 12", False),
        ("words < 20 && !quoted", True),
        ('signals[?"hate.HS"].orValue(0.0) >= 0.5', True),
        ('signals[?"hate.Abusive"].orValue(0.0) >= 0.5', False),
        ('"hate.HS" in signals && signals["hate.HS"] >= 0.8', False),
        ('"report" in guards', True),
        ('guards.exists(guard, guard in ["quoted", "warning"])', False),
        ("size(guards) == 1", True),
    ],
)
def test_what_conditions_say(source: str, holds: bool) -> None:
    assert compile_condition(source).holds(PLAIN.bound()) is holds


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "Syntax error"),
        ("words <", "Syntax error"),
        ("word < 12", r"undeclared reference to 'word'.*the names are kind, language"),
        ('words < "12"', "no matching overload"),
        ("words < 1.5", "no matching overload"),
        ("target", "gives STRING: compare it"),
        ("dyn(quoted)", "gives DYN: compare it"),
        ('signals["hate.HS"] > 0.5', r"hate\.HS.*signals\[\?\"head\.label\"\]\.orValue\(0\.0\)"),
        ("(" * 140 + "quoted" + ")" * 140, "recursion limit"),
        ("quoted || " * 30 + "quoted", "longer than 300 characters: write two rules"),
    ],
)
def test_an_error_says_what_is_wrong_and_what_to_do(source: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compile_condition(source)


def test_loops_are_bounded() -> None:
    loop = "[" + ",".join("1" * 25) + "].all(x, "
    with pytest.raises(ValueError, match="budget"):
        compile_condition(loop * 4 + "true" + ")" * 4)


@pytest.mark.parametrize(("words", "holds"), [(0, False), (1, True), (9, False)])
def test_what_cannot_be_decided_does_not_hold(words: int, holds: bool) -> None:
    condition = compile_condition("words == 0 ? false : 1 / (words % 3) == 1")
    assert condition.holds(replace(PLAIN, words=words).bound()) is holds


@given(TRUTHS | st.text(max_size=40), FACTS)
def test_every_condition_ends(source: str, facts: Facts) -> None:
    try:
        condition = compile_condition(source)
    except ValueError:
        return
    assert condition.holds(facts.bound()) in (True, False)


@given(FACTS)
def test_the_conditions_of_our_rules_can_always_be_decided(facts: Facts) -> None:
    ours = [rule.when for rule in rulebook().rules.values() if rule.when is not None]
    assert ours
    for condition in ours:  # what cannot be decided is false, and its opposite too
        opposite = compile_condition(f"!({condition.source})")
        assert condition.holds(facts.bound()) is not opposite.holds(facts.bound())


@pytest.mark.parametrize(
    ("language", "negative", "thanks"),
    [("ind", 0.1, True), ("ind", 0.9, False), ("und", 0.9, True)],
)
def test_the_stage_hears_conditions_where_it_hears_the_heads(
    language: str, negative: float, thanks: bool
) -> None:
    text = "Terima kasih bidan puskesmas yang datang malam-malam ke rumah kami."
    made = classification(text, "post", language, {"sentiment.negative": negative})
    evidence = {clue.by.partition("@")[0] for act in made.acts for clue in act.evidence}
    assert ("rule:good_news.thanks" in evidence) is thanks
