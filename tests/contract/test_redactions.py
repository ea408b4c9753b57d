"""A piece that names a person is gone from all of the ledger, and the log accounts for it."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from sqlalchemy import select, text, update

from tasks.models import Content, Publication
from tasks.telling import Keys, Telling
from tests.desks import Said, publish
from tests.ledgers import together
from workers import retention
from workers.adapters.valkey_announcer import STREAM, ValkeyAnnouncer
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.adapters.valkey_stories import ValkeyStories
from workers.keeper import Keeper, clean
from workers.ledger import Ledger
from workers.ledger.audit import Wanted, append, entries
from workers.ledger.chain import Verified, verify
from workers.ledger.decisions import Overtaken, Refused, decide
from workers.ledger.desk_tables import decisions
from workers.ledger.evidence import Evidence, Fault, evidence
from workers.ledger.published import Published, published
from workers.ledger.redactions import (
    Hiding,
    hide,
    hide_in_narrative,
    uncleaned,
)
from workers.ledger.schema import items, metadata, publications
from workers.ledger.shredding import shred
from workers.ledger.turns import claim_turn, postpone_turn
from workers.settings import Settings

NAME = "Sulastri Ningsih"
TEXT = f"Rumah {NAME} di dekat pasar, datangi saja."
WHAT = Hiding(NAME, "name", "staff/ab12")


def item(ledger: Ledger, number: int = 1) -> Published:
    found = published(ledger, "pantau", f"no-{number}")
    assert found is not None
    return found


def everything(ledger: Ledger) -> str:
    """All rows of all tables."""
    with ledger.read() as connection:
        rows: list[Any] = []
        for table in metadata.tables.values():
            rows += connection.execute(select(table)).all()
    return repr(rows)


def test_a_piece_is_gone_from_every_table_and_the_rest_stays(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT), Said("complaint", "Loket tutup."))
    one = item(ledger)
    decide(ledger, item(ledger, 2).seq, "handled", "staff/ab12", item(ledger, 2).seen)
    hide(ledger, one.seq, one.seen, WHAT)
    assert NAME not in everything(ledger)
    assert item(ledger).publication.text == "Rumah [NAMA] di dekat pasar, datangi saja."
    with ledger.read() as connection:
        row = connection.execute(select(items).where(items.c.seq == one.seq)).one()
    kept = Content.model_validate_json(row.content)
    assert (kept.text, kept.id) == (item(ledger).publication.text, "no-1")


def test_the_log_says_what_was_done_and_holds_no_text(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT))
    one = item(ledger)
    hide(ledger, one.seq, one.seen, WHAT)
    (entry,) = entries(ledger, Wanted(kind="item"))
    assert (entry.actor, entry.subject) == ("staff/ab12", "pantau/no-1")
    assert entry.detail == {
        "before": one.seen,
        "after": item(ledger).seen,
        "what": "name",
        "places": 1,
        "length": len(NAME),
    }


def test_notes_about_the_item_lose_it_too(ledger: Ledger) -> None:
    publish(ledger, Said("complaint", TEXT))
    one = item(ledger)
    detail = {"to": "answer", "note": f"Sudah hubungi sulastri  ningsih ({NAME})."}
    decide(ledger, one.seq, "moved", "staff/ab12", one.seen, detail)
    hide(ledger, one.seq, one.seen, WHAT)
    with ledger.read() as connection:
        said = orjson.loads(connection.scalars(select(decisions.c.detail)).one())
    assert said == {"to": "answer", "note": "Sudah hubungi [NAMA] ([NAMA])."}


def test_items_of_the_narrative_that_say_it_are_hidden_too(ledger: Ledger) -> None:
    copies = [Said("doxxing", f"{TEXT} Sebarkan {number}") for number in range(150)]
    publish(ledger, *copies, Said("complaint", "Loket tutup."), Said("complaint", TEXT))
    with ledger.write() as connection:
        connection.execute(
            update(publications)
            .where(publications.c.seq == item(ledger, 152).seq)
            .values(narrative_id="n-9")
        )
    assert hide_in_narrative(ledger, "n-1", WHAT) == 150
    assert hide_in_narrative(ledger, "n-1", WHAT) == 0
    assert NAME in item(ledger, 152).publication.text
    assert item(ledger, 151).publication.text == "Loket tutup."


def test_what_is_not_said_or_not_seen_or_gone_is_refused(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT))
    one = item(ledger)
    with pytest.raises(Refused, match="does not say"):
        hide(ledger, one.seq, one.seen, Hiding("Hamdani", "name", "staff/ab12"))
    with pytest.raises(Overtaken, match="changed"):
        hide(ledger, one.seq, "00" * 32, WHAT)
    with pytest.raises(Overtaken, match="erased"):
        hide(ledger, one.seq + 1, one.seen, WHAT)
    assert item(ledger) == one
    assert published(ledger, "pantau", "tidak-ada") is None


def test_of_two_at_once_one_is_told_that_the_item_changed(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT))
    one = item(ledger)

    def attempt() -> str:
        try:
            hide(ledger, one.seq, one.seen, WHAT)
        except Overtaken:
            return "overtaken"
        return "done"

    assert sorted(together(attempt, attempt)) == ["done", "overtaken"]


def test_no_byte_of_it_is_left_in_sqlite(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps old rows until it needs their place")
    publish(ledger, *(Said("doxxing", TEXT + " kata" * (9 * number)) for number in range(60)))
    hide_in_narrative(ledger, "n-1", WHAT)
    assert shred(ledger)
    path = Path(str(ledger.engine.url.database))
    for file in path.parent.glob(f"{path.name}*"):
        assert NAME.encode() not in file.read_bytes()


def faults(found: Evidence) -> list[tuple[str, str]]:
    return [(one.what, one.standing) for one in found.faults]


def test_evidence_is_as_seen_or_the_log_says_why_not(ledger: Ledger) -> None:
    publish(ledger, *(Said("complaint", f"{TEXT} {number}") for number in range(4)))
    for number in (1, 2, 3, 4):
        one = item(ledger, number)
        decide(ledger, one.seq, "handled", "staff/ab12", one.seen)
    for piece in (NAME, "pasar"):  # one after the other
        one = item(ledger, 1)
        hide(ledger, one.seq, one.seen, Hiding(piece, "name", "staff/ab12"))
    with ledger.write() as connection:
        gone = update(items).where(items.c.id == "no-2").values(accepted_at=0)
        connection.execute(gone)
    retention.run(ledger, None, retention.before(90))
    found = evidence(ledger)
    assert found.sound
    assert dict(found.standings) == {"redacted": 1, "erased": 1, "as_seen": 2}


def test_evidence_that_nobody_answers_for_is_named(ledger: Ledger) -> None:
    publish(ledger, *(Said("complaint", f"{TEXT} {number}") for number in range(5)))
    for number in (1, 2, 3, 4):
        one = item(ledger, number)
        decide(ledger, one.seq, "handled", "staff/ab12", one.seen)
    first, second, third, fourth = (item(ledger, number).seq for number in (1, 2, 3, 4))
    with ledger.write() as connection:  # as one who owns the database
        connection.execute(publications.delete().where(publications.c.seq == first))
        body = connection.scalars(
            select(publications.c.body).where(publications.c.seq == second)
        ).one()
        changed = Publication.model_validate_json(body).model_copy(update={"text": "Lain."})
        connection.execute(
            update(publications)
            .where(publications.c.seq == second)
            .values(body=changed.model_dump_json())
        )
        connection.execute(
            update(decisions).where(decisions.c.seq == third).values(evidence=bytes(32))
        )
        values = "seq, desk, kind, staff, at, waited_ms, evidence, detail"
        connection.execute(
            text(
                f"INSERT INTO decisions ({values}) SELECT {values} FROM decisions "  # noqa: S608
                f"WHERE seq = {fourth}"
            )
        )
    found = evidence(ledger)
    assert not found.sound
    assert sorted(one.standing for one in found.faults) == [
        "changed",
        "differs",
        "gone",
        "unlogged",
    ]
    assert found.faults[0] == Fault("decision", 1, "gone")
    assert found.standings["as_seen"] == 1


def test_evidence_does_not_go_round_in_circles(ledger: Ledger) -> None:
    publish(ledger, Said("complaint", TEXT))
    one = item(ledger)
    decide(ledger, one.seq, "handled", "staff/ab12", one.seen)
    hide(ledger, one.seq, one.seen, WHAT)
    with ledger.write() as connection:
        back = {"before": item(ledger).seen, "after": one.seen}
        append(connection, "staff/ab12", "item.redacted", "pantau/no-1", back)
        connection.execute(update(publications).values(body="{}"))
    assert faults(evidence(ledger)) == [("decision", "changed")]
    assert isinstance(verify(ledger), Verified)


def test_the_broker_is_cleaned_of_what_was_hidden_once(ledger: Ledger, valkey: redis.Redis) -> None:
    made = publish(ledger, Said("doxxing", TEXT), Said("complaint", narrative="n-2"))
    ValkeyAnnouncer(valkey, "x").announce(dict(enumerate(made, 1)))
    for number, said in enumerate(made):
        telling = Telling(said.ref, bytes(8), bytes(8), bytes(64), said.text)
        ValkeyStories(valkey).tell([(telling, Keys(number, (), ()))])
    one = item(ledger)
    hide(ledger, one.seq, one.seen, WHAT)
    assert uncleaned(ledger) == (1, ["pantau/no-1"])
    assert clean(ledger, ValkeyErasing(valkey)) == 1
    assert clean(ledger, ValkeyErasing(valkey)) == 0
    assert valkey.xlen(STREAM) == 1
    held = [value for key in valkey.scan_iter("saring:story:r:*") for value in valkey.hvals(key)]
    assert NAME not in repr(held)
    assert len(held) == 1


def test_of_many_keepers_one_runs_a_day(ledger: Ledger) -> None:
    publish(ledger, Said())
    with ledger.write() as connection:
        connection.execute(update(items).values(accepted_at=0))
    keepers = [Keeper(Settings(), ledger) for _ in range(2)]
    done = together(keepers[0].look, keepers[1].look)
    assert [one.items for one in done if one is not None] == [1]
    assert keepers[0].look() is None
    postpone_turn(ledger, "retention_turn", 0)
    again = keepers[1].look()
    assert again is not None
    assert again.items == 0


def test_a_turn_comes_again_when_its_time_is_over(ledger: Ledger) -> None:
    assert claim_turn(ledger, "x", 60_000)
    assert not claim_turn(ledger, "x", 60_000)
    assert claim_turn(ledger, "y", 0)
    assert claim_turn(ledger, "y", 0)


def test_a_keeper_works_in_the_background_until_it_is_stopped(ledger: Ledger, until: Any) -> None:
    keeper = Keeper(Settings(), ledger).begin()
    runs = Wanted(kind="retention.run")
    until(lambda: any(entries(ledger, runs)), "the keeper ran")
    keeper.end()
    assert keeper._thread is not None
    assert not keeper._thread.is_alive()
