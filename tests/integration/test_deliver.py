"""Webhooks from a real ledger to a real receiver, which checks with the reference library."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook
from starlette.responses import Response
from structlog.testing import capture_logs

from tasks.words import Desk
from tests.items import entry, finished
from tests.receivers import Receiver, receiving, speaking, subscriber
from tests.running import clean_environment
from workers.deliver import line
from workers.deliver.deliverer import Deliverer
from workers.deliver.line import PatientLedger
from workers.deliver.subscribers import Subscriber, Subscribers
from workers.ledger import Ledger, LedgerAway, deliveries, open_ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.release import ledger_id, record
from workers.secretfile import SecretFile
from workers.signatures import new_secret

Until = Callable[..., None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def publish(ledger: Ledger, *numbers: int) -> None:
    accept(ledger, [entry(number) for number in numbers])
    for batch in claim(ledger, 64, 64, 60.0):
        record(ledger, [finished(item) for item in batch.items])


def at_once_twice(
    failures: int, _created: int, now: int, _asked: float | None, _random: float
) -> int | None:
    return now if failures <= 2 else None


@dataclass
class Running:
    """A deliverer in a thread of its own."""

    deliverer: Deliverer
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.task = self.loop.create_task(self.deliverer.run(self.stop))
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def end(self) -> None:
        """Stop it as SIGTERM does; raises what it died of."""
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.stop.set)
            self.thread.join()
        if not self.task.cancelled():
            self.task.result()

    def kill(self) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join()

    def _run(self) -> None:
        self.loop.run_until_complete(asyncio.wait([self.task]))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@dataclass
class Office:
    """A ledger, a subscribers file, and deliverers that end with the test."""

    ledger: Ledger
    file: SecretFile[Subscribers]
    running: list[Running] = field(default_factory=list)

    def subscribe(self, *subscribers: Subscriber) -> None:
        document = self.file.change(lambda _: Subscribers(subscribers=subscribers))
        deliveries.set_subscriptions(self.ledger, document.subscriptions())

    def start(self, **how: Any) -> Running:
        self.running.append(Running(Deliverer(self.ledger, self.file, **how)))
        return self.running[-1]

    def waiting(self, name: str = "case-system") -> tuple[int, int]:
        counts = deliveries.waiting(self.ledger).get(name)
        return (0, 0) if counts is None else (counts.waiting, counts.parked)


@pytest.fixture
def office(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(line, "LONGEST_REST", 0.01)
    file = SecretFile(tmp_path / "keys" / "subscribers.json", None, Subscribers, "NONE")
    one = Office(ledger, file)
    yield one
    for running in one.running:
        running.end()


def test_each_publication_arrives_once_and_signed(
    office: Office, receiver: Receiver, until: Until
) -> None:
    to = subscriber(receiver.url)
    office.subscribe(to)
    publish(office.ledger, *range(30))
    office.start()
    until(lambda: office.waiting() == (0, 0), "all arrive")
    assert sorted(receiver.refs) == sorted(f"pantau/no-{number}" for number in range(30))
    (secret,) = to.signing(time.time())
    for headers, body in receiver.requests:
        event = Webhook(secret).verify(body, headers)
        assert event["type"] == "id.saring.publication.v1"
        assert event["source"] == f"/saring/{ledger_id(office.ledger)}"
        assert event["subject"] == event["data"]["desk"] == "answer"
        assert headers["content-type"] == "application/cloudevents+json"
        assert headers["user-agent"] == "saring"
    ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert len(set(ids)) == 30
    assert all(one.endswith("-case-system") and "." not in one for one in ids)


def test_only_the_desks_subscribed_to(office: Office, receiver: Receiver, until: Until) -> None:
    with receiving() as other:
        desks: tuple[Desk, ...] = ("service", "clarify")
        office.subscribe(
            subscriber(receiver.url), subscriber(other.url, name="elsewhere", desks=desks)
        )
        publish(office.ledger, 1)
        office.start()
        until(lambda: receiver.refs == ["pantau/no-1"], "it arrives")
        assert office.waiting("elsewhere") == (0, 0)
        assert other.requests == []


def test_a_rotating_secret_signs_beside_the_old_one(
    office: Office, receiver: Receiver, until: Until
) -> None:
    old = subscriber(receiver.url)
    rotated = old.rotated(new_secret(), now=time.time(), overlap=3600)
    office.subscribe(rotated)
    publish(office.ledger, 1)
    office.start()
    until(lambda: receiver.requests, "it arrives")
    ((headers, body),) = receiver.requests
    new_one, old_one = rotated.signing(time.time())
    assert [old_one] == old.signing(time.time())
    for secret in (new_one, old_one):
        Webhook(secret).verify(body, headers)


def test_a_failed_delivery_comes_again_with_the_same_id_and_body(
    office: Office, receiver: Receiver, until: Until
) -> None:
    receiver.answer = lambda number: Response(status_code=500 if number < 3 else 200)
    to = subscriber(receiver.url)
    office.subscribe(to)
    publish(office.ledger, 1)
    office.start(schedule=at_once_twice)
    until(lambda: office.waiting() == (0, 0), "it arrives")
    assert len(receiver.requests) == 3
    (secret,) = to.signing(time.time())
    for headers, body in receiver.requests:
        Webhook(secret).verify(body, headers)
    assert len({(headers["webhook-id"], body) for headers, body in receiver.requests}) == 1


def test_after_the_last_attempt_it_is_parked_and_shown_and_can_be_sent_again(
    office: Office, receiver: Receiver, until: Until
) -> None:
    receiver.answer = lambda number: Response(b"halaman rahasia", 500 if number <= 3 else 200)
    office.subscribe(subscriber(receiver.url))
    publish(office.ledger, 1)
    office.start(schedule=at_once_twice)
    until(lambda: office.waiting() == (0, 1), "it is parked")
    (parked,) = deliveries.parked(office.ledger)
    assert (parked.ref, parked.desk, parked.attempts) == ("pantau/no-1", "answer", 3)
    assert parked.error == "answered 500"
    assert deliveries.resend(office.ledger, "case-system") == 1
    until(lambda: office.waiting() == (0, 0), "it arrives")
    assert len(receiver.requests) == 4


def test_gone_is_parked_at_once(office: Office, receiver: Receiver, until: Until) -> None:
    receiver.answer = lambda _: Response(status_code=410)
    office.subscribe(subscriber(receiver.url))
    publish(office.ledger, 1)
    office.start()
    until(lambda: office.waiting() == (0, 1), "it is parked")
    assert len(receiver.requests) == 1


def test_a_dead_subscriber_delays_no_other(
    office: Office, receiver: Receiver, until: Until
) -> None:
    over = threading.Event()
    with speaking(lambda _: over.wait(60)) as dead:
        office.subscribe(subscriber(dead, name="dead"), subscriber(receiver.url))
        publish(office.ledger, *range(40))
        try:
            office.start()
            until(lambda: office.waiting() == (0, 0), "the healthy one has all", within=10)
            assert office.waiting("dead") == (40, 0)
        finally:
            office.running[0].end()
            over.set()


def test_a_failing_subscriber_costs_few_attempts(
    office: Office, receiver: Receiver, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LONGEST_REST", 60.0)
    receiver.answer = lambda _: Response(status_code=500)
    office.subscribe(subscriber(receiver.url))
    publish(office.ledger, *range(100))
    office.start()
    start = time.monotonic()
    until(lambda: len(receiver.requests) > line.AT_ONCE, "it tries one more after a rest")
    assert time.monotonic() - start > 0.9
    office.running[0].end()
    assert len(receiver.requests) <= line.AT_ONCE + 2


def test_killed_in_the_middle_nothing_is_lost(
    office: Office, receiver: Receiver, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "HOLD_SECONDS", 0.5)
    over = threading.Event()
    with speaking(lambda _: over.wait(60)) as hanging:
        office.subscribe(subscriber(hanging))
        publish(office.ledger, *range(20))
        first = office.start()
        until(lambda: claimed_by_someone(office.ledger), "attempts are in flight")
        first.kill()
        over.set()
    office.subscribe(subscriber(receiver.url))
    office.start()
    until(lambda: office.waiting() == (0, 0), "all arrive")
    assert set(receiver.refs) == {f"pantau/no-{number}" for number in range(20)}


def claimed_by_someone(ledger: Ledger) -> bool:
    with ledger.read() as connection:
        return bool(
            connection.exec_driver_sql(
                "SELECT count(*) FROM deliveries WHERE due_at > created_at"
            ).scalar()
        )


def test_stopping_lets_what_is_in_flight_land(
    office: Office, receiver: Receiver, until: Until
) -> None:
    asked, over = threading.Event(), threading.Event()

    def slow(connection: socket.socket) -> None:
        asked.set()
        over.wait(60)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with speaking(slow) as url:
        office.subscribe(subscriber(url))
        publish(office.ledger, 1)
        running = office.start()
        assert asked.wait(30)
        threading.Timer(0.3, over.set).start()
        running.end()
    assert office.waiting() == (0, 0)


def test_changes_of_the_file_are_followed_and_a_broken_one_is_not(
    office: Office, receiver: Receiver, until: Until
) -> None:
    to = subscriber(receiver.url)
    office.subscribe(to.but(disabled=True))
    publish(office.ledger, 1)
    deliverer = office.start().deliverer
    until(lambda: deliverer._known is not None, "it has read the file")
    with capture_logs() as logs:
        office.file.path.write_text(f'{{"subscribers": "{to.signing(0)[0]}"}}')
        until(lambda: logs, "it says that the file is broken")
        publish(office.ledger, 2)
        office.file.path.unlink()
        until(lambda: len(logs) > 1, "it says that the file is missing")
    assert {one["event"] for one in logs} == {"subscribers_unreadable"}
    assert to.signing(0)[0] not in str(logs)
    assert (office.waiting(), receiver.requests) == ((2, 0), [])  # disabled: they wait
    office.subscribe(to)
    until(lambda: office.waiting() == (0, 0), "enabled, it gets what waited")
    office.subscribe()
    until(lambda: deliverer._lines == {}, "its line ends")
    publish(office.ledger, 3)
    assert office.waiting() == (0, 0)
    assert sorted(receiver.refs) == ["pantau/no-1", "pantau/no-2"]


def test_a_ledger_that_is_away_is_waited_for_and_that_is_said_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_AWAY_SECONDS", 0.0)
    answers = [LedgerAway("away"), LedgerAway("away"), None, LedgerAway("away"), None]

    def flaky(_ledger: Ledger) -> str:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return "here"

    async def ask() -> list[str]:
        patient = PatientLedger(ledger)
        return [await patient.ask(flaky), await patient.ask(flaky)]

    with capture_logs() as logs:
        assert asyncio.run(ask()) == ["here", "here"]
    assert [one["event"] for one in logs] == ["deliver_waits", "deliver_resumed"] * 2


def test_what_the_receiver_asked_for_reaches_the_schedule(
    office: Office, receiver: Receiver, until: Until
) -> None:
    asked: list[float | None] = []
    receiver.answer = lambda _: Response(status_code=503, headers={"retry-after": "7"})

    def schedule(_f: int, _c: int, _n: int, retry_after: float | None, _r: float) -> None:
        asked.append(retry_after)

    office.subscribe(subscriber(receiver.url))
    publish(office.ledger, 1)
    office.start(schedule=schedule)
    until(lambda: asked == [7.0], "it failed once")


def test_saring_deliver_delivers_and_stops_when_asked(
    tmp_path: Path, valkey_url: str, receiver: Receiver, until: Until
) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    ledger.migrate()
    file = SecretFile(tmp_path / "keys" / "subscribers.json", None, Subscribers, "NONE")
    office = Office(ledger, file)
    office.subscribe(subscriber(receiver.url))
    environment = clean_environment(SARING_DATA_DIR=str(tmp_path), SARING_BROKER_URL=valkey_url)
    command = "from workers.cli.deliver import deliver; deliver()"
    process = subprocess.Popen([sys.executable, "-c", command], env=environment)
    try:
        publish(ledger, 1)
        until(lambda: office.waiting() == (0, 0), "it arrives")
    finally:
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert time.monotonic() - start < 5
