"""Lines through the client of the intake, counted; and as whom `saring push` sends them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.fake_intake import SECRET, SOURCE, TOKEN, FakeIntake, fake_intake, problem
from workers.cli.push import client_of
from workers.client import Client
from workers.push import Pusher, PushFailed
from workers.run import NotRunning, Run, write_run
from workers.settings import Settings


@pytest.fixture
def intake() -> Iterator[FakeIntake]:
    with fake_intake() as server:
        yield server


def post(number: int, text: str = "Air mati.") -> dict[str, Any]:
    return {"source": "pantau-media", "id": f"pm-{number}", "kind": "post", "text": text}


def test_lines_that_are_refused_keep_their_numbers(intake: FakeIntake) -> None:
    lines = [json.dumps(post(n, "" if n % 70 == 0 else "Air.")).encode() for n in range(150)]
    file = b"\n".join([b"", *lines, b"", b""])
    with Client(intake.url, token=TOKEN) as client:
        pusher = Pusher(client)
        reached = [tally.reached for tally in pusher.push(file.splitlines(keepends=True))]
    assert reached == [100, 150]
    assert (pusher.tally.accepted, pusher.tally.already_known) == (147, 0)
    assert [one.line for one in pusher.tally.refusals] == [2, 72, 142]
    assert pusher.tally.refusals[0].problems[0]["field"] == "text"
    assert pusher.tally.read_bytes == len(file)


def test_a_push_that_fails_keeps_what_it_counted(intake: FakeIntake) -> None:
    lines = [json.dumps(post(number)).encode() for number in range(150)]
    with Client(intake.url, token=TOKEN) as client:
        pusher = Pusher(client)
        pushed = pusher.push(lines)
        next(pushed)
        intake.plan.append(problem(403, "not_allowed"))
        with pytest.raises(PushFailed, match="403 Not_Allowed: Mend it"):
            next(pushed)
    assert pusher.tally.accepted == 100


@pytest.fixture
def up(intake: FakeIntake, tmp_path: Path) -> Settings:
    """Settings where `saring up` runs."""
    unused, token = SecretStr("unused"), SecretStr(TOKEN)
    write_run(
        tmp_path,
        Run(
            pid=os.getpid(),
            broker_url=unused,
            ledger_url=unused,
            intake_url=intake.url,
            intake_token=token,
            flower_url="unused",
            flower_password=unused,
        ),
    )
    return Settings(data_dir=tmp_path)


def test_the_intake_that_runs_here_gets_its_own_token(intake: FakeIntake, up: Settings) -> None:
    with client_of(up, 1.0) as client:
        assert client.push([post(1)]).counts["accepted"] == 1


def test_a_credential_that_is_set_is_used(intake: FakeIntake, up: Settings) -> None:
    wrong, secret = SecretStr("salah"), SecretStr(SECRET)
    signed = {"intake_token": wrong, "intake_source": SOURCE, "intake_secret": secret}
    with client_of(up.model_copy(update=signed), 1.0) as client:
        assert client.push([post(1)]).counts["accepted"] == 1
    other = client_of(up.model_copy(update={"intake_token": wrong}), 1.0)
    with other, pytest.raises(PushFailed, match="401"):
        other.push([post(1)])


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"intake_url": "https://saring.example"}, "set SARING_INTAKE_TOKEN"),
        ({"intake_source": SOURCE}, "set SARING_INTAKE_SECRET"),
    ],
)
def test_the_token_from_here_goes_nowhere_else(
    up: Settings, settings: dict[str, str], remedy: str
) -> None:
    with pytest.raises(NotRunning, match=remedy):
        client_of(up.model_copy(update=settings), 1.0)
