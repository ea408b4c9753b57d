"""One suite for the FactChecks port: in memory, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.factcheck import FactCheck, Library
from tasks.ports import FactChecks
from tasks.stage import Unavailable
from tests.factchecks import check
from tests.ledgers import statements, together
from workers.adapters.ledger_factchecks import LOOK_SECONDS, LedgerFactChecks
from workers.adapters.memory_factchecks import MemoryFactChecks
from workers.broker import free_port
from workers.ledger import Ledger, factchecks, open_ledger


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Shelf:
    """A port, and how a test changes what it shows."""

    port: FactChecks
    put: Callable[[list[FactCheck]], object]
    withdraw: Callable[[str], object]
    wait: Callable[[], None]

    def library(self) -> Library:
        self.wait()
        return self.port.library()

    def ids(self) -> list[str]:
        return [one.id for one in self.library().checks]


def in_memory() -> Shelf:
    port = MemoryFactChecks()
    held: dict[str, FactCheck] = {}

    def put(checks: list[FactCheck]) -> None:
        held.update({one.id: one for one in checks})
        port.put(held.values())

    def withdraw(name: str) -> None:
        del held[name]
        port.put(held.values())

    return Shelf(port, put, withdraw, lambda: None)


def in_ledger(ledger: Ledger) -> Shelf:
    clock = Clock()

    def wait() -> None:
        clock.now += LOOK_SECONDS

    return Shelf(
        LedgerFactChecks(ledger, clock),
        lambda checks: factchecks.store(ledger, checks),
        lambda name: factchecks.withdraw(ledger, name, "ditarik penerbitnya"),
        wait,
    )


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "memory":
        yield in_memory()
        return
    url = (
        f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("fresh_postgres")
    )
    opened = open_ledger(url)
    opened.migrate()
    yield in_ledger(opened)
    opened.engine.dispose()


def test_an_empty_library_has_a_version(shelf: Shelf) -> None:
    assert shelf.library() == Library.of(())


def test_what_is_put_is_in_force_and_sorted(shelf: Shelf) -> None:
    shelf.put([check(2), check(1)])
    assert shelf.library() == Library.of([check(1), check(2)])
    assert shelf.ids() == ["contoh-1", "contoh-2"]


def test_the_version_changes_with_the_content_and_comes_back_with_it(shelf: Shelf) -> None:
    shelf.put([check(1)])
    first = shelf.library()
    shelf.put([check(1, verdict="Keliru")])
    second = shelf.library()
    assert second.version != first.version
    assert [one.verdict for one in second.checks] == ["Keliru"]
    shelf.put([check(1)])
    assert shelf.library() == first


def test_the_same_again_changes_nothing(shelf: Shelf) -> None:
    shelf.put([check(1)])
    before = shelf.library()
    shelf.put([check(1)])
    assert shelf.library() == before


def test_what_is_withdrawn_is_gone(shelf: Shelf) -> None:
    shelf.put([check(1), check(2)])
    before = shelf.library()
    shelf.withdraw("contoh-1")
    assert shelf.ids() == ["contoh-2"]
    assert shelf.library().version != before.version


def test_asking_again_gives_the_same_object(shelf: Shelf) -> None:
    shelf.put([check(1)])
    assert shelf.library() is shelf.library()


def test_it_looks_once_a_second_and_loads_only_what_changed(ledger: Ledger) -> None:
    clock = Clock()
    port = LedgerFactChecks(ledger, clock)
    factchecks.store(ledger, [check(1)])
    first = port.library()
    with statements(ledger) as sent:
        clock.now += LOOK_SECONDS * 0.9
        assert port.library() is first
        assert sent == []
        clock.now += LOOK_SECONDS * 0.2
        assert port.library() is first
    asked = [one for one in sent if one.startswith("SELECT")]
    assert len(asked) == 1
    assert "factchecks" not in asked[0]


def test_a_record_that_is_away_is_unavailable() -> None:
    away = open_ledger(f"postgresql://saring@127.0.0.1:{free_port()}/postgres")
    with pytest.raises(Unavailable):
        LedgerFactChecks(away).library()


def test_an_import_says_what_it_did_and_old_revisions_stay(ledger: Ledger) -> None:
    assert factchecks.store(ledger, [check(1), check(2)]).new == ("contoh-1", "contoh-2")
    planned = factchecks.compare(ledger, [check(1), check(2, verdict="Keliru"), check(3)])
    assert (planned.new, planned.changed, planned.same) == (
        *(("contoh-3",), ("contoh-2",)),
        ("contoh-1",),
    )
    assert len(factchecks.revisions(ledger, "contoh-2")) == 1  # comparing writes nothing
    factchecks.store(ledger, [check(2, verdict="Keliru")])
    old, new = factchecks.revisions(ledger, "contoh-2")
    assert (old.revision, old.check.verdict, new.revision) == (1, "Salah", 2)
    assert old.imported_at <= new.imported_at


def test_a_withdrawal_is_recorded_and_the_same_file_does_not_undo_it(ledger: Ledger) -> None:
    factchecks.store(ledger, [check(1)])
    factchecks.withdraw(ledger, "contoh-1", "ditarik penerbitnya")
    (held,) = factchecks.revisions(ledger, "contoh-1")
    assert held.withdrawn_at is not None
    assert held.withdrawn_reason == "ditarik penerbitnya"
    again = factchecks.store(ledger, [check(1)])
    assert (again.same, again.still_withdrawn) == (("contoh-1",), ("contoh-1",))
    assert factchecks.library(ledger).checks == ()
    corrected = factchecks.store(ledger, [check(1, verdict="Keliru")])
    assert (corrected.changed, corrected.returned) == (("contoh-1",), ("contoh-1",))
    assert [one.withdrawn_at is None for one in factchecks.revisions(ledger, "contoh-1")] == [
        *(False, True)
    ]


def test_what_is_not_in_force_cannot_be_withdrawn(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no fact-check contoh-1"):
        factchecks.withdraw(ledger, "contoh-1", "salah alamat")
    factchecks.store(ledger, [check(1)])
    factchecks.withdraw(ledger, "contoh-1", "ditarik penerbitnya")
    with pytest.raises(ValueError, match="already withdrawn"):
        factchecks.withdraw(ledger, "contoh-1", "sekali lagi")


def test_two_imports_at_once_make_one_revision_each(ledger: Ledger) -> None:
    done = together(
        lambda: factchecks.store(ledger, [check(1)]), lambda: factchecks.store(ledger, [check(1)])
    )
    assert sorted(len(one.new) for one in done) == [0, 1]
    assert len(factchecks.revisions(ledger, "contoh-1")) == 1


def test_the_stored_version_is_that_of_the_library(ledger: Ledger) -> None:
    factchecks.store(ledger, [check(2), check(1)])
    held = factchecks.library(ledger)
    assert held == Library.of(held.checks)
    assert factchecks.library_version(ledger) == held.version
