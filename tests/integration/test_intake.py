"""The HTTP intake as a process, on both kinds of ledger."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from tests.running import OPERATOR
from workers.intake.body import MAX_BODY
from workers.intake.reading import MAX_ITEMS
from workers.ledger import open_ledger, views


def push(url: str, **request: Any) -> httpx.Response:
    """A POST with the operator's token."""
    headers = {**OPERATOR, **request.pop("headers", {})}
    return httpx.post(url, headers=headers, **request)


def post(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "source": "pantau-media",
        "id": f"pm-{number}",
        "kind": "post",
        "text": f"Lampu jalan nomor {number} padam.",
        "published_at": "2026-11-21T07:00:00+07:00",
        **changes,
    }


def test_single_array_and_lines_are_taken_and_counted(start_intake: Any, ledger_url: str) -> None:
    with start_intake(ledger_url) as url:
        single = push(f"{url}/v1/items", json=post(1))
        array = push(f"{url}/v1/items", json=[post(1), post(2), post(3, text="")])
        lines = "\n".join([json.dumps(post(4)), "{broken", "", json.dumps(post(5))])
        ndjson = push(
            f"{url}/v1/items", content=lines, headers={"content-type": "application/x-ndjson"}
        )
        assert [one.status_code for one in (single, array, ndjson)] == [202, 202, 202]
        assert [row["status"] for row in array.json()["items"]] == [
            "already_known",
            "accepted",
            "refused",
        ]
        assert array.json()["items"][2]["problems"][0]["field"] == "text"
        assert [row["status"] for row in ndjson.json()["items"]] == [
            "accepted",
            "refused",
            "accepted",
        ]
        # It is in the ledger while the intake still runs: the 202 came after the commit.
        assert views.counts(open_ledger(ledger_url))["ready"] == 4


def test_concurrent_pushes_are_each_answered_for_their_own_items(
    start_intake: Any, ledger_url: str
) -> None:
    def push_two(number: int) -> tuple[int, list[str]]:
        answer = push(f"{url}/v1/items", json=[post(number), post(number + 1000)])
        return answer.status_code, [row["ref"] for row in answer.json()["items"]]

    with start_intake(ledger_url) as url, ThreadPoolExecutor(8) as pool:
        for number, (status, refs) in enumerate(pool.map(push_two, range(80))):
            assert status == 202
            assert refs == [f"pantau-media/pm-{number}", f"pantau-media/pm-{number + 1000}"]
    assert views.counts(open_ledger(ledger_url))["ready"] == 160


def test_a_conflict_names_both_digests(start_intake: Any, ledger_url: str) -> None:
    with start_intake(ledger_url) as url:
        push(f"{url}/v1/items", json=post(1))
        answer = push(f"{url}/v1/items", json=post(1, text="Teks lain."))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (problem,) = answer.json()["items"][0]["problems"]
    assert problem["field"] == "id"
    assert "known" in problem["problem"]
    assert "sent" in problem["problem"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\n\n", "application/x-ndjson", 400),
        (b"<a/>", "text/xml", 415),
        (b" " * (MAX_BODY + 1), "application/json", 413),
        (b"[" + b",".join([b"{}"] * (MAX_ITEMS + 1)) + b"]", "application/json", 413),
        (b"[" * 2_000, "application/json", 400),
        (b"[" * 100_000, "application/json", 413),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_as_a_whole(
    start_intake: Any, tmp_path: Any, content: bytes, kind: str, status: int
) -> None:
    with start_intake(f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as url:
        answer = push(f"{url}/v1/items", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_ledger_that_is_away_is_a_503_and_nothing_is_taken(
    start_intake: Any, fresh_postgres: str, until: Callable[..., None]
) -> None:
    admin = create_engine(fresh_postgres, isolation_level="AUTOCOMMIT")
    with start_intake(fresh_postgres) as url:
        with admin.connect() as connection:
            name = connection.scalar(text("SELECT current_database()"))
        elsewhere = create_engine(admin.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with elsewhere.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                ),
                {"name": name},
            )
            answer = push(f"{url}/v1/items", json=post(1), timeout=30.0)
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        until(
            lambda: push(f"{url}/v1/items", json=post(1)).status_code == 202,
            "it takes items again",
        )
    admin.dispose()
    elsewhere.dispose()
    assert views.counts(open_ledger(fresh_postgres))["ready"] == 1


def test_a_token_is_asked_for(start_intake: Any, ledger_url: str) -> None:
    with start_intake(ledger_url) as url:
        without = httpx.post(f"{url}/v1/items", json=post(1))
        wrong = push(f"{url}/v1/items", json=post(1), headers={"authorization": "Bearer salah"})
        right = push(f"{url}/v1/items", json=post(1))
    assert [one.status_code for one in (without, wrong, right)] == [401, 401, 202]
    assert without.headers["www-authenticate"].startswith("Bearer")
    assert without.headers["content-type"] == "application/problem+json"
    assert without.json()["type"] == "/problems/unauthorised"
