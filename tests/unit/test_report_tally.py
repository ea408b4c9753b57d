"""What counts as protected speech that was left alone, and what as escalated."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tasks.policy import REVIEWED_ACTS
from tasks.words import ACTS, DESKS, PROTECTED_ACTS, Act, Desk, State
from workers.ledger.report_items import Told
from workers.report.tally import Tally, too_far

SETS = st.frozensets(st.sampled_from(ACTS), max_size=4)
TOLD = st.builds(
    Told,
    released_ms=st.integers(1_700_000_000_000, 1_900_000_000_000),
    desk=st.sampled_from(DESKS),
    state=st.sampled_from(get_args(State)),
    language=st.sampled_from(["ind", "jav"]),
    acts=SETS,
    is_copy=st.booleans(),
    versions=st.just((("saring", "0.1.0"),)),
)


def _told(desk: Desk, *acts: Act) -> Told:
    return Told(1_795_000_000_000, desk, "auto", "ind", frozenset(acts), False, ())


def test_criticism_with_a_threat_beside_it_may_be_looked_at() -> None:
    tally = Tally()
    tally.add(_told("review", "criticism", "incitement_threat"))
    tally.add(_told("review", "criticism"))
    tally.add(_told("none", "satire", "criticism"))
    alone = tally.left_alone([frozenset({"press"})], [frozenset({"press", "doxxing"})])
    assert (alone.items, alone.beside_danger, alone.escalated) == (3, 1, 1)
    assert (alone.moved_to_review, alone.referred) == (1, 0)
    assert alone.by_desk == {
        ("criticism", "review"): 2, ("criticism", "none"): 1, ("satire", "none"): 1
    }  # fmt: skip


@given(SETS)
def test_nothing_is_too_far_without_protected_speech_or_with_a_ground(acts: frozenset[Act]) -> None:
    protected = any(act in PROTECTED_ACTS for act in acts)
    ground = any(act in REVIEWED_ACTS for act in acts)
    assert too_far(acts) == (protected and not ground)


@given(st.lists(TOLD, max_size=30))
def test_every_item_is_counted_once_by_desk_day_language_and_state(items: list[Told]) -> None:
    tally = Tally()
    for one in items:
        tally.add(one)
    volume = tally.volume()
    for counts in (volume.by_desk, volume.by_day, volume.languages, volume.states):
        assert sum(counts.values()) == len(items) == volume.items
