"""The audit log proves itself: whatever is done to an entry is found, and it is named."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workers.ledger import Ledger
from workers.ledger.audit import (
    START,
    Anchor,
    Wanted,
    append,
    entries,
    entry_hash,
    head,
    kinds,
    latest,
)
from workers.ledger.chain import Broken, Follower, Raw, Verified, follow, verify

COLUMNS = ("number", "at", "actor", "kind", "subject", "detail", "previous", "hash")


def write(ledger: Ledger, count: int) -> None:
    with ledger.write() as connection:
        for number in range(count):
            append(connection, "staff/ab12", "decision.handled", f"kota/{number}", {"desk": "x"})


def tamper(ledger: Ledger, *statements: str) -> None:
    """Change the log as somebody who owns the database would."""
    with ledger.write() as connection:
        if connection.dialect.name == "sqlite":
            for event in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_no_{event}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(text(statement))


def test_an_empty_log_and_a_whole_one_are_proved(ledger: Ledger) -> None:
    assert verify(ledger) == Verified(0, None)
    assert head(ledger) is None
    write(ledger, 5)
    last = head(ledger)
    assert last is not None
    assert verify(ledger) == Verified(5, last)
    assert verify(ledger, 4) == Verified(2, last)
    assert Anchor.parse(str(last)) == last


def test_more_entries_than_a_page_holds_are_proved(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.ledger.chain._PAGE", 3)
    write(ledger, 10)
    reached: list[int] = []
    assert verify(ledger, progress=reached.append) == Verified(10, head(ledger))
    assert reached == [3, 6, 9]
    tamper(ledger, "UPDATE audit SET at = at + 1 WHERE number = 8")
    assert verify(ledger) == Broken(8, "altered")


@pytest.mark.parametrize("statement", ["UPDATE audit SET at = 0", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_an_entry(ledger: Ledger, statement: str) -> None:
    write(ledger, 2)
    with pytest.raises(DBAPIError, match="append-only"), ledger.write() as connection:
        connection.execute(text(statement))
    assert verify(ledger) == Verified(2, head(ledger))


@pytest.mark.parametrize("column", COLUMNS)
def test_a_byte_changed_in_any_column_is_named(ledger: Ledger, column: str) -> None:
    write(ledger, 5)
    value = {
        "number": "number + 100",
        "at": "at + 1",
        "previous": "hash",
        "hash": "previous",
    }.get(column, f"replace({column}, substr({column}, 2, 1), '!')")
    tamper(ledger, f"UPDATE audit SET {column} = {value} WHERE number = 3")  # noqa: S608 - ours
    broken = verify(ledger)
    assert isinstance(broken, Broken)
    assert broken.number == 3
    assert broken.why == {"number": "missing", "previous": "unlinked"}.get(column, "altered")


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["DELETE FROM audit WHERE number = 1"], Broken(1, "missing")),
        (["DELETE FROM audit WHERE number = 3"], Broken(3, "missing")),
        (
            [  # two change places
                "UPDATE audit SET number = 99 WHERE number = 2",
                "UPDATE audit SET number = 2 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 99",
            ],
            Broken(2, "unlinked"),
        ),
        (
            [  # one is put in, and those after it make room
                "UPDATE audit SET number = 104 WHERE number = 4",
                "UPDATE audit SET number = 105 WHERE number = 5",
                "INSERT INTO audit SELECT 4, at, actor, kind, subject, detail, previous, hash "
                "FROM audit WHERE number = 3",
                "UPDATE audit SET number = number - 99 WHERE number > 100",
            ],
            Broken(4, "unlinked"),
        ),
        (
            [  # one is taken out, and those after it close the gap
                "DELETE FROM audit WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 4",
                "UPDATE audit SET number = 4 WHERE number = 5",
            ],
            Broken(3, "unlinked"),
        ),
        (
            [
                "INSERT INTO audit SELECT 0, at, actor, kind, subject, detail, previous, hash "
                "FROM audit WHERE number = 1"
            ],
            Broken(1, "missing"),
        ),
    ],
)
def test_what_is_missing_moved_or_put_in_is_named(
    ledger: Ledger, statements: list[str], broken: Broken
) -> None:
    write(ledger, 5)
    tamper(ledger, *statements)
    assert verify(ledger) == broken


def test_a_tail_that_was_cut_off_shows_by_an_anchor_alone(ledger: Ledger) -> None:
    write(ledger, 5)
    kept = head(ledger)
    assert kept is not None
    tamper(ledger, "DELETE FROM audit WHERE number > 3")
    assert isinstance(verify(ledger), Verified)
    assert verify(ledger, anchors=[kept]) == Broken(4, "cut")


def test_a_log_that_was_written_anew_shows_by_an_anchor_alone(ledger: Ledger) -> None:
    write(ledger, 3)
    kept = head(ledger)
    assert kept is not None
    tamper(ledger, "DELETE FROM audit")
    with ledger.write() as connection:
        for _ in range(4):
            append(connection, "staff/ab12", "decision.dismissed", "kota/0")
    assert isinstance(verify(ledger), Verified)
    assert verify(ledger, anchors=[kept]) == Broken(3, "anchor")
    with pytest.raises(ValueError, match="--head"):
        verify(ledger, 4, [kept])


def test_a_byte_that_is_no_letter_is_a_finding_and_no_error(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL stores no such byte")
    write(ledger, 3)
    tamper(ledger, "UPDATE audit SET subject = CAST(x'ff' AS TEXT) WHERE number = 2")
    assert verify(ledger) == Broken(2, "altered")
    tamper(ledger, "UPDATE audit SET number = 'dua' WHERE number = 2")
    assert verify(ledger) == Broken(2, "missing")


def test_many_who_write_at_once_leave_no_gap(ledger: Ledger) -> None:
    def one(_: int) -> None:
        write(ledger, 3)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(24)))
    assert verify(ledger) == Verified(72, head(ledger))


def test_what_is_undone_leaves_no_entry(ledger: Ledger) -> None:
    write(ledger, 1)
    with suppress(KeyError), ledger.write() as connection:
        append(connection, "program", "test", "x")
        raise KeyError
    assert verify(ledger) == Verified(1, head(ledger))


def test_entries_are_found_by_kind_subject_actor_and_time(ledger: Ledger) -> None:
    with ledger.write() as connection:
        append(connection, "staff/ab12", "decision.handled", "kota/1", {"b": 1, "a": 2})
        append(connection, "program", "retention.run", "items")
        append(connection, "staff/cd34", "decision.moved", "kota/2")
        append(connection, "staff/cd34", "decisions", "kota/2")
    found: Callable[..., list[int]] = lambda **wanted: [  # noqa: E731 - short
        one.number for one in entries(ledger, Wanted(**wanted))
    ]
    assert found() == [1, 2, 3, 4]
    assert found(kind="decision") == [1, 3]
    assert found(kind="decision.moved") == [3]
    assert found(subject="kota/2", actor="staff/cd34") == [3, 4]
    assert found(since_ms=latest(ledger, Wanted())[0].at_ms + 1) == []
    assert [one.number for one in latest(ledger, Wanted(), 2, before=4)] == [3, 2]
    assert next(entries(ledger, Wanted(), after=3)).number == 4
    assert latest(ledger, Wanted(), before=2)[0].detail == {"a": 2, "b": 1}
    assert kinds(ledger)["decision.moved"] == 1


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def chains(draw: st.DrawFn) -> list[Raw]:
    made: list[Raw] = []
    previous = START
    for number in range(1, draw(st.integers(2, 8)) + 1):
        at, words = draw(st.integers(0, 9)), [draw(WORDS) for _ in range(4)]
        hash_ = entry_hash(number, at, words[0], words[1], words[2], words[3], previous)
        written = [word.encode() for word in words]
        made.append(Raw._make([number, at, *written, previous, hash_]))
        previous = hash_
    return made


@given(chains())
def test_every_chain_holds(chain: list[Raw]) -> None:
    assert follow(Follower(), chain) is None


@given(chains(), st.data())
def test_no_tampering_goes_unseen_but_a_cut_tail(chain: list[Raw], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    tampered = list(chain)
    match data.draw(st.sampled_from(["change", "remove", "swap", "repeat"])):
        case "change":
            name = data.draw(st.sampled_from(Raw._fields))
            old = getattr(chain[at], name)
            new = data.draw(st.integers() if isinstance(old, int) else st.binary(max_size=40))
            tampered[at] = chain[at]._replace(**{name: new})
        case "remove":
            del tampered[at]
        case "swap":
            other = data.draw(st.integers(0, len(chain) - 1))
            tampered[at], tampered[other] = tampered[other], tampered[at]
        case "repeat":
            tampered.insert(at, chain[at])
    broken = follow(Follower(), tampered)
    cut = len(tampered) < len(chain) and tampered == chain[: len(tampered)]
    if tampered == chain or cut:
        assert broken is None
        anchored = Follower(anchors={len(chain): chain[-1].hash.hex()})
        assert (follow(anchored, tampered) is None) == (tampered == chain)
    else:
        first = next(
            index
            for index, (one, other) in enumerate(zip(tampered, [*chain, None], strict=False))
            if one != other
        )
        assert broken is not None
        assert broken.number == first + 1


def test_an_entry_of_another_chain_does_not_fit_in(ledger: Ledger) -> None:
    write(ledger, 2)
    raw = Raw(1, 5, b"a", b"b", b"c", b"{}", START, entry_hash(1, 5, "a", "b", "c", "{}", START))
    assert follow(Follower(), [raw]) is None
    assert follow(replace(Follower(), number=1), [raw]) == Broken(2, "missing")
