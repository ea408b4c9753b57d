"""Readers of `saring:published` in a consumer group: each event goes to one, none is lost."""

import json
from typing import Any

import redis

from tasks.models import Item
from tests.items import entry, finished
from workers.adapters.valkey_announcer import STREAM, ValkeyAnnouncer
from workers.broker import connect

GROUP = "case-system"


def announced(broker_url: str, number: int) -> redis.Redis:
    client = connect(broker_url)
    items = [Item(seq=seq, content=entry(seq).content) for seq in range(1, number + 1)]
    publications = {item.seq: finished(item)[1] for item in items}
    client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    ValkeyAnnouncer(client, "ledger-1").announce(publications)
    return client


def read(client: redis.Redis, reader: str, count: int, after: str = ">") -> list[Any]:
    answer: Any = client.xreadgroup(GROUP, reader, {STREAM: after}, count=count)
    return [entry for _, entries in answer or [] for entry in entries]


def refs(entries: list[Any]) -> list[str]:
    return [json.loads(fields[b"event"])["id"] for _, fields in entries]


def test_each_event_goes_to_one_reader_and_carries_its_desk(broker_url: str) -> None:
    client = announced(broker_url, 4)
    first, second = read(client, "a", 2), read(client, "b", 5)
    assert refs(first + second) == [f"pantau/no-{number}" for number in range(1, 5)]
    assert {fields[b"desk"] for _, fields in first + second} == {b"answer"}
    assert read(client, "a", 5) == []


def test_what_a_reader_took_and_did_not_finish_is_given_to_another(broker_url: str) -> None:
    client = announced(broker_url, 2)
    done, lost = read(client, "a", 2)
    client.xack(STREAM, GROUP, done[0])
    assert refs(read(client, "a", 5, after="0")) == refs([lost])
    claimed: Any = client.xautoclaim(STREAM, GROUP, "b", min_idle_time=0)
    assert refs(claimed[1]) == refs([lost])
    client.xack(STREAM, GROUP, lost[0])
    pending: Any = client.xpending(STREAM, GROUP)
    assert pending["pending"] == 0
