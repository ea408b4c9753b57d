"""One suite for the Publisher port, and the stream that the real one announces on."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import cast

import orjson
import pytest
import redis

from tasks.models import (
    Item,
    Publication,
)
from tasks.ports import Publisher
from tasks.publish import publication
from tasks.stage import ItemError, Unavailable
from tests.items import entry, finished
from workers.adapters.ledger_publisher import LedgerPublisher
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.valkey_announcer import STREAM, ValkeyAnnouncer
from workers.broker import connect, free_port
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.accept import accept
from workers.ledger.release import ledger_id


def item(seq: int) -> Item:
    done, _ = finished(Item(seq=seq, content=entry(seq).content))
    return done


def released(*seqs: int) -> list[tuple[Item, Publication]]:
    return [(item(seq), publication(item(seq))) for seq in seqs]


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    opened.migrate()
    accept(opened, [entry(seq) for seq in (1, 2, 3)])
    yield opened
    opened.engine.dispose()


@pytest.fixture(params=["memory", "ledger"])
def publisher(request: pytest.FixtureRequest) -> Publisher:
    if request.param == "memory":
        return MemoryPublisher()
    opened: Ledger = request.getfixturevalue("sqlite_ledger")
    client: redis.Redis = request.getfixturevalue("valkey")
    return LedgerPublisher(opened, ValkeyAnnouncer(client, ledger_id(opened)))


def published(publisher: Publisher) -> list[str]:
    if isinstance(publisher, MemoryPublisher):
        return [one.ref for one in publisher.published.values()]
    return [one.ref for one in views.results(cast(LedgerPublisher, publisher).ledger)]


def test_each_publication_is_kept_in_order(publisher: Publisher) -> None:
    publisher.publish(released(1, 2))
    publisher.publish(released(3))
    assert published(publisher) == ["pantau/no-1", "pantau/no-2", "pantau/no-3"]


def test_publishing_twice_has_one_effect(publisher: Publisher) -> None:
    publisher.publish(released(1, 2))
    publisher.publish(released(2, 3))
    assert published(publisher) == ["pantau/no-1", "pantau/no-2", "pantau/no-3"]


def test_publishing_nothing_is_harmless(publisher: Publisher) -> None:
    publisher.publish([])
    assert published(publisher) == []


def test_an_item_with_a_stage_left_out_is_never_published() -> None:
    with pytest.raises(ItemError, match="never went through normalise"):
        publication(Item(content=item(1).content))


@pytest.fixture
def stream(broker_url: str) -> Iterator[redis.Redis]:
    with connect(broker_url) as client:
        yield client


def events(client: redis.Redis) -> list[dict[bytes, bytes]]:
    entries = cast(list[tuple[bytes, dict[bytes, bytes]]], client.xrange(STREAM))
    return [fields for _, fields in entries]


def test_an_event_is_a_cloud_event_with_the_publication(stream: redis.Redis) -> None:
    ((one, wanted),) = released(1)
    ValkeyAnnouncer(stream, "l1").announce({one.seq: wanted})
    (fields,) = events(stream)
    assert fields[b"desk"] == b"answer"
    event = orjson.loads(fields[b"event"])
    required = {"specversion": "1.0", "id": "pantau/no-1", "source": "/saring/l1"}
    assert required.items() <= event.items()
    assert event["type"] == "id.saring.publication.v1"
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert Publication.model_validate(event["data"]) == wanted


def test_announcing_again_adds_no_event(stream: redis.Redis) -> None:
    announcer = ValkeyAnnouncer(stream, "l1")
    both = {one.seq: wanted for one, wanted in released(1, 2)}
    announcer.announce(both)
    announcer.announce({**both, 3: released(3)[0][1]})
    assert [orjson.loads(one[b"event"])["id"] for one in events(stream)] == [
        "pantau/no-1",
        "pantau/no-2",
        "pantau/no-3",
    ]


def test_a_new_ledger_on_an_old_broker_is_announced(stream: redis.Redis) -> None:
    for ledger in ("l1", "l2"):
        ValkeyAnnouncer(stream, ledger).announce({1: released(1)[0][1]})
    assert len(events(stream)) == 2


def test_a_broker_that_is_away_defers_the_announcement_and_not_the_publication(
    sqlite_ledger: Ledger,
) -> None:
    away = ValkeyAnnouncer(connect(f"redis://127.0.0.1:{free_port()}/0"), "l1")
    with pytest.raises(Unavailable):
        away.announce({1: released(1)[0][1]})
    LedgerPublisher(sqlite_ledger, away).publish(released(1))
    assert views.outbox_length(sqlite_ledger) == 1
    assert [one.ref for one in views.results(sqlite_ledger)] == ["pantau/no-1"]
