"""What waits in quarantine is tried again or given up, on SQLite and on PostgreSQL."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from tasks.stage import ItemError
from tests.items import entry, finished
from workers.ledger import Ledger
from workers.ledger.accept import accept
from workers.ledger.desk_tables import audit
from workers.ledger.leases import claim, give_back
from workers.ledger.quarantine import (
    Choice,
    NotQuarantined,
    content,
    drop,
    quarantined,
    replay,
)
from workers.ledger.release import record
from workers.ledger.schema import items


def quarantine(
    ledger: Ledger, *numbers: int, error: str = "no text", source: str = "pantau"
) -> None:
    accept(ledger, [entry(number, source) for number in numbers])
    for batch in claim(ledger, 16, 64, 60.0):
        give_back(ledger, batch.id, [(item.seq, ItemError(error)) for item in batch.items])


def waiting(ledger: Ledger) -> list[str]:
    return [one.ref for one in quarantined(ledger)]


def log(ledger: Ledger) -> Sequence[tuple[str, str]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.execute(select(audit.c.kind, audit.c.detail))]


def test_a_replayed_item_goes_through_the_stages_as_if_it_were_new(ledger: Ledger) -> None:
    quarantine(ledger, 1, 2)
    assert replay(ledger, Choice(refs=["pantau/no-1"]), "aturan sudah diperbaiki", 10) == [
        "pantau/no-1"
    ]
    assert waiting(ledger) == ["pantau/no-2"]
    (batch,) = claim(ledger, 16, 64, 60.0)
    assert batch.attempt == 1
    record(ledger, [finished(batch.items[0])])
    ((kind, detail),) = log(ledger)
    assert kind == "quarantine.replayed"
    assert "aturan sudah diperbaiki" in detail
    assert "pantau/no-1" in detail


def test_replayed_items_come_due_one_after_the_other(ledger: Ledger) -> None:
    quarantine(ledger, *range(5))
    replay(ledger, Choice(), "coba lagi", 2)
    with ledger.read() as connection:
        due = list(connection.scalars(select(items.c.due_at).order_by(items.c.seq)))
    assert [one - due[0] for one in due] == [0, 500, 1000, 1500, 2000]


def test_what_is_given_up_is_erased_and_stays_known(ledger: Ledger) -> None:
    quarantine(ledger, 1, 2)
    drop(ledger, Choice(refs=["pantau/no-2"]), "kiriman rusak")
    assert waiting(ledger) == ["pantau/no-1"]
    with pytest.raises(NotQuarantined):
        content(ledger, "pantau/no-2")
    with ledger.read() as connection:
        held = connection.scalars(select(items.c.content).where(items.c.id == "no-2")).one()
    assert held == ""
    assert replay(ledger, Choice(), "semua", 10) == ["pantau/no-1"]
    accept(ledger, [entry(2)])  # pushed again: it is known
    assert [item.ref for batch in claim(ledger, 16, 64, 60.0) for item in batch.items] == [
        "pantau/no-1"
    ]


def test_items_are_chosen_by_source_and_error(ledger: Ledger) -> None:
    quarantine(ledger, 1, error="no text")
    quarantine(ledger, 2, error="100% markup")
    quarantine(ledger, 3, error="no text", source="lain")
    assert [one.ref for one in quarantined(ledger, Choice(error="0%"))] == ["pantau/no-2"]
    assert replay(ledger, Choice(source="lain", error="text"), "coba", 10) == ["lain/no-3"]
    assert waiting(ledger) == ["pantau/no-1", "pantau/no-2"]


def test_if_one_of_the_named_is_not_there_nothing_is_done(ledger: Ledger) -> None:
    quarantine(ledger, 1)
    both = Choice(refs=["pantau/no-1", "pantau/no-9"])
    with pytest.raises(NotQuarantined, match="pantau/no-9"):
        replay(ledger, both, "coba", 10)
    with pytest.raises(NotQuarantined, match="pantau/no-9"):
        drop(ledger, both, "coba")
    assert waiting(ledger) == ["pantau/no-1"]
    assert not log(ledger)


@pytest.mark.parametrize("reason", ["", "  ", "x", "a" * 301])
def test_a_reason_is_asked_for(ledger: Ledger, reason: str) -> None:
    quarantine(ledger, 1)
    with pytest.raises(ValueError, match="--reason"):
        drop(ledger, Choice(), reason)
    assert waiting(ledger) == ["pantau/no-1"]


def test_a_reason_names_no_account(ledger: Ledger) -> None:
    quarantine(ledger, 1)
    drop(ledger, Choice(), "diminta @warga_biasa lewat 081234567890")
    ((_, detail),) = log(ledger)
    assert "warga_biasa" not in detail
    assert "0812" not in detail


def test_a_rate_is_above_zero(ledger: Ledger) -> None:
    quarantine(ledger, 1)
    with pytest.raises(ValueError, match="--rate"):
        replay(ledger, Choice(), "coba", 0)
