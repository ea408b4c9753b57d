"""The JSON API: the same queues, roles and decisions as the pages."""

from typing import Any

import httpx

from tests.desks import Person, Said, people, publish
from workers.ledger import Ledger
from workers.ledger.queues import lengths

ITEM = "/api/v1/items/pantau/no-1"


def send(person: Person, path: str, **sent: str) -> httpx.Response:
    return person.client.post(path, json=sent, headers={"x-csrf-token": person.csrf})


def got(person: Person, path: str) -> Any:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_queues_say_how_much_waits_and_where_one_decides(ledger: Ledger) -> None:
    publish(ledger, Said(), Said("rumour"))
    with people(ledger, "reviewer") as (reviewer,):
        found = {one["desk"]: one for one in got(reviewer, "/api/v1/queues")}
    assert {desk: one["waiting"] for desk, one in found.items()} == {
        "review": 0, "clarify": 1, "service": 0, "answer": 1, "amplify": 0
    }  # fmt: skip
    assert [desk for desk, one in found.items() if one["may_decide"]] == ["review"]


def test_a_queue_has_the_filters_orders_and_pages_of_its_page(ledger: Ledger) -> None:
    publish(ledger, *(Said(narrative=f"n-{number}") for number in range(3)), Said(narrative="n-2"))
    with people(ledger, "viewer") as (viewer,):
        found = got(viewer, "/api/v1/queues/answer?order=reach&limit=3&offset=1")
        assert [one["ref"] for one in found["items"]] == [
            "pantau/no-4", "pantau/no-1", "pantau/no-2"
        ]  # fmt: skip
        assert (found["waiting"], found["order"], found["offset"]) == (4, "reach", 1)
        assert found["items"][0]["axes"]["reach"] == 2
        assert found["choices"]["language"] == {"ind": 4}
        assert got(viewer, "/api/v1/queues/answer?language=jav")["items"] == []
        refused = viewer.get("/api/v1/queues/answer?langauge=jav")
        assert (refused.status_code, refused.json()["title"]) == (422, "Tidak dapat dilakukan")
        assert refused.json()["detail"].startswith("langauge: ")


def test_an_item_is_decided_and_undone_by_a_program(ledger: Ledger) -> None:
    publish(ledger, Said())
    with people(ledger, "desk", "viewer") as (person, viewer):
        item = got(person, ITEM)
        assert (item["waits_at"], item["decisions"]) == ("answer", [])
        sent = {"kind": "moved", "to": "service", "seen": item["seen"], "note": "salah meja"}
        assert send(viewer, f"{ITEM}/decisions", **sent).status_code == 403
        made = send(person, f"{ITEM}/decisions", **sent)
        assert made.status_code == 201
        assert made.json()["detail"] == {"to": "service", "note": "salah meja"}
        assert got(viewer, ITEM)["waits_at"] == "service"
        undone = send(person, f"/api/v1/decisions/{made.json()['id']}/undo")
        assert undone.json()["waits_at"] == "answer"
        assert got(viewer, ITEM)["decisions"][0]["undone_at_ms"] is not None
    assert lengths(ledger) == {"answer": 1}


def test_a_program_that_saw_something_else_is_told(ledger: Ledger) -> None:
    publish(ledger, Said())
    with people(ledger, "desk") as (person,):
        stale = send(person, f"{ITEM}/decisions", kind="handled", seen="0" * 64)
        assert (stale.status_code, stale.json()["status"]) == (409, 409)
        for sent, field in (
            ({}, "kind"),
            ({"kind": "deleted"}, "kind"),
            ({"kind": "handled", "at": "kantor"}, "at"),
        ):
            refused = send(person, f"{ITEM}/decisions", **sent)
            assert (refused.status_code, refused.json()["detail"][: len(field)]) == (422, field)


def test_a_program_needs_a_session_and_its_token(ledger: Ledger) -> None:
    publish(ledger, Said())
    with people(ledger, "desk") as (person,):
        assert person.client.post(f"{ITEM}/decisions", json={}).status_code == 403
        assert send(person, "/api/v1/decisions/99/undo").status_code == 404
        assert person.get("/api/v1/items/pantau/no-9").status_code == 404
        person.client.cookies.clear()
        assert person.get("/api/v1/queues").status_code == 401
