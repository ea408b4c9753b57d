"""Whatever is decided, moved and taken back: an item waits once, or what is in force says why."""

from contextlib import suppress
from typing import Any, ClassVar, Final

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, insert, select

from tasks.models import Claim
from tasks.words import DESKS, Desk
from tests.desks import Said, publish
from workers.ledger import Ledger
from workers.ledger.decided import decisions_of
from workers.ledger.decisions import (
    DECISION_KINDS,
    DecisionKind,
    Overtaken,
    Refused,
    decide,
    digest,
    undo,
)
from workers.ledger.desk_tables import audit, decisions, queue
from workers.ledger.published import Published, left_alone, published
from workers.ledger.queues import queue_row

_CLAIM: Final = Claim(claim_id="cek-1", verdict="Salah", score=0.8)
_SAID: Final = (
    Said("question"),
    Said("rumour", more={"claims": (_CLAIM,)}),
    Said("criticism"),
    Said("incitement_threat", target="protected_group"),
    Said("emergency"),
)
_LEFT_ALONE: Final = 2
_DANGER: Final = 3
_STAFF: Final = st.sampled_from(["staff/ani", "staff/budi"])
_LEAVES: Final = ("handled", "dismissed")


_ITEM: Final = st.integers(0, len(_SAID) - 1)


class Deciding(RuleBasedStateMachine):
    """People who decide about the same few items."""

    ledger: ClassVar[Ledger]
    known: ClassVar[list[Published]]

    def __init__(self) -> None:
        super().__init__()
        _as_published(self.ledger, self.known)
        self.logged = self._entries()
        self.done = 0

    @rule(
        at_item=_ITEM,
        kind=st.sampled_from(DECISION_KINDS),
        member=_STAFF,
        to=st.sampled_from(DESKS),
        at=st.none() | st.sampled_from(DESKS),
        stale=st.sampled_from([False, False, False, True]),
    )
    def decides(
        self, at_item: int, kind: DecisionKind, member: str, to: Desk, at: Desk | None, stale: bool
    ) -> None:
        one = self.known[at_item]
        detail: dict[str, Any] = {"to": to, "claim_id": "cek-1"}
        seen = "0" * 64 if stale else digest(one.body)
        with suppress(Overtaken, Refused):
            decide(self.ledger, one.seq, kind, member, seen, detail, at=at)
            assert not stale
            self.done += 1

    @rule(at_item=_ITEM, member=_STAFF, back=st.integers(0, 3))
    def takes_back(self, at_item: int, member: str, back: int) -> None:
        for made in decisions_of(self.ledger, self.known[at_item].seq)[-1 - back :][:1]:
            with suppress(Overtaken, Refused):
                undo(self.ledger, made.id, member)
                assert made.staff == member
                self.done += 1

    @invariant()
    def each_waits_where_the_decisions_in_force_say(self) -> None:
        with self.ledger.read() as connection:
            rows = connection.execute(select(queue.c.seq, queue.c.desk, queue.c.since)).all()
        found = {row.seq: (row.desk, row.since) for row in rows}
        for one in self.known:
            wanted = _expected(self.ledger, one)
            assert found.get(one.seq) == wanted, decisions_of(self.ledger, one.seq)

    @invariant()
    def nobody_alone_ends_the_waiting_of_a_danger(self) -> None:
        danger = self.known[_DANGER]
        kinds = {made.kind for made in decisions_of(self.ledger, danger.seq)}
        assert not kinds & {*_LEAVES, "moved"}

    @invariant()
    def what_was_left_alone_is_listed_until_it_is_moved(self) -> None:
        left = self.known[_LEFT_ALONE]
        moved = any(
            made.desk == "none" and made.undone_at_ms is None
            for made in decisions_of(self.ledger, left.seq)
        )
        assert [one.seq for one in left_alone(self.ledger)] == ([] if moved else [left.seq])

    @invariant()
    def each_change_is_one_entry_in_the_log(self) -> None:
        assert self._entries() == self.logged + self.done

    def _entries(self) -> int:
        with self.ledger.read() as connection:
            return connection.scalar(select(func.count()).select_from(audit)) or 0


def _as_published(ledger: Ledger, known: list[Published]) -> None:
    """Everything as it was when nobody had decided anything."""
    with ledger.write() as connection:
        connection.execute(delete(decisions))
        connection.execute(delete(queue))
        for one in known:
            if one.publication.desk != "none":
                desk = one.publication.desk
                row = queue_row(one.seq, one.publication, desk, one.released_ms)
                connection.execute(insert(queue).values(row))


def _expected(ledger: Ledger, one: Published) -> tuple[Desk, int] | None:
    """Where the item must wait: its desk and the moves in force, unless somebody ended it."""
    desk = one.publication.desk
    for made in decisions_of(ledger, one.seq):
        if made.undone_at_ms is not None:
            continue
        if made.kind in _LEAVES:
            return None
        if made.kind == "moved":
            desk = made.detail["to"]
    return None if desk == "none" else (desk, one.released_ms)


@pytest.mark.timeout(600)
def test_each_item_waits_once_or_was_decided(ledger: Ledger) -> None:
    publish(ledger, *_SAID)
    found = [published(ledger, "pantau", f"no-{number}") for number in range(1, len(_SAID) + 1)]
    known = [one for one in found if one is not None]
    assert len(known) == len(_SAID)
    run_state_machine_as_test(
        type("DecidingHere", (Deciding,), {"ledger": ledger, "known": known}),
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
