"""Which dangers of an item may be referred: protected speech wins in its own clauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.harm import harms_in
from tasks.models import Publication
from tasks.words import ACTS, DANGER_ACTS, PROTECTED_ACTS
from tests.harms import CLAUSES, found, item


def acts_of(publication: Publication) -> list[str]:
    return [harm.act for harm in harms_in(publication)]


def test_every_danger_that_counts_is_a_harm_not_only_the_first_act() -> None:
    one = item(found("rumour", 0.9), found("incitement_threat", 0.6), found("doxxing", 0.49))
    assert acts_of(one) == ["incitement_threat"]


def test_the_most_probable_comes_first() -> None:
    one = item(found("incitement_threat", 0.6), found("doxxing", 0.8))
    assert acts_of(one) == ["doxxing", "incitement_threat"]


def test_criticism_covers_its_own_clause_however_sure_the_danger() -> None:
    assert (
        acts_of(item(found("incitement_threat", 0.99, "slow"), found("criticism", 0.5, "slow")))
        == []
    )


def test_a_threat_in_a_clause_of_its_own_remains() -> None:
    one = item(found("criticism", 0.99, "slow"), found("incitement_threat", 0.6, "attack"))
    assert acts_of(one) == ["incitement_threat"]
    assert acts_of(item(found("press", 0.9, "slow"), found("incitement_threat", 0.6))) != []


def test_criticism_of_the_whole_text_wins_a_tie() -> None:
    assert acts_of(item(found("incitement_threat", 0.8, "attack"), found("satire", 0.8))) == []
    assert acts_of(item(found("incitement_threat", 0.9, "attack"), found("satire", 0.8))) != []


def test_protected_speech_that_does_not_count_covers_nothing() -> None:
    one = item(found("incitement_threat", 0.6, "slow"), found("criticism", 0.49, "slow"))
    assert acts_of(one) == ["incitement_threat"]


def test_journalism_and_institutions_are_never_harmed_people() -> None:
    threat = found("incitement_threat", 0.99, "attack")
    assert acts_of(item(threat, kind="article")) == []
    assert acts_of(item(threat, target="institution")) == []


@pytest.mark.parametrize("act", [act for act in ACTS if act not in DANGER_ACTS])
def test_no_other_act_is_a_harm(act: str) -> None:
    assert acts_of(item(found(act, 0.99, "attack"), target="private_person")) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(DANGER_ACTS), st.floats(0, 1), st.sampled_from([*CLAUSES])),
        max_size=4,
    ),
    st.sampled_from(PROTECTED_ACTS),
    st.floats(0.5, 1),
)
def test_where_all_is_protected_nothing_is_a_harm(
    dangers: list[tuple[str, float, str]], act: str, probability: float
) -> None:
    shield = found(act, probability, *CLAUSES)
    some = [found(danger, likely, clause) for danger, likely, clause in dangers]
    assert acts_of(item(*some, shield, target="protected_group")) == []
