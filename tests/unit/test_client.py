"""Both clients in one suite, against a real HTTP server that answers like the intake."""

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import pytest

from tests.fake_intake import SECRET, SOURCE, TAKE_AND_LOSE, TOKEN, FakeIntake, fake_intake, problem
from workers.broker import free_port
from workers.client import (
    AsyncClient,
    Client,
    GaveUp,
    ItemState,
    PushError,
    PushResult,
    Rejected,
)
from workers.client.retry import FIRST_SECONDS

BEARER: Final[dict[str, Any]] = {"token": TOKEN}
SIGNED: Final[dict[str, Any]] = {"source": SOURCE, "secret": SECRET}


def post(number: int, text: str = "Lampu jalan padam.") -> dict[str, Any]:
    return {"source": SOURCE, "id": f"pm-{number}", "kind": "post", "text": text}


@pytest.fixture
def intake() -> Iterator[FakeIntake]:
    with fake_intake() as server:
        yield server


@dataclass
class Clock:
    """Time that passes only while a client sleeps."""

    naps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return sum(self.naps)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)

    async def sleep_async(self, seconds: float) -> None:
        self.naps.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(Client, "_sleep", staticmethod(made.sleep))
    monkeypatch.setattr(AsyncClient, "_sleep", staticmethod(made.sleep_async))
    for kind in (Client, AsyncClient):
        monkeypatch.setattr(kind, "_clock", staticmethod(made.now))
    return made


class Awaited:
    """An AsyncClient with the methods of a Client."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._client = AsyncClient(*args, **options)

    def push(self, items: Iterable[Any]) -> PushResult:
        return self._runner.run(self._client.push(items))

    def push_all(self, items: Iterable[Any], batch_size: int = 100) -> list[PushResult]:
        async def collect() -> list[PushResult]:
            return [one async for one in self._client.push_all(items, batch_size)]

        return self._runner.run(collect())

    def state(self, source: str, item: str) -> ItemState | None:
        return self._runner.run(self._client.state(source, item))

    def __enter__(self) -> "Awaited":
        self._runner = asyncio.Runner()
        self._runner.run(self._client.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.__aexit__())
        self._runner.close()


@pytest.fixture(params=[Client, Awaited], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest, clock: Clock) -> Any:
    return request.param


def statuses(result: PushResult) -> list[str]:
    return [row.status for row in result.rows]


@pytest.mark.parametrize("credential", [BEARER, SIGNED], ids=["bearer", "signed"])
def test_items_of_each_form_are_pushed_and_each_has_its_row(
    intake: FakeIntake, connect: Any, credential: dict[str, Any]
) -> None:
    items = [post(1), post(2, text=""), post(1), post(3)]
    given = [items[0], json.dumps(items[1], indent=1), b"", json.dumps(items[2]).encode(), items[3]]
    with connect(intake.url, **credential) as client:
        result = client.push(given)
    assert statuses(result) == ["accepted", "refused", "already_known", "accepted"]
    assert [row.index for row in result.rows] == [0, 1, 3, 4]
    assert result.counts == {"accepted": 2, "already_known": 1, "refused": 1}
    assert [row.ref for row in result.rows[:2]] == ["pantau-media/pm-1", None]
    assert result.rows[1].problems[0].remedy == "send words"
    assert not result.replayed
    assert [json.loads(line) for line in intake.seen[0].body.split(b"\n")] == items
    assert intake.seen[0].headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize("how", ["zstd", "gzip"])
def test_a_compressed_body_is_signed_as_it_is_sent(
    intake: FakeIntake, connect: Any, how: str
) -> None:
    with connect(intake.url, **SIGNED, compress=how) as client:
        assert client.push([post(number) for number in range(50)]).counts["accepted"] == 50
    assert intake.seen[0].headers["content-encoding"] == how
    assert len(intake.seen[0].body) < 1_500


def test_busy_then_taken_no_sooner_than_it_was_asked(
    intake: FakeIntake, connect: Any, clock: Clock
) -> None:
    intake.plan += [problem(429, "overloaded", retry_after="7"), problem(503, "busy")]
    with connect(intake.url, **BEARER) as client:
        assert statuses(client.push([post(1)])) == ["accepted"]
    assert 7 <= clock.naps[0] <= 7.2
    assert 0 <= clock.naps[1] <= 0.4
    assert len({one.key for one in intake.seen}) == 1


@pytest.mark.parametrize("credential", [BEARER, SIGNED], ids=["bearer", "signed"])
def test_a_lost_answer_is_given_again_for_the_same_key(
    intake: FakeIntake, connect: Any, credential: dict[str, Any]
) -> None:
    intake.plan.append(TAKE_AND_LOSE)
    with connect(intake.url, **credential) as client:
        result = client.push([post(1)])
        assert statuses(client.push([post(1)])) == ["already_known"]
    assert statuses(result) == ["accepted"]
    assert result.replayed
    first, second, third = intake.seen
    assert (first.key, first.body) == (second.key, second.body)
    assert third.key != first.key


def test_each_try_is_signed_afresh(
    intake: FakeIntake, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = count(time.time())
    monkeypatch.setattr("workers.client.credential.time", lambda: next(now))
    intake.plan += [problem(503, "busy"), TAKE_AND_LOSE]
    with connect(intake.url, **SIGNED) as client:
        client.push([post(1)])
    assert len({one.headers["webhook-timestamp"] for one in intake.seen}) == 3
    assert len({one.headers["webhook-signature"] for one in intake.seen}) == 3


def test_patience_ends(intake: FakeIntake, connect: Any, clock: Clock) -> None:
    intake.plan += [problem(503, "ledger_away", retry_after="5")] * 20
    with connect(intake.url, **BEARER, patience=30.0) as client, pytest.raises(GaveUp) as raised:
        client.push([post(1)])
    assert 15 <= raised.value.after == sum(clock.naps) <= 30
    assert "503 Ledger_Away: Mend it.; given up after" in str(raised.value)
    assert intake.known == set()


def test_a_pause_beyond_all_patience_is_not_begun(
    intake: FakeIntake, connect: Any, clock: Clock
) -> None:
    intake.plan.append(problem(429, "rate_exceeded", retry_after="3600"))
    with connect(intake.url, **BEARER) as client, pytest.raises(GaveUp):
        client.push([post(1)])
    assert clock.naps == []


def test_nobody_there(connect: Any, clock: Clock) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with connect(url, **SIGNED) as client, pytest.raises(GaveUp, match=f"no intake at {url}"):
        client.push([post(1)])
    assert len(clock.naps) > 5
    assert max(clock.naps) > FIRST_SECONDS  # they grow


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "not_json"),
        (401, "unauthorised"),
        (403, "not_allowed"),
        (413, "body_too_large"),
        (415, "unknown_encoding"),
        (422, "key_reused"),
        (500, "internal"),
    ],
)
def test_a_request_refused_as_a_whole_is_not_sent_again(
    intake: FakeIntake, connect: Any, status: int, kind: str
) -> None:
    intake.plan.append(problem(status, kind))
    with connect(intake.url, **BEARER) as client, pytest.raises(Rejected) as raised:
        client.push([post(1)])
    error = raised.value
    assert (error.status, error.type, error.title) == (status, f"/problems/{kind}", kind.title())
    assert error.detail == "Mend it."
    assert len(intake.seen) == 1


def test_a_wrong_credential_is_refused(intake: FakeIntake, connect: Any) -> None:
    with connect(intake.url, token="salah") as client, pytest.raises(Rejected, match="401"):
        client.push([post(1)])
    with connect(intake.url, token="salah") as client, pytest.raises(Rejected, match="401"):
        client.state(SOURCE, "pm-1")


def test_all_items_refused_is_a_result(intake: FakeIntake, connect: Any) -> None:
    with connect(intake.url, **BEARER) as client:
        result = client.push([post(1, text=""), post(2, text="")])
    assert result.counts == {"accepted": 0, "already_known": 0, "refused": 2}


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>Masuk ke Wi-Fi</html>"),
        (202, {}, b'{"items": []}'),
        (202, {}, b'{"items": [{"index": 1, "status": "accepted"}]}'),
        (202, {}, b'{"items": [{"index": 0, "status": "eaten"}]}'),
        (302, {"location": "http://127.0.0.1:1/"}, b""),
    ],
)
def test_what_is_no_intake_is_said_to_be_none(
    intake: FakeIntake, connect: Any, answer: tuple[int, dict[str, Any], bytes]
) -> None:
    intake.plan.append(answer)
    with connect(intake.url, **BEARER) as client, pytest.raises(PushError, match="check the addre"):
        client.push([post(1)])
    intake.plan.append(answer)
    with connect(intake.url, **BEARER) as client, pytest.raises(PushError, match="check the addre"):
        client.state(SOURCE, "pm-1")


def test_any_number_is_cut_by_count_and_by_size(intake: FakeIntake, connect: Any) -> None:
    with connect(intake.url, **BEARER) as client:
        several = list(client.push_all(post(number) for number in range(250)))
        assert [len(one.rows) for one in several] == [100, 100, 50]
        assert [row.index for one in several for row in one.rows] == list(range(250))
        large = [post(number, "a" * 1_500_000) for number in range(4)]
        assert [len(one.rows) for one in client.push_all(large)] == [2, 2]
        assert [len(one.rows) for one in client.push_all(large, batch_size=1)] == [1] * 4
        assert list(client.push_all([b"", "\n"])) == []


@pytest.mark.parametrize("credential", [BEARER, SIGNED], ids=["bearer", "signed"])
@pytest.mark.parametrize("name", ["pm-1", "a/b:c~d", ".", "..", "a/../b", "a//b"])
def test_the_state_of_an_item(
    intake: FakeIntake, connect: Any, credential: dict[str, Any], name: str
) -> None:
    with connect(intake.url, **credential) as client:
        assert client.state(SOURCE, name) is None
        client.push([{**post(1), "id": name}])
        found = client.state(SOURCE, name)
    assert found.ref == f"{SOURCE}/{name}"
    assert found.state == "accepted"
    assert found.accepted_at.isoformat() == "2026-11-22T01:00:00+00:00"
    assert found.finished_at is None


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("url", "credential"),
    [
        ("http://127.0.0.1:8700", {}),
        ("http://127.0.0.1:8700", {"source": SOURCE}),
        ("http://127.0.0.1:8700", {"source": SOURCE, "secret": "rahasia-benar"}),
        ("http://127.0.0.1:8700", {**SIGNED, "token": "rahasia-benar"}),
        ("http://127.0.0.1:8700", {"token": "rahasia-benar\n"}),
        ("http://127.0.0.1:8700", {"token": "rahasia-benár"}),
        ("127.0.0.1:8700", BEARER),
        ("http://", BEARER),
        ("http://[::1", BEARER),
        ("http://pemakai:rahasia-benar@127.0.0.1", BEARER),
    ],
)
def test_what_cannot_be_right_is_said_at_once(
    kind: type[Client | AsyncClient], url: str, credential: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"give|token|secret") as raised:
        kind(url, **credential)
    assert "rahasia-benar" not in str(raised.value)


@pytest.mark.parametrize("items", [post(1), json.dumps(post(1)), json.dumps(post(1)).encode()])
def test_one_item_is_not_taken_for_many(intake: FakeIntake, connect: Any, items: Any) -> None:
    with connect(intake.url, **BEARER) as client, pytest.raises(TypeError, match=r"\[ and \]"):
        client.push(items)


def test_nothing_shows_a_secret(
    intake: FakeIntake, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    for credential in (BEARER, SIGNED):
        intake.plan += [TAKE_AND_LOSE, problem(401, "unauthorised")]
        with connect(intake.url, **credential) as client, pytest.raises(Rejected) as raised:
            client.push([post(1)])
        shown += [repr(client), repr(vars(client)), repr(raised.value)]
    assert "401" in caplog.text
    for word in (TOKEN, SECRET, SECRET.removeprefix("whsec_"), "Lampu"):
        assert word not in "".join(shown) + caplog.text
