"""What people decide, on both databases: once, on what they saw, and each in the log."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from tasks.models import Claim
from tests.desks import Said, publish
from tests.ledgers import together
from workers.ledger import Ledger
from workers.ledger.decided import decision, undoable
from workers.ledger.decisions import (
    DecisionKind,
    Overtaken,
    Refused,
    decide,
    decisions_of,
    digest,
    undo,
)
from workers.ledger.desk_tables import audit
from workers.ledger.published import left_alone, published
from workers.ledger.queues import lengths, one_waiting
from workers.ledger.schema import publications

ANI, BUDI = "staff/ani", "staff/budi"
CLAIM = Claim(claim_id="cek-1", verdict="Salah", score=0.8, claim="Loket ditutup.")


def item(ledger: Ledger, said: Said | None = None) -> tuple[int, str]:
    """A published item: its number and the digest of what is seen of it."""
    publish(ledger, Said() if said is None else said)
    found = published(ledger, "pantau", "no-1")
    assert found is not None
    return found.seq, digest(found.body)


def logged(ledger: Ledger) -> list[tuple[str, dict[str, Any]]]:
    with ledger.read() as connection:
        rows = connection.execute(select(audit.c.kind, audit.c.detail).order_by(audit.c.number))
        return [(row.kind, orjson.loads(row.detail)) for row in rows]


@pytest.mark.parametrize("kind", ["handled", "dismissed"])
def test_a_decided_item_waits_no_more(ledger: Ledger, kind: DecisionKind) -> None:
    seq, seen = item(ledger)
    number = decide(ledger, seq, kind, ANI, seen, {"note": "sudah dibalas"}, at="answer")
    assert one_waiting(ledger, seq) is None
    (made,) = decisions_of(ledger, seq)
    assert (made.id, made.kind, made.staff, made.desk) == (number, kind, ANI, "answer")
    assert (made.evidence, made.detail) == (seen, {"note": "sudah dibalas"})
    assert decision(ledger, number) == made


def test_the_log_names_the_decision_and_quotes_no_note(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    number = decide(ledger, seq, "moved", ANI, seen, {"to": "service", "note": "rahasia"})
    undo(ledger, number, ANI)
    assert logged(ledger) == [
        ("decision.moved", {"decision": number, "desk": "answer", "seen": seen, "to": "service"}),
        ("decision.undone", {"decision": number}),
    ]


def test_a_note_holds_no_account_name(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    decide(ledger, seq, "handled", ANI, seen, {"note": "dibalas ke @warga_uji, 0812-3456-7890"})
    (made,) = decisions_of(ledger, seq)
    assert made.detail["note"] == "dibalas ke [AKUN], [TELEPON]"


def test_a_moved_item_keeps_its_waiting_time(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    before = one_waiting(ledger, seq)
    assert before is not None
    decide(ledger, seq, "moved", ANI, seen, {"to": "service"})
    after = one_waiting(ledger, seq)
    assert after == replace(before, desk="service")


def test_who_saw_it_elsewhere_is_told(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    decide(ledger, seq, "moved", ANI, seen, {"to": "service"})
    with pytest.raises(Overtaken):
        decide(ledger, seq, "handled", BUDI, seen, at="answer")


def test_what_has_changed_since_it_was_seen_is_not_decided(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    with ledger.write() as connection:
        body = connection.scalar(select(publications.c.body).where(publications.c.seq == seq))
        changed = str(body).replace("surat", "berkas")
        connection.execute(update(publications).values(body=changed))
    with pytest.raises(Overtaken, match="changed"):
        decide(ledger, seq, "handled", ANI, seen)
    assert one_waiting(ledger, seq) is not None
    assert logged(ledger) == []


def test_of_two_who_decide_at_once_one_is_told(ledger: Ledger) -> None:
    seq, seen = item(ledger)

    def handle(member: str) -> str:
        try:
            decide(ledger, seq, "handled", member, seen, at="answer")
        except Overtaken:
            return "overtaken"
        return "decided"

    answers = together(lambda: handle(ANI), lambda: handle(BUDI))
    assert sorted(answers) == ["decided", "overtaken"]
    assert len(decisions_of(ledger, seq)) == len(logged(ledger)) == 1


def test_undone_twice_at_once_it_waits_once(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    number = decide(ledger, seq, "handled", ANI, seen)

    def take_back() -> str:
        try:
            undo(ledger, number, ANI)
        except Overtaken:
            return "overtaken"
        return "undone"

    assert sorted(together(take_back, take_back)) == ["overtaken", "undone"]
    assert lengths(ledger) == {"answer": 1}


def test_what_is_undone_waits_as_before(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    before = one_waiting(ledger, seq)
    number = decide(ledger, seq, "dismissed", ANI, seen)
    assert undo(ledger, number, ANI) == seq
    assert one_waiting(ledger, seq) == before
    (made,) = decisions_of(ledger, seq)
    assert made.undone_at_ms is not None


def test_only_ones_own_last_decision_can_be_taken_back(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    first = decide(ledger, seq, "moved", ANI, seen, {"to": "service"})
    with pytest.raises(Refused):
        undo(ledger, first, BUDI)
    decide(ledger, seq, "handled", BUDI, seen)
    with pytest.raises(Overtaken):
        undo(ledger, first, ANI)
    assert undoable(ledger, ANI) == []
    assert [made.kind for made in undoable(ledger, BUDI)] == ["handled"]


def test_undoable_decisions_come_newest_first(ledger: Ledger) -> None:
    publish(ledger, Said(), Said())
    for name in ("no-1", "no-2"):
        one = published(ledger, "pantau", name)
        assert one is not None
        decide(ledger, one.seq, "handled", ANI, digest(one.body))
    assert [made.ref for made in undoable(ledger, ANI)] == ["pantau/no-2", "pantau/no-1"]
    assert [made.ref for made in undoable(ledger, ANI, 1)] == ["pantau/no-2"]


@pytest.mark.parametrize("to", [None, "answer", "none", "kantor"])
def test_a_move_names_another_desk(ledger: Ledger, to: str | None) -> None:
    seq, seen = item(ledger)
    with pytest.raises(Refused, match="to"):
        decide(ledger, seq, "moved", ANI, seen, {"to": to})


def test_what_was_left_alone_can_only_be_moved_and_once(ledger: Ledger) -> None:
    seq, seen = item(ledger, Said("criticism"))
    with pytest.raises(Refused, match="moved"):
        decide(ledger, seq, "handled", ANI, seen, at="none")
    number = decide(ledger, seq, "moved", ANI, seen, {"to": "answer"}, at="none")
    assert lengths(ledger) == {"answer": 1}
    assert left_alone(ledger) == []
    decide(ledger, seq, "handled", BUDI, seen)
    with pytest.raises(Overtaken):
        decide(ledger, seq, "moved", ANI, seen, {"to": "service"})
    with pytest.raises(Overtaken):
        undo(ledger, number, ANI)


def test_an_overruling_can_be_taken_back(ledger: Ledger) -> None:
    seq, seen = item(ledger, Said("criticism"))
    undo(ledger, decide(ledger, seq, "moved", ANI, seen, {"to": "answer"}), ANI)
    assert lengths(ledger) == {}
    assert [one.seq for one in left_alone(ledger)] == [seq]
    decide(ledger, seq, "moved", ANI, seen, {"to": "service"}, at="none")
    assert lengths(ledger) == {"service": 1}


@pytest.mark.parametrize("kind", ["claim_confirmed", "claim_rejected"])
def test_a_judged_claim_leaves_the_item_waiting(ledger: Ledger, kind: DecisionKind) -> None:
    seq, seen = item(ledger, Said("rumour", more={"claims": (CLAIM,)}))
    before = one_waiting(ledger, seq)
    number = decide(ledger, seq, kind, ANI, seen, {"claim_id": "cek-1"})
    assert one_waiting(ledger, seq) == before
    assert logged(ledger)[0][1]["claim_id"] == "cek-1"
    undo(ledger, number, ANI)
    assert one_waiting(ledger, seq) == before


@pytest.mark.parametrize("claim", [None, "cek-2"])
def test_a_claim_that_nobody_checked_is_not_judged(ledger: Ledger, claim: str | None) -> None:
    seq, seen = item(ledger, Said("rumour", more={"claims": (CLAIM,)}))
    with pytest.raises(Refused, match="claim_id"):
        decide(ledger, seq, "claim_confirmed", ANI, seen, {"claim_id": claim})


def test_a_danger_is_not_decided_by_one(ledger: Ledger) -> None:
    threat = Said("incitement_threat", "Serang mereka besok.", target="protected_group")
    seq, seen = item(ledger, threat)
    for kind in ("handled", "dismissed"):
        with pytest.raises(Refused, match="two reviewers"):
            decide(ledger, seq, kind, ANI, seen)
    with pytest.raises(Refused, match="two reviewers"):
        decide(ledger, seq, "moved", ANI, seen, {"to": "clarify"})


def test_a_note_has_a_length(ledger: Ledger) -> None:
    seq, seen = item(ledger)
    with pytest.raises(Refused, match="note"):
        decide(ledger, seq, "handled", ANI, seen, {"note": "a" * 2001})
