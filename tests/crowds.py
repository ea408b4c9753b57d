"""A ledger with many publications, written straight into its tables: for measuring."""

import random
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert

from tasks.models import ActFinding, Claim, Entity, Evidence, Publication, Span
from tasks.policy import PRIORITIES
from tasks.words import Act, Desk
from workers.ledger import Ledger
from workers.ledger.database import now_ms
from workers.ledger.desk_tables import queue
from workers.ledger.queues import queue_row
from workers.ledger.schema import items, publications

_ACTS: Final[tuple[Act, ...]] = ("question", "complaint", "rumour", "abusive", "identity_hate")
_CODES: Final = ("16.71", "16.02", "32.73", "31.71", "35.78", "12.71")
_TEXT: Final = (
    "Min, loket catatan sipil di kantor wali kota katanya tutup sampai Jumat. "
    "Kami sudah dua kali datang dan antrean tetap panjang, mohon ada kepastian jadwalnya. "
) * 3


def crowd(
    ledger: Ledger, published: int, waits: int, desk: Desk = "answer", narratives: int = 4000
) -> None:
    """So many publications, of which so many wait at one desk. The same ones each time."""
    chance, now = random.Random(6), now_ms()  # noqa: S311 - no secret
    rows = [_publication(number, chance, narratives, now) for number in range(1, published + 1)]
    with ledger.write() as connection:
        for start in range(0, published, 5000):
            some = rows[start : start + 5000]
            first = start + 1
            connection.execute(
                insert(items), [_item(seq, one, now) for seq, one in enumerate(some, first)]
            )
            connection.execute(
                insert(publications),
                [_published(seq, one, now) for seq, one in enumerate(some, first)],
            )
            waiting = [
                queue_row(seq, one, desk, now - seq * 60_000)
                for seq, one in enumerate(some, first)
                if seq <= waits
            ]
            if waiting:
                connection.execute(insert(queue), waiting)
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _publication(number: int, chance: random.Random, narratives: int, now: int) -> Publication:
    act = chance.choice(_ACTS)
    # A few narratives hold much, most of them little.
    narrative = int(narratives * chance.random() ** 3)
    span = Span(start=5, end=40)
    return Publication(
        id=f"no-{number}",
        source="pantau",
        kind="post",
        published_at=datetime.fromtimestamp(now / 1000 - chance.randrange(86_400 * 3), UTC),
        url=None,
        platform="x",
        text=f"{_TEXT}{number}",
        language=chance.choice(("ind", "jav", "sun")),
        desk="answer",
        state=chance.choice(("auto", "abstained")),
        acts=(
            ActFinding(
                act=act,
                probability=round(chance.random(), 3),
                evidence=(Evidence(by="rule:uji@1", spans=(span,), weight=0.8),),
            ),
        ),
        target="none",
        sentiment="neutral",
        topics=(chance.choice(("ekonomi", "kesehatan", "politik")),),
        signals={f"hate.{label}": 0.1 for label in range(12)},
        entities=(Entity(kind="place", name="Uji", span=span, code=chance.choice(_CODES)),),
        hashtags=(),
        links=(),
        masked=(),
        narrative_id=f"n-{narrative}",
        duplicate_of=None,
        claims=(Claim(claim_id="cek-1", verdict="Salah", score=0.7, claim="Loket tutup."),),
        priority=PRIORITIES[act],
        reasons=("Alasan uji.",),
        versions={"rules": "1", "saring": "0"},
    )


def _item(seq: int, one: Publication, now: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "source": one.source,
        "id": one.id,
        "digest": seq.to_bytes(32, "big"),
        "content": "{}",
        "state": "published",
        "accepted_at": now,
        "due_at": now,
        "finished_at": now,
    }


def _published(seq: int, one: Publication, now: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "desk": one.desk,
        "released_at": now - seq,
        "narrative_id": one.narrative_id,
        "copy_of": None,
        "platform": one.platform,
        "written_at": int(one.published_at.timestamp() * 1000),
        "body": one.model_dump_json(),
    }
