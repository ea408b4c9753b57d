"""The Python client against the real intake, for what a double could get wrong."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from workers.client import Client, Rejected
from workers.ledger import open_ledger, views
from workers.signatures import new_secret
from workers.sources import Credential, Source, Sources

SOURCE, SECRET = "pantau-media", new_secret()
SOURCES = Sources(
    sources=(Source(name=SOURCE, secrets=(Credential(value=SecretStr(SECRET)),)),)
).model_dump_json()


def post(name: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "id": name,
        "kind": "post",
        "text": f"Air di gang {name} sudah mengalir lagi 🙏",
        "published_at": "2026-11-21T07:00:00+07:00",
    }


@pytest.mark.parametrize("compress", [None, "gzip", "zstd"])
def test_signed_items_arrive_and_their_state_can_be_asked_for(
    start_intake: Any, ledger_url: str, compress: Any
) -> None:
    names = [f"pm-{number}" for number in range(150)] + ["a/../b", "..", "x:y~z"]
    with (
        start_intake(ledger_url, SARING_SOURCES=SOURCES) as url,
        Client(url, source=SOURCE, secret=SECRET, compress=compress) as client,
    ):
        pushed = list(client.push_all([*map(post, names), {**post("pm-x"), "text": ""}]))
        states = [client.state(SOURCE, name) for name in names]
        assert client.state(SOURCE, "pm-x") is None
        assert client.state("lain", "pm-1") is None
    assert [row.status for one in pushed for row in one.rows] == ["accepted"] * 153 + ["refused"]
    assert pushed[-1].rows[-1].problems[0].type == "empty"
    assert [state and state.ref for state in states] == [f"{SOURCE}/{name}" for name in names]
    assert views.counts(open_ledger(ledger_url))["ready"] == 153


def test_a_wrong_secret_is_refused(start_intake: Any, ledger_url: str) -> None:
    with (
        start_intake(ledger_url, SARING_SOURCES=SOURCES) as url,
        Client(url, source=SOURCE, secret=new_secret()) as client,
        pytest.raises(Rejected, match="401"),
    ):
        client.push([post("pm-1")])


@pytest.mark.parametrize(
    "items",
    [[post(f"pm-{number}") for number in range(1001)], [{**post("pm-1"), "text": "a" * 9_000_000}]],
    ids=["items", "bytes"],
)
def test_too_much_for_one_request_is_refused_and_not_sent_for_ever(
    start_intake: Any, tmp_path: Path, items: list[dict[str, Any]]
) -> None:
    with (
        start_intake(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", SARING_SOURCES=SOURCES) as url,
        Client(url, source=SOURCE, secret=SECRET) as client,
        pytest.raises(Rejected) as raised,
    ):
        client.push(items)
    assert raised.value.status == 413
