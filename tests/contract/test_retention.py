"""Retention: what is older than its period is gone from every place, and what must stay stays."""

import threading
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
import redis
from sqlalchemy import Table, func, insert, select, text, update

from tasks.stage import Unavailable
from tasks.telling import Keys, Telling
from tests.desks import Said, publish
from tests.items import entry
from workers import retention
from workers.adapters.valkey_announcer import STREAM, ValkeyAnnouncer
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.adapters.valkey_stories import ValkeyStories
from workers.broker import connect, free_port
from workers.ledger import Ledger
from workers.ledger import retention as erasing
from workers.ledger.accept import accept
from workers.ledger.audit import Wanted, entries, head
from workers.ledger.chain import Verified, verify
from workers.ledger.database import now_ms
from workers.ledger.decisions import decide, digest
from workers.ledger.deliveries import set_subscriptions
from workers.ledger.desk_tables import appeals, decisions, judgements, queue, referrals
from workers.ledger.evidence import evidence
from workers.ledger.numbers import compact, ranges
from workers.ledger.schema import (
    answers,
    deliveries,
    forwards,
    items,
    outbox,
    publications,
)
from workers.ledger.shredding import left_over, shred

OLD = 100 * retention.DAY_MS
MARK = "SangatRahasia7341"


def age(ledger: Ledger, *numbers: int, by: int = OLD) -> None:
    with ledger.write() as connection:
        for number in numbers:
            connection.execute(
                update(items)
                .where(items.c.id == f"no-{number}")
                .values(accepted_at=items.c.accepted_at - by)
            )


def run(ledger: Ledger, broker: ValkeyErasing | None = None) -> retention.Outcome:
    return retention.run(ledger, broker, retention.before(90))


def count(ledger: Ledger, table: Table) -> int:
    with ledger.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def seqs(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        return {row.id: row.seq for row in connection.execute(select(items.c.id, items.c.seq))}


def seen(ledger: Ledger, seq: int) -> str:
    with ledger.read() as connection:
        body = connection.scalar(select(publications.c.body).where(publications.c.seq == seq))
    assert body is not None
    return digest(body)


def test_old_items_go_with_all_that_hangs_on_them_and_new_ones_stay(ledger: Ledger) -> None:
    set_subscriptions(ledger, {"aduan": ["answer"]})
    publish(ledger, *(Said(narrative=f"n-{number}") for number in range(6)))
    age(ledger, 1, 2, 3)
    done = run(ledger)
    assert (done.items, done.index, done.events) == (3, None, None)
    assert done.proof.clean
    for table in (items, publications, queue, outbox, deliveries):
        assert count(ledger, table) == 3, table.name
    assert set(seqs(ledger)) == {"no-4", "no-5", "no-6"}


def test_a_second_run_finds_nothing_and_says_so(ledger: Ledger) -> None:
    publish(ledger, Said())
    age(ledger, 1)
    run(ledger)
    assert run(ledger).items == 0
    kinds = [one.kind for one in entries(ledger, Wanted())]
    assert kinds == ["retention.erased", "retention.run", "retention.run"]
    assert isinstance(verify(ledger), Verified)


def test_the_log_names_the_numbers_and_a_digest_that_a_back_up_can_show(ledger: Ledger) -> None:
    publish(ledger, Said(), Said())
    age(ledger, 1, 2)
    numbers = sorted(seqs(ledger).values())
    with ledger.read() as connection:
        rows = connection.execute(select(items).order_by(items.c.seq)).all()
    expected = erasing._digest(rows)
    run(ledger)
    erased = next(entries(ledger, Wanted(kind="retention.erased"))).detail
    assert erased["count"] == 2
    assert ranges(erased["items"]) == [(numbers[0], numbers[1])]
    assert erased["digest"] == expected


@pytest.mark.parametrize("state", ["ready", "leased"])
def test_what_has_no_end_yet_is_left_however_old(ledger: Ledger, state: str) -> None:
    accept(ledger, [entry(1)])
    with ledger.write() as connection:
        connection.execute(update(items).values(state=state))
    age(ledger, 1)
    assert run(ledger).items == 0
    assert count(ledger, items) == 1


def test_quarantined_items_go_too(ledger: Ledger) -> None:
    accept(ledger, [entry(1)])
    with ledger.write() as connection:
        connection.execute(update(items).values(state="quarantined", error="text: x"))
    age(ledger, 1)
    assert dict(erasing.plan(ledger, retention.before(90)).items) == {"quarantined": 1}
    assert run(ledger).items == 1


def referral(ledger: Ledger, seq: int, state: str, signed: int | None = None) -> None:
    with ledger.write() as connection:
        held = [column.name for column in referrals.columns]
        values = {
            "seq": seq,
            "state": state,
            "packet": None if signed is None else f'{{"text": "{MARK}"}}',
            "opened_at": 1,
            "signed_at": signed,
            "decision": 1,
            "thresholds": "1",
        }
        connection.execute(
            insert(referrals), {name: values[name] for name in values if name in held}
        )


@pytest.mark.parametrize("state", ["open", "reopened"])
def test_an_item_under_a_referral_is_held_until_it_ends(ledger: Ledger, state: str) -> None:
    publish(ledger, Said(), Said())
    age(ledger, 1, 2)
    referral(ledger, seqs(ledger)["no-1"], state)
    done = run(ledger)
    assert (done.items, done.proof.held, done.proof.clean) == (1, 1, True)
    (held,) = erasing.plan(ledger, retention.before(90)).held
    assert (held.ref, held.by) == ("pantau/no-1", "referral 1")
    with ledger.write() as connection:
        connection.execute(update(referrals).values(state="reversed"))
    assert run(ledger).items == 1


def test_a_signed_referral_holds_its_item_for_one_more_period(ledger: Ledger) -> None:
    publish(ledger, Said(), Said())
    age(ledger, 1, 2)
    numbers = seqs(ledger)
    referral(ledger, numbers["no-1"], "signed", now_ms() - OLD)
    referral(ledger, numbers["no-2"], "signed", now_ms())
    assert run(ledger).items == 1
    assert set(seqs(ledger)) == {"no-2"}
    with ledger.read() as connection:
        packets = list(connection.scalars(select(referrals.c.packet).order_by(referrals.c.id)))
    assert (packets[0], packets[1] is None) == (None, False)
    erased = next(entries(ledger, Wanted(kind="retention.erased"))).detail
    assert list(erased["packets"]) == ["1"]


def test_an_appeal_holds_an_item_until_it_is_decided(ledger: Ledger) -> None:
    publish(ledger, Said())
    age(ledger, 1)
    with ledger.write() as connection:
        connection.execute(
            insert(appeals),
            {
                "seq": seqs(ledger)["no-1"],
                "decision": 1,
                "reason": MARK,
                "opened_by": "staff/ab12",
                "opened_at": 1,
            },
        )
    assert run(ledger).items == 0
    with ledger.write() as connection:
        connection.execute(update(appeals).values(decided_at=2, answer=MARK))
    assert run(ledger).items == 1
    with ledger.read() as connection:
        row = connection.execute(select(appeals)).one()
    assert (row.reason, row.answer, row.opened_by) == ("", None, "staff/ab12")


def test_decisions_stay_without_what_people_wrote(ledger: Ledger) -> None:
    publish(ledger, Said("complaint"))
    seq = seqs(ledger)["no-1"]
    what = seen(ledger, seq)
    decide(ledger, seq, "moved", "staff/ab12", what, {"to": "answer", "note": MARK})
    with ledger.write() as connection:
        values = {
            "seq": seq,
            "staff": "staff/ab12",
            "refer": False,
            "factors": orjson.dumps({"context": MARK}).decode(),
            "at": 5,
            "evidence": bytes.fromhex(what),
            "thresholds": "1",
        }
        held = [column.name for column in judgements.columns]
        connection.execute(
            insert(judgements), {name: value for name, value in values.items() if name in held}
        )
    age(ledger, 1)
    run(ledger)
    with ledger.read() as connection:
        decided = connection.execute(select(decisions)).one()
        judged = connection.execute(select(judgements)).one()
    assert orjson.loads(decided.detail) == {"to": "answer"}
    assert (decided.kind, decided.staff, decided.evidence.hex()) == ("moved", "staff/ab12", what)
    assert (judged.factors, judged.at) == ("{}", 5)
    assert evidence(ledger).standings["erased"] == 1


def test_forwards_go_when_nothing_has_their_id_any_more(ledger: Ledger) -> None:
    publish(ledger, Said(narrative="n-1"), Said(narrative="n-2"))
    with ledger.write() as connection:
        connection.execute(
            insert(forwards),
            [{"narrative_id": one, "leads_to": "n-0"} for one in ("n-1", "n-2", "n-3")],
        )
    age(ledger, 1)
    run(ledger)
    with ledger.read() as connection:
        assert list(connection.scalars(select(forwards.c.narrative_id))) == ["n-2"]


def test_answers_that_are_over_go(ledger: Ledger) -> None:
    publish(ledger, Said())
    age(ledger, 1)
    with ledger.write() as connection:
        for number, ends in enumerate((1, now_ms() + OLD)):
            values = {"request": b"r", "status": 202, "body": b"", "expires_at": ends}
            connection.execute(insert(answers), {"key": bytes([number]) * 32, **values})
    run(ledger)
    assert count(ledger, answers) == 1


def test_a_run_that_is_stopped_goes_on_where_it_was(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    publish(ledger, *(Said() for _ in range(7)))
    age(ledger, *range(1, 8))
    stopped = threading.Event()
    before, reached = retention.before(90), list[int]()

    def stop_at_four(erased: int) -> None:
        reached.append(erased)
        if erased >= 4:
            stopped.set()

    first = retention.run(ledger, None, before, progress=stop_at_four, stopped=stopped)
    assert (first.items, first.proof.due, first.proof.clean) == (4, 3, False)
    assert retention.run(ledger, None, before).items == 3
    assert reached == [2, 4]


def test_a_fault_in_the_middle_erases_all_of_a_batch_or_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ledger, Said(), Said())
    age(ledger, 1, 2)

    def fail(*_: object) -> None:
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "_emptied", fail)
        with pytest.raises(KeyError):
            run(ledger)
    assert (count(ledger, items), count(ledger, publications), head(ledger)) == (2, 2, None)
    assert run(ledger).items == 2


def test_what_is_still_there_of_an_erased_item_is_a_failed_proof(ledger: Ledger) -> None:
    publish(ledger, Said())
    kept = seqs(ledger)["no-1"]
    age(ledger, 1)
    run(ledger)
    with ledger.write() as connection:
        row = {"seq": kept, "source": "pantau", "id": "no-9", "digest": b"", "content": "{}"}
        connection.execute(
            insert(items), {**row, "accepted_at": now_ms(), "due_at": 0, "state": "published"}
        )
    proof = retention.prove(ledger, retention.before(90))
    assert (proof.rows, proof.clean) == (1, False)


def files(ledger: Ledger) -> bytes:
    """Every byte of SQLite's files."""
    path = Path(str(ledger.engine.url.database))
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


def test_no_byte_of_an_erased_text_is_left_in_sqlite(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps deleted rows until it needs their place")
    long = f"{MARK} " + "kata panjang sekali " * 400
    publish(
        ledger, *(Said(text=f"{MARK} {number}" if number % 3 else long) for number in range(90))
    )
    numbers = seqs(ledger)
    for number in (2, 5):
        seq = numbers[f"no-{number}"]
        decide(ledger, seq, "handled", "staff/ab12", seen(ledger, seq), {"note": MARK})
    assert MARK.encode() in files(ledger)
    age(ledger, *range(1, 91))
    assert run(ledger).proof.clean
    assert MARK.encode() not in files(ledger)


def test_without_shredding_the_proof_finds_texts_in_the_file(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("of SQLite's files")
    publish(ledger, *(Said(text=f"{MARK} {number} " + "kata " * 300) for number in range(40)))
    raw = ledger.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA secure_delete = OFF")
    cursor.execute("PRAGMA foreign_keys = OFF")
    for table in erasing._OF_AN_ITEM:
        cursor.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own names
    raw.close()
    assert shred(ledger)
    left = left_over(ledger)
    assert left is not None
    assert left > 20
    assert shred(ledger, rewrite=True)
    assert left_over(ledger) == 0


def test_postgresql_frees_and_rewrites_its_tables(ledger: Ledger) -> None:
    publish(ledger, Said())
    age(ledger, 1)
    assert retention.run(ledger, None, retention.before(90), rewrite=True).proof.clean
    if ledger.engine.dialect.name == "postgresql":
        with ledger.read() as connection:
            assert connection.scalar(text("SELECT pg_relation_size('items')")) == 0


def told(names: Sequence[str], client: redis.Redis) -> None:
    stories = ValkeyStories(client)
    for number, name in enumerate(names):
        telling = Telling(f"pantau/{name}", bytes(8), bytes(8), bytes(64), f"kata {name}")
        stories.tell([(telling, Keys(number, (), ()))])


def test_the_broker_forgets_old_items_and_old_events(ledger: Ledger, broker_url: str) -> None:
    with connect(broker_url) as client:
        told([f"no-{number}" for number in range(1, 301)], client)
        client.xadd(STREAM, {"desk": "x", "event": "{}"}, id=f"{now_ms() - OLD}-0")
        client.xadd(STREAM, {"desk": "x", "event": "{}"})
        publish(ledger, *(Said() for _ in range(300)))
        age(ledger, *range(1, 251))
        done = run(ledger, ValkeyErasing(client))
        assert (done.items, done.index, done.events) == (250, 250, 1)
        assert client.xlen(STREAM) == 1
        index = ValkeyStories(client)
        new = Telling("pantau/baru", bytes(8), bytes(8), bytes(64), "kata baru")
        (old, kept) = index.tell([(new, Keys(5, (), ())), (new, Keys(299, (), ()))])
        assert (old.known, [one.telling.ref for one in kept.known]) == ((), ["pantau/no-300"])


def test_events_of_items_are_withdrawn_from_the_stream(ledger: Ledger, valkey: redis.Redis) -> None:
    made = publish(ledger, *(Said() for _ in range(5)))
    ValkeyAnnouncer(valkey, "x").announce(dict(enumerate(made, 1)))
    broker = ValkeyErasing(valkey)
    assert broker.withdraw([made[1].ref, made[3].ref]) == 2
    assert broker.withdraw([made[1].ref]) == 0
    assert valkey.xlen(STREAM) == 3


def test_a_broker_that_is_away_stops_the_run_before_the_ledger_forgets(ledger: Ledger) -> None:
    publish(ledger, Said())
    age(ledger, 1)
    client = redis.Redis(port=free_port(), socket_connect_timeout=1)
    with pytest.raises(Unavailable):
        run(ledger, ValkeyErasing(client))
    assert count(ledger, items) == 1


def test_row_numbers_are_written_as_ranges() -> None:
    assert compact([3, 1, 2, 7, 9, 8, 12]) == "1-3,7-9,12"
    assert ranges("1-3,7-9,12") == [(1, 3), (7, 9), (12, 12)]
    assert (compact([]), ranges("")) == ("", [])
