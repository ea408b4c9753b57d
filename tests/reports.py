"""A small ledger of known figures, for the tests of reports. All times hang on NOW."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Table, func, insert, update

from tests.desks import Said, publish
from workers.ledger import Ledger
from workers.ledger.audit import PROGRAM, append
from workers.ledger.desk_tables import (
    alerts,
    appeals,
    clarifications,
    decisions,
    judgements,
    queue,
    referrals,
)
from workers.ledger.schema import items, publications
from workers.report.model import Period

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
NOW: Final = int(datetime(2026, 11, 23, 5, 0, tzinfo=UTC).timestamp() * 1000)
"""Monday, 12:00 WIB."""
WEEK: Final = Period(NOW - 7 * DAY, NOW)
SECRET: Final = "Serbu rumah keluarga itu malam ini"
"""The text of a danger, which no report may hold."""
_LONG: Final = (
    "Kabar bahwa loket pajak tutup sebulan penuh mulai besok pagi dan semua berkas hilang semuanya"
)

# Hours before NOW at which each was published to its desk. The week holds numbers 1 to 13.
_SAID: Final = (
    (1, Said("question", narrative="n-a")),
    (2, Said("question", narrative="n-b")),
    (30, Said("complaint", "Antrean puskesmas lama sekali.", narrative="n-c")),
    (3, Said("rumour", _LONG, narrative="n-r", account=b"a" * 16)),
    (3, Said("rumour", _LONG, narrative="n-r", copy_of="pantau/no-4", account=b"b" * 16)),
    (2, Said("rumour", _LONG, narrative="n-r", copy_of="pantau/no-4", account=b"c" * 16)),
    (50, Said("criticism", "Kebijakan parkir ini keliru.", target="institution", narrative="n-k")),
    (51, Said("criticism", "Pelayanan makin mundur.", target="institution", narrative="n-l")),
    (52, Said("satire", "Selamat, lubang jalan kini berulang tahun.", narrative="n-s")),
    (53, Said("misconduct_report", "Petugas loket meminta uang.", narrative="n-m")),
    (6, Said("incitement_threat", SECRET, target="private_person", narrative="n-x")),
    (5, Said("incitement_threat", SECRET, target="private_person", narrative="n-x")),
    (60, Said("other", "Selamat pagi semua.", probability=0.3, narrative="n-o")),
    (24 * 8, Said("question", narrative="n-b")),
    (24 * 9, Said("press", "Wali kota meresmikan jembatan.", narrative="n-p")),
    (24 * 15, Said("question", narrative="n-q")),
)


def fill(ledger: Ledger) -> None:
    """Publish, decide, judge, refer and clarify, each at its known time."""
    publish(ledger, *(said for _, said in _SAID))
    with ledger.write() as connection:
        for seq, (hours, _) in enumerate(_SAID, 1):
            at = NOW - hours * HOUR
            for table, column in ((publications, "released_at"), (queue, "since")):
                connection.execute(update(table).where(table.c.seq == seq).values({column: at}))
        connection.execute(
            update(items)
            .where(items.c.seq == 13)
            .values(state="quarantined", finished_at=NOW - 9 * HOUR, error="teks kosong")
        )
        body = func.replace(publications.c.body, '"state":"auto"', '"state":"abstained"')
        connection.execute(update(publications).where(publications.c.seq == 13).values(body=body))
        append(connection, PROGRAM, "test.filled", "ledger")
    _decide(ledger)
    _judge(ledger)
    _clarify(ledger)


def _put(ledger: Ledger, table: Table, *rows: dict[str, Any]) -> None:
    with ledger.write() as connection:
        for row in rows:
            connection.execute(insert(table).values(_needed(table) | row))


def _needed(table: Table) -> dict[str, Any]:
    """Something for each column that a row must fill and that no figure reads."""
    fillers: dict[type, Any] = {int: 0, str: "-", bytes: b"", bool: False}
    return {
        column.name: fillers[column.type.python_type]
        for column in table.columns
        if not column.nullable and not column.primary_key
    }


def _decide(ledger: Ledger) -> None:
    def made(
        seq: int, desk: str, kind: str, hours: int, waited: int, **more: Any
    ) -> dict[str, Any]:
        at = NOW - hours * HOUR
        held = {"detail": "{}", "evidence": bytes(32), "staff": "staff/a1", **more}
        return {
            "seq": seq, "desk": desk, "kind": kind, "at": at, "waited_ms": waited * HOUR, **held
        }  # fmt: skip

    _put(
        ledger,
        decisions,
        made(3, "service", "handled", 28, 2),
        made(10, "oversight", "handled", 49, 4),
        made(4, "clarify", "claim_rejected", 2, 1),
        made(6, "clarify", "claim_confirmed", 2, 0),
        made(1, "answer", "dismissed", 1, 0, undone_at=NOW - HOUR // 2),
        made(9, "answer", "moved", 40, 12, detail='{"to": "review"}'),
        made(14, "answer", "handled", 24 * 7 + 4, 20),
    )
    _unqueue(ledger, 3, 10, 14)


def _unqueue(ledger: Ledger, *seqs: int) -> None:
    with ledger.write() as connection:
        connection.execute(queue.delete().where(queue.c.seq.in_(seqs)))


def _judge(ledger: Ledger) -> None:
    def one(seq: int, staff: str, refer: bool, **more: Any) -> dict[str, Any]:
        held = {"factors": "{}", "at": NOW - 4 * HOUR, "evidence": bytes(32), **more}
        return {"seq": seq, "staff": f"staff/{staff}", "refer": refer, **held}

    _put(
        ledger,
        judgements,
        one(11, "r1", True),
        one(11, "r2", True),
        one(12, "r1", True, void_at=NOW - 3 * HOUR),
        one(12, "r1", False),
        one(12, "r2", True),
        one(12, "r3", False),
        one(7, "r1", True),
    )
    _put(
        ledger,
        referrals,
        {"seq": 11, "state": "signed", "opened_at": NOW - 3 * HOUR, "signed_at": NOW - 2 * HOUR},
        {"seq": 8, "state": "open", "opened_at": NOW - 2 * HOUR},
    )
    _put(
        ledger,
        appeals,
        {"seq": 3, "decision": 1, "reason": "-", "opened_by": "staff/a2", "opened_at": NOW - HOUR,
         "reversed": False, "decided_at": NOW - HOUR},
        {"seq": 11, "referral": 1, "reason": "-", "opened_by": "staff/a2", "opened_at": NOW - HOUR,
         "reversed": True, "decided_at": NOW - HOUR},
        {"seq": 10, "decision": 2, "reason": "-", "opened_by": "staff/a2", "opened_at": NOW - HOUR},
    )  # fmt: skip


def _clarify(ledger: Ledger) -> None:
    def one(name: str, revision: int, state: str, hours: int) -> dict[str, Any]:
        held = {"state": state, "body": "{}", "staff": "staff/a1", "at": NOW - hours * HOUR}
        return {"id": name, "revision": revision, **held}

    _put(
        ledger,
        clarifications,
        one("k-1", 1, "draft", 9),
        one("k-1", 2, "published", 8),
        one("k-2", 1, "draft", 7),
        one("k-3", 1, "published", 24 * 10),
        one("k-3", 2, "withdrawn", 5),
    )
    _put(
        ledger,
        alerts,
        {"narrative_id": "n-r", "hour": NOW // HOUR - 3, "body": "{}", "at": NOW - 2 * HOUR},
        {"narrative_id": "n-x", "hour": NOW // HOUR - 9 * 24, "body": "{}", "at": NOW - 9 * DAY,
         "seen_by": "staff/a1"},
    )  # fmt: skip
