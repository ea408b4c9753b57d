"""Sources at a real intake: signed by the reference library, with tokens, within their rights."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from workers.ledger import open_ledger, views
from workers.secretfile import SecretFile
from workers.signatures import new_secret, sign
from workers.sources import Credential, Source, Sources, new_token, rotated, token_credential

NAME = "pantau-media"


@dataclass(slots=True)
class Door:
    """A running intake, the source that knocks, and its file of sources."""

    url: str
    secret: str
    token: str
    file: SecretFile[Sources]

    def signed(
        self,
        body: bytes,
        message_id: str = "msg-1",
        at: datetime | None = None,
        secret: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """A push that the reference library signs."""
        moment = datetime.now(UTC) if at is None else at
        signature = Webhook(self.secret if secret is None else secret).sign(
            message_id, moment, body.decode()
        )
        return self.post(
            body,
            **{
                "webhook-id": message_id,
                "webhook-timestamp": str(int(moment.timestamp())),
                "webhook-signature": signature,
                **headers,
            },
        )

    def post(self, body: bytes, source: str = NAME, **headers: str) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/items",
            params={"source": source},
            content=body,
            headers={"content-type": "application/json", **headers},
            timeout=30.0,
        )

    def bearer(self, body: bytes, **headers: str) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/items",
            content=body,
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {self.token}",
                **headers,
            },
            timeout=30.0,
        )

    def change(self, **changes: Any) -> None:
        """Change the signing source in the file; the intake sees it at the next request."""
        self.file.change(
            lambda held: Sources(
                sources=tuple(
                    one.model_copy(update=changes) if one.name == NAME else one
                    for one in held.sources
                )
            )
        )


@pytest.fixture
def door(start_intake: Any, tmp_path: Path) -> Callable[..., Any]:
    """A context manager: an intake with a source that signs, and one with a token."""

    @contextmanager
    def opened(ledger: str, **changes: Any) -> Iterator[Door]:
        secret, token = new_secret(), new_token("redaksi")
        file = SecretFile(tmp_path / "sources.json", None, Sources, "SARING_SOURCES")
        signing = Source(name=NAME, secrets=(Credential(value=SecretStr(secret)),))
        with_token = Source(name="redaksi", tokens=(token_credential(token),))
        both = (
            signing.model_copy(update=changes),
            with_token.model_copy(update=changes),
        )
        file.change(lambda _: Sources(sources=both))
        with start_intake(ledger, SARING_SOURCES_FILE=str(file.path)) as url:
            yield Door(url, secret, token, file)

    return opened


def body(number: int, source: str = NAME, **changes: Any) -> bytes:
    post = {
        "source": source,
        "id": f"pm-{number}",
        "kind": "post",
        "text": f"Saluran air di gang {number} mampet lagi.",
        "published_at": "2026-11-21T07:00:00+07:00",
        **changes,
    }
    return json.dumps(post).encode()


def kind(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("/problems/")


def test_what_the_reference_library_signs_is_accepted_and_nothing_else(
    door: Any, ledger_url: str
) -> None:
    with door(ledger_url) as at:
        assert at.signed(body(1)).status_code == 202
        now = datetime.now(UTC)
        good = Webhook(at.secret).sign("msg-2", now, body(2).decode())
        headers = {
            "webhook-id": "msg-2",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": good,
        }
        wrong = [
            at.post(body(3), **headers),  # altered
            at.post(body(2), **{**headers, "webhook-id": "msg-3"}),
            at.post(body(2), source="redaksi", **headers),
            at.post(body(2), source="tidak-ada", **headers),
            at.post(body(2), **{**headers, "webhook-signature": "v1,%%%"}),
            at.signed(body(2), secret=new_secret()),
        ]
        assert [(one.status_code, kind(one)) for one in wrong] == [(401, "bad_signature")] * 6
        late = at.signed(body(2), at=now - timedelta(minutes=6))
        early = at.signed(body(2), at=now + timedelta(minutes=6))
        assert [kind(late), kind(early)] == ["expired_signature"] * 2
        nameless = httpx.post(f"{at.url}/v1/items", content=body(2), headers=headers)
        assert (nameless.status_code, kind(nameless)) == (401, "unauthorised")
        assert at.post(body(2), **headers).status_code == 202
    assert views.counts(open_ledger(ledger_url))["ready"] == 2


def test_a_replay_is_answered_as_the_first_time(door: Any, ledger_url: str) -> None:
    with door(ledger_url) as at:
        first = at.signed(body(1))
        again = at.signed(body(1), at=datetime.now(UTC) - timedelta(seconds=9))
        assert first.json()["accepted"] == 1
        assert again.content == first.content
        assert again.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers
        other = at.signed(body(2))
        assert (other.status_code, kind(other)) == (422, "key_reused")
        new = at.signed(body(1), message_id="msg-2")
        assert new.json()["items"] == [
            {"index": 0, "status": "already_known", "ref": f"{NAME}/pm-1"}
        ]
        # The same for a token, by Idempotency-Key; each source has keys of its own.
        by_key = [
            at.bearer(body(1, "redaksi"), **{"idempotency-key": key})
            for key in ("msg-1", '"msg-1"')
        ]
        assert by_key[0].json()["accepted"] == 1
        assert by_key[1].content == by_key[0].content
        assert by_key[1].headers["idempotent-replayed"] == "true"


def test_two_secrets_are_valid_while_they_rotate(door: Any, ledger_url: str) -> None:
    with door(ledger_url) as at:
        made: list[str] = []

        def rotate(held: Sources) -> Sources:
            changed, secret = rotated(held, NAME, time.time(), overlap_seconds=3600)
            made.append(secret)
            return changed

        at.file.change(rotate)
        assert at.signed(body(1), message_id="old").status_code == 202
        assert at.signed(body(2), message_id="new", secret=made[0]).status_code == 202
        now = int(time.time())
        both = sign([new_secret(), made[0]], "both", now, body(3))
        answer = at.post(
            body(3),
            **{
                "webhook-id": "both",
                "webhook-timestamp": str(now),
                "webhook-signature": f"v2,abc {both}",
            },
        )
        assert answer.status_code == 202
        ended = tuple(
            one if one.ends_at is None else one.model_copy(update={"ends_at": time.time() - 1})
            for one in at.file.read().sources[0].secrets
        )
        at.change(secrets=ended)
        assert kind(at.signed(body(4), message_id="late")) == "bad_signature"
        assert at.signed(body(4), message_id="new-2", secret=made[0]).status_code == 202


def test_a_source_does_what_it_may_and_no_more(door: Any, ledger_url: str) -> None:
    with door(ledger_url) as at:
        mixed = b"[" + body(1, "redaksi") + b"," + body(2, "orang-lain") + b"]"
        answer = at.bearer(mixed)
        assert answer.status_code == 202
        accepted, refused = answer.json()["items"]
        assert accepted["status"] == "accepted"
        (problem,) = refused["problems"]
        assert (problem["type"], problem["pointer"]) == ("not_yours", "#/1/source")
        assert at.signed(body(3)).status_code == 202
        mine, others, nowhere = (
            httpx.get(f"{at.url}/v1/items/{path}", headers={"authorization": f"Bearer {at.token}"})
            for path in ("redaksi/pm-1", f"{NAME}/pm-3", "redaksi/pm-99")
        )
        assert mine.json()["state"] == "accepted"
        assert (others.status_code, nowhere.status_code) == (404, 404)
        assert others.content == nowhere.content
        at.change(disabled=True)
        stopped = at.signed(body(4), message_id="msg-4")
        assert (stopped.status_code, kind(stopped)) == (403, "not_allowed")


def test_a_rate_is_kept_and_says_when_to_come_again(door: Any, ledger_url: str) -> None:
    with door(ledger_url, items_per_second=0.001, burst=2) as at:
        assert [at.bearer(body(n, "redaksi")).status_code for n in (1, 2)] == [202, 202]
        late = at.bearer(body(3, "redaksi"))
        assert (late.status_code, kind(late)) == (429, "rate_exceeded")
        assert 1 <= int(late.headers["retry-after"]) <= 1001
        assert at.signed(body(4)).status_code == 202  # another source has a rate of its own


def test_a_broken_list_of_sources_is_503_and_comes_back(door: Any, ledger_url: str) -> None:
    with door(ledger_url) as at:
        sound = at.file.path.read_bytes()
        at.file.path.write_text('{"sources": [{"name": 7}]}')
        answer = at.bearer(body(1, "redaksi"))
        assert (answer.status_code, kind(answer)) == (503, "sources_unreadable")
        assert answer.headers["retry-after"] == "5"
        at.file.path.write_bytes(sound)
        assert at.bearer(body(1, "redaksi")).status_code == 202


def test_compressed_bodies_are_signed_as_they_are_sent(door: Any, ledger_url: str) -> None:
    with door(ledger_url) as at:
        sent, now = gzip.compress(body(1)), int(time.time())
        answer = at.post(
            sent,
            **{
                "webhook-id": "g",
                "webhook-timestamp": str(now),
                "webhook-signature": sign([at.secret], "g", now, sent),
                "content-encoding": "gzip",
            },
        )
        assert answer.status_code == 202, answer.text


def test_when_too_much_waits_the_flood_has_to_wait_and_a_quiet_source_has_not(
    start_intake: Any, ledger_url: str, tmp_path: Path, until: Callable[..., None]
) -> None:
    tokens = {name: new_token(name) for name in ("deras", "tenang")}
    sources = Sources(
        sources=tuple(
            Source(name=name, tokens=(token_credential(token),)) for name, token in tokens.items()
        )
    )

    def push(name: str, number: int) -> httpx.Response:
        return httpx.post(
            f"{url}/v1/items",
            content=body(number, name),
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {tokens[name]}",
            },
        )

    document = sources.model_dump_json()
    with start_intake(ledger_url, SARING_SOURCES=document, SARING_BACKLOG_LIMIT="20") as url:
        assert push("tenang", 0).status_code == 202
        answers = [push("deras", number) for number in range(30)]
        refused = [one for one in answers if one.status_code != 202]
        assert [answers[0].status_code, answers[-1].status_code] == [202, 429]
        assert {kind(one) for one in refused} == {"overloaded"}
        assert int(refused[0].headers["retry-after"]) >= 1
        assert push("tenang", 1).status_code == 202
