"""Whatever is pushed, claimed, failed, published and replayed: the ledger does what a model says.

At the end parts of the ledger are broken in turn, and the machine must find that out.
"""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import Phase
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tests.clocks import Clock
from tests.keeping import Keeping
from tests.machines import run_machine
from workers import retry
from workers.ledger import Ledger, clocks, leases, release
from workers.ledger.schema import STATES, items


def _run(
    ledger: Ledger, clock: Clock, examples: int, phases: Sequence[Phase] = tuple(Phase)
) -> None:
    Keeping.ledger, Keeping.clock = ledger, clock
    run_machine(Keeping, examples, 30, phases)


EVERYTHING: Final = (
    "claimed",
    "late",
    "published",
    "overdue",
    "mended",
    "replayed",
    "dropped",
    "announced",
)
"""What must have come about."""


@pytest.mark.timeout(600)
def test_the_ledger_does_what_a_simple_model_says(ledger: Ledger, clock: Clock) -> None:
    Keeping.seen.clear()
    _run(ledger, clock, 100)
    assert {name for name in EVERYTHING if not Keeping.seen[name]} == set()


def _gives_back_anybodys(
    ledger: Ledger, batch_id: str, failed: Sequence[tuple[int, Exception]]
) -> leases.Settled:
    with ledger.write() as connection:
        connection.execute(
            update(items)
            .where(items.c.seq.in_([seq for seq, _ in failed]), items.c.state == "leased")
            .values(batch_id=batch_id)
        )
    return _GIVE_BACK(ledger, batch_id, failed)


def _by_age_alone(connection: Any, now: int, limit: int) -> list[Any]:
    query = select(items.c.seq, items.c.attempts).where(
        items.c.state == "ready", items.c.due_at <= now
    )
    return list(connection.execute(query.order_by(items.c.due_at, items.c.seq).limit(limit)))


def _lease_that_is_lost(connection: Any, rows: list[Any], until: int) -> Any:
    made = _LEASE(connection, rows, until)
    connection.execute(update(items).where(items.c.batch_id == made.batch_id).values(state="ready"))
    return made


def _all_together(rows: Sequence[Any], batches: int, batch_size: int) -> list[list[Any]]:
    groups = [list(rows[at : at + batch_size]) for at in range(0, len(rows), batch_size)]
    return groups[:batches]


def _forgets(_ledger: Ledger, _seqs: Any) -> None:
    """In place of taking out of the outbox."""


_GIVE_BACK: Final = leases.give_back
_LEASE: Final = leases._lease
BROKEN: Final[dict[str, tuple[Any, str, Any]]] = {
    "a late worker takes back what another has": (leases, "give_back", _gives_back_anybodys),
    "an item is published out of quarantine, or twice": (release, "OPEN", STATES),
    "a loud source takes every turn": (leases, "_due_in_turn", _by_age_alone),
    "an item is in two live batches": (leases, "_lease", _lease_that_is_lost),
    "who failed takes others along": (leases, "_form", _all_together),
    "one attempt too many": (retry, "MAX_ATTEMPTS", 6),
    "announced again and again": (release, "announced", _forgets),
    "a clock set back holds items": (clocks, "straighten", lambda _ledger: 0),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BROKEN)
def test_the_machine_finds_out_when(
    name: str, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("the same code: one database is enough")
    where, what, instead = BROKEN[name]
    monkeypatch.setattr(where, what, instead)
    with pytest.raises((AssertionError, IntegrityError, ExceptionGroup)):
        _run(ledger, clock, 400, [Phase.generate])  # the first one will do
