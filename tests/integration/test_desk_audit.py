"""The pages of the audit log and of redaction, over HTTP."""

import pytest
from sqlalchemy import text

from tests.desks import Said, people, publish
from workers.desk.rendering import texts
from workers.ledger import Ledger
from workers.ledger.audit import append, head
from workers.ledger.published import published

NAME = "Sulastri Ningsih"
TEXT = f"Rumah {NAME} di dekat pasar, datangi saja."


def entries(ledger: Ledger, count: int = 3) -> None:
    with ledger.write() as connection:
        for number in range(count):
            append(connection, "program", "retention.run", "items", {"items": number})
        append(connection, "staff/zz99", "decision.moved", "pantau/no-1", {"to": "service"})


def test_the_log_is_read_newest_first_and_in_words(ledger: Ledger) -> None:
    with people(ledger, "legal") as (officer,):  # entry 1: this officer was added
        entries(ledger)
        page = officer.page("/audit")
    rows = [" ".join(row.text().split()) for row in page.css(".log li")]
    assert rows[0].startswith("5 Dipindahkan pantau/no-1 staff/zz99")
    assert rows[-2].startswith("2 Pemeriksaan masa simpan items Program")
    assert rows[-1].startswith("1 Petugas ditambahkan")
    anchor = page.css_first(".anchor")
    assert anchor is not None
    assert anchor.text() == str(head(ledger))
    links = [link.attributes["href"] for link in page.css(".log a")]
    assert links == ["/item/pantau/no-1"]


def test_the_log_is_filtered_and_turned_over(ledger: Ledger) -> None:
    entries(ledger, 60)
    with people(ledger, "admin") as (admin,):
        first = admin.page("/audit?kind=retention.run")
        older = first.css_first(".actions a")
        assert older is not None
        second = admin.page(str(older.attributes["href"]))
        assert (len(first.css(".log li")), len(second.css(".log li"))) == (50, 10)
        assert len(admin.page("/audit?subject=pantau/no-1").css(".log li")) == 1
        assert len(admin.page("/audit?actor=staff/zz99").css(".log li")) == 1
        assert len(admin.page("/audit?since=2200-01-01").css(".log li")) == 0
        assert len(admin.page("/audit?since=2020-01-01&before=x").css(".log li")) == 50
        assert admin.get("/audit?since=kemarin").status_code == 422


def test_the_page_proves_the_chain_and_names_what_is_broken(ledger: Ledger) -> None:
    with people(ledger, "legal") as (officer,):
        entries(ledger)
        kept = str(head(ledger))
        assert "Utuh: 5 catatan" in officer.post("/audit/verify").text
        part = officer.client.post(
            "/audit/verify",
            data={"csrf": officer.csrf, "head": kept},
            headers={"hx-request": "true"},
        )
        assert "Utuh: 5 catatan" in part.text
        assert "<html" not in part.text
        assert officer.post("/audit/verify", head="4:x").status_code == 422
        with ledger.write() as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text("DROP TRIGGER audit_no_delete"))
            else:
                connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
            connection.execute(text("DELETE FROM audit WHERE number = 5"))
        assert "Utuh: 4 catatan" in officer.post("/audit/verify").text
        broken = officer.post("/audit/verify", head=kept).text
        assert "RUSAK pada catatan 5" in broken
        assert "dipotong" in broken


@pytest.mark.parametrize("role", ["viewer", "desk", "reviewer"])
def test_who_has_no_business_there_cannot_read_the_log(ledger: Ledger, role: str) -> None:
    with people(ledger, role) as (person,):
        assert person.get("/audit").status_code == 403
        assert person.post("/audit/verify").status_code == 403


def test_a_person_hides_a_name_in_an_item_and_its_copies(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT), Said("doxxing", f"{TEXT} Sebarkan!"))
    with people(ledger, "reviewer") as (reviewer,):
        page = reviewer.page("/redact/pantau/no-1")
        seen = page.css_first("input[name=seen]")
        assert seen is not None
        sent = {"seen": str(seen.attributes["value"]), "kind": "name", "narrative": "yes"}
        answer = reviewer.post("/redact/pantau/no-1", piece=NAME, sure="yes", **sent)
        assert answer.status_code == 303
        done = reviewer.page(answer.headers["location"])
        assert "dalam 2 item" in done.text()
        assert NAME not in done.text()
        again = reviewer.post("/redact/pantau/no-1", piece="pasar", sure="yes", **sent)
        assert again.status_code == 409
    copy = published(ledger, "pantau", "no-2")
    assert copy is not None
    assert copy.publication.text == "Rumah [NAMA] di dekat pasar, datangi saja. Sebarkan!"


@pytest.mark.parametrize(
    "sent",
    [
        {"piece": "", "kind": "name", "sure": "yes"},
        {"piece": NAME, "kind": "darah", "sure": "yes"},
        {"piece": NAME, "kind": "name"},
        {"piece": "Hamdani", "kind": "name", "sure": "yes"},
    ],
)
def test_nothing_is_hidden_by_half_a_form(ledger: Ledger, sent: dict[str, str]) -> None:
    publish(ledger, Said("doxxing", TEXT))
    one = published(ledger, "pantau", "no-1")
    assert one is not None
    with people(ledger, "desk") as (desk,):
        answer = desk.post("/redact/pantau/no-1", seen=one.seen, **sent)
        assert answer.status_code == 422
        assert desk.get("/redact/pantau/no-9").status_code == 404
    assert published(ledger, "pantau", "no-1") == one


def test_a_viewer_hides_nothing(ledger: Ledger) -> None:
    publish(ledger, Said("doxxing", TEXT))
    with people(ledger, "viewer legal admin") as (viewer,):
        assert viewer.get("/redact/pantau/no-1").status_code == 403
        assert viewer.post("/redact/pantau/no-1").status_code == 403


def test_every_reason_why_a_chain_breaks_is_put_into_words() -> None:
    for name in ("missing", "unlinked", "altered", "anchor", "cut"):
        assert set(texts()[f"audit.why_{name}"]) == {"id", "en"}
