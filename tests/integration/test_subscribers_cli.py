"""`saring subscribers ...`, on a real ledger and to a real receiver."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from standardwebhooks import Webhook
from starlette.responses import Response
from typer.testing import CliRunner, Result

from tests.items import entry, finished
from tests.receivers import Receiver, receiving
from workers.cli import subscribers
from workers.ledger import Ledger, deliveries, open_ledger
from workers.ledger.accept import accept
from workers.ledger.leases import claim
from workers.ledger.release import record
from workers.settings import load_settings
from workers.signatures import key_of, new_secret

URL = "https://hooks.example/in?token=t0ps3cret"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of this test alone."""
    monkeypatch.setenv("SARING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "250")
    for name in ("SARING_LEDGER_URL", "SARING_SUBSCRIBERS", "SARING_SUBSCRIBERS_FILE"):
        monkeypatch.delenv(name, raising=False)
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


@pytest.fixture
def here(folder: Path) -> Ledger:
    """The ledger that the commands find."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite3'}")
    ledger.migrate()
    return ledger


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def run(*arguments: str) -> Result:
    app = typer.Typer()
    subscribers.add_to(app)
    return CliRunner().invoke(app, ["subscribers", *arguments])


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, ValueError)
    assert result.stdout == ""
    return str(result.exception)


def publish(ledger: Ledger, *numbers: int) -> None:
    accept(ledger, [entry(number) for number in numbers])
    for batch in claim(ledger, 64, 64, 60.0):
        record(ledger, [finished(item) for item in batch.items])


def test_add_prints_the_secret_once_and_the_ledger_knows_at_once(here: Ledger) -> None:
    secret = done("add", "case-system", "--url", URL, "--desk", "answer", "--desk", "service")
    assert len(key_of(secret.strip())) == 32
    publish(here, 1, 2)
    assert deliveries.waiting(here)["case-system"].waiting == 2
    shown = done("list")
    assert "answer service" in shown
    assert "enabled" in shown
    (row,) = json.loads(done("list", "--json"))
    assert row["url"] == "https://hooks.example/in?…"
    assert (row["name"], row["desks"]) == ("case-system", ["answer", "service"])
    assert (row["waiting"], row["parked"], row["disabled"]) == (2, 0, False)
    assert row["oldest_seconds"] >= 0
    for text in (shown, str(row)):
        assert secret.strip() not in text
        assert "t0ps3cret" not in text


def test_without_a_ledger_the_file_is_written_and_that_is_said(folder: Path) -> None:
    result = run("add", "press", "--url", URL, "--desk", "all")
    assert result.exit_code == 0
    assert "`saring deliver` tells it" in result.stderr
    assert (folder / "keys" / "subscribers.json").stat().st_mode & 0o777 == 0o600
    (row,) = json.loads(done("list", "--json"))
    assert len(row["desks"]) == 7
    assert row["waiting"] is None
    assert "press" in done("list")


def test_what_cannot_be_added() -> None:
    done("add", "press", "--url", URL, "--desk", "answer")
    assert "exists" in refused("add", "press", "--url", URL, "--desk", "answer")
    assert "name" in refused("add", "Press Desk", "--url", URL, "--desk", "answer")
    http = refused("add", "other", "--url", "http://hooks.example/", "--desk", "answer")
    assert "--allow-private" in http
    userinfo = refused("add", "other", "--url", "https://u:s3same@hooks.example/", "--desk", "all")
    assert "s3same" not in userinfo
    assert run("add", "other", "--url", URL).exit_code == 2  # no desk
    assert "'amplify'" in refused("add", "other", "--url", URL, "--desk", "kitchen")
    assert [row["name"] for row in json.loads(done("list", "--json"))] == ["press"]


def test_a_secret_can_be_brought_along(folder: Path) -> None:
    secret = new_secret()
    (folder / "secret").write_text(f"{secret}\n")
    brought = ("--secret-file", str(folder / "secret"))
    assert done("add", "press", "--url", URL, "--desk", "answer", *brought) == ""
    assert secret in (folder / "keys" / "subscribers.json").read_text()
    (folder / "secret").write_text("s3same")
    says = refused("add", "other", "--url", URL, "--desk", "answer", *brought)
    assert "whsec_" in says
    assert "s3same" not in says


def test_what_a_setting_gives_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARING_SUBSCRIBERS", '{"subscribers": []}')
    assert "SARING_SUBSCRIBERS" in refused("add", "press", "--url", URL, "--desk", "answer")
    assert json.loads(done("list", "--json")) == []


def test_a_ping_is_signed_and_its_answer_shown(receiver: Receiver) -> None:
    private = ("--url", receiver.url, "--desk", "answer", "--allow-private")
    secret = done("add", "press", *private).strip()
    assert "answered 204" in done("test", "press")
    ((headers, body),) = receiver.requests
    event = Webhook(secret).verify(body, headers)
    assert (event["type"], event["data"]) == ("id.saring.ping.v1", {"subscriber": "press"})
    receiver.answer = lambda _: Response(status_code=403)
    failed = run("test", "press")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "answered 403" in failed.stderr


def test_rotating(receiver: Receiver) -> None:
    private = ("--url", receiver.url, "--desk", "answer", "--allow-private")
    old = done("add", "press", *private).strip()
    new = done("rotate", "press").strip()
    assert "rotating" in done("list")
    done("test", "press")
    ((headers, body),) = receiver.requests
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    assert "--overlap soon" in refused("rotate", "press", "--overlap", "soon")
    newest = done("rotate", "press", "--overlap", "0s").strip()
    done("test", "press")
    headers, body = receiver.requests[1]
    assert len(headers["webhook-signature"].split()) == 1
    Webhook(newest).verify(body, headers)


def test_disable_keeps_what_waits_and_remove_drops_it(here: Ledger) -> None:
    done("add", "press", "--url", URL, "--desk", "answer")
    done("disable", "press")
    publish(here, 1)
    assert "disabled" in done("list")
    assert deliveries.waiting(here)["press"].waiting == 1
    done("enable", "press")
    assert "enabled" in done("list")
    done("remove", "press")
    assert deliveries.waiting(here) == {}
    assert json.loads(done("list", "--json")) == []


def test_what_was_given_up_is_shown_and_sent_again(here: Ledger) -> None:
    done("add", "press", "--url", URL, "--desk", "answer")
    publish(here, 1)
    ((one,),) = [deliveries.due(here, "press", 8, 60.0)]
    deliveries.failed(here, one.seq, "press", "answered 500", None)
    for shown in (done("parked"), done("parked", "press")):
        assert "pantau/no-1" in shown
        assert "answered 500" in shown
    assert "pantau" not in done("parked", "other")
    assert "1 to be sent again" in run("resend", "press").stderr
    assert deliveries.waiting(here)["press"].parked == 0


@pytest.mark.parametrize("command", ["rotate", "disable", "enable", "remove", "resend", "test"])
def test_a_name_that_is_not_there(command: str) -> None:
    assert "no subscriber nobody" in refused(command, "nobody")


def test_the_receiver_in_the_docs_works(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    private = ("--url", receiver.url, "--desk", "answer", "--allow-private")
    monkeypatch.setenv("SECRET", done("add", "press", *private).strip())
    done("test", "press")
    ((headers, body),) = receiver.requests
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - our own page
    assert names["receive"](headers, body)[0] == 204
    assert names["receive"](headers, body + b" ") == (401, None)
    assert names["receive"]({**headers, "webhook-signature": "v1"}, body) == (401, None)
