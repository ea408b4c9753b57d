"""Queues, items and decisions over HTTP, as the pages send them."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tasks.models import ActFinding, Claim, Entity, Evidence, Link, Masked, Span
from tests.desks import Person, Said, people, publish
from workers.ledger import Ledger
from workers.ledger.queues import lengths

THREAT = Said("incitement_threat", "Serang mereka di pasar besok.", target="protected_group")
CLAIM = Claim(
    claim_id="cek-1",
    verdict="Salah",
    score=0.81,
    claim="Loket ditutup.",
    clarification="Loket tetap buka.",
    publisher="Cek Fakta Uji",
    url="https://cek.example/1",
    span=Span(start=8, end=13),
)


def fields(page: LexborHTMLParser, form: str) -> dict[str, str]:
    """The hidden fields of a form of a page."""
    found = page.css(f"{form} input[type=hidden]")
    assert found, f"no form {form}"
    return {one.attributes["name"] or "": one.attributes["value"] or "" for one in found}


def first(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None, f"no {selector}"
    return found


def decide(person: Person, page: LexborHTMLParser, number: int, **more: str) -> Any:
    sent = fields(page, f'form[action="/decide/{number}"]') | more
    return person.client.post(f"/decide/{number}", data=sent, follow_redirects=False)


def told(page: LexborHTMLParser) -> str:
    assert page.body is not None
    return " ".join(page.body.text(separator=" ").split())


def test_a_row_says_why_it_is_here_with_its_words_and_every_axis(ledger: Ledger) -> None:
    text = "Katanya loket tutup, hubungi [TELEPON] atau [TAUTAN kabar.example]"
    spans = {word: Span(start=text.index(word), end=text.index(word) + len(word))
             for word in ("Katanya", "[TELEPON]", "loket")}  # fmt: skip
    more = {
        "claims": (CLAIM,),
        "acts": (
            ActFinding(
                act="rumour",
                probability=0.8,
                evidence=(Evidence(by="rule:rumour.uji@1", spans=(spans["Katanya"],)),),
            ),
        ),
        "entities": (Entity(kind="place", name="loket", span=spans["loket"], code="16.71"),),
        "masked": (Masked(kind="phone", span=spans["[TELEPON]"]),),
    }
    publish(ledger, Said("rumour", text, more=more), Said("rumour", narrative="n-1"))
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/queue/clarify")
    row = first(page, "#item-1")
    assert [mark.text() for mark in row.css("mark")] == ["Katanya", "loket"]
    assert [tag.text() for tag in row.css(".tag.mask")] == [
        "telepon disamarkan",
        "tautan kabar.example",
    ]
    assert "Mungkin klaim: Salah" in row.text()
    assert "Palembang" in row.text()
    assert first(row, ".why").text() == "Alasan uji."
    axes = {
        first(axis, "dt").text(): first(axis, "dd").text(strip=True) for axis in row.css(".axis")
    }
    assert axes == {
        "Bahaya": "0 %",
        "Prioritas": "60",
        "Kepastian": "80 %",
        "Jangkauan": "2 kiriman",
        "Pertumbuhan": "+0/jam",
        "Menunggu": "baru saja",
    }
    assert row.css("form") == []  # a viewer decides nothing


def test_a_decision_by_form_leads_back_to_the_queue_and_offers_to_undo(ledger: Ledger) -> None:
    publish(ledger, Said(), Said())
    with people(ledger, "desk") as (person,):
        page = person.page("/queue/answer?order=waiting")
        answer = decide(person, page, 1, kind="handled")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/queue/answer?order=waiting&done=1"
        after = person.page(answer.headers["location"])
        assert after.css("#item-1") == []
        assert "pantau/no-1 ditandai selesai." in first(after, "#toast").text()
        undone = person.post("/undo/1", back=answer.headers["location"])
        assert undone.headers["location"] == "/queue/answer?order=waiting&undone=1#row-1"
        assert len(person.page("/queue/answer").css(".row")) == 2


def test_htmx_gets_the_toast_and_the_new_count_alone(ledger: Ledger) -> None:
    publish(ledger, Said(), Said("question"), Said("rumour"))
    with people(ledger, "desk") as (person,):
        page = person.page("/queue/answer")
        person.client.headers["hx-request"] = "true"
        answer = decide(person, page, 1, kind="dismissed")
        assert answer.status_code == 200
        part = LexborHTMLParser(answer.text)
        assert "pantau/no-1 diabaikan." in first(part, "#toast").text()
        assert first(part, "#total").text() == "1 menunggu"
        assert part.css(".row") == []
        again = decide(person, page, 1, kind="dismissed")
        assert again.status_code == 409
        assert "Sudah didahului" in again.text
        back = person.post("/undo/1", back="/queue/answer")
        assert back.headers["hx-redirect"] == "/queue/answer?undone=1#row-1"


def test_who_may_decide_where(ledger: Ledger) -> None:
    publish(ledger, Said(), Said("emergency", "Tolong, ada yang terjebak!"), Said("criticism"))
    with people(ledger, "viewer", "desk", "reviewer", "admin") as everybody:
        desk, reviewer = everybody[1], everybody[2]
        for number, at, may in ((1, "answer", desk), (2, "review", reviewer)):
            for person in everybody:
                refused = person.post(f"/decide/{number}", kind="handled", at=at, seen="0" * 64)
                assert refused.status_code == (409 if person is may else 403), (number, person)
        left = reviewer.page("/none")
        assert decide(reviewer, left, 3, kind="moved", to="answer").status_code == 303
    assert lengths(ledger) == {"answer": 2, "review": 1}


def test_a_form_for_another_desk_does_not_get_round_the_role(ledger: Ledger) -> None:
    publish(ledger, Said("emergency", "Tolong, ada yang terjebak!"))
    with people(ledger, "desk reviewer", "desk") as (both, desk):
        page = both.page("/queue/review")
        seen = fields(page, 'form[action="/decide/1"]')["seen"]
        answer = desk.post("/decide/1", kind="handled", at="answer", seen=seen)
        assert answer.status_code == 409
    assert lengths(ledger) == {"review": 1}


def test_harmful_text_is_hidden_until_it_is_asked_for(ledger: Ledger) -> None:
    publish(ledger, THREAT, Said("emergency", "Tolong, ada yang terjebak!"))
    with people(ledger, "reviewer") as (reviewer,):
        for path in ("/queue/review", "/item/pantau/no-1"):
            page = reviewer.page(path)
            veil = first(page, "details.veil")
            assert "open" not in veil.attributes
            assert "Serang" in veil.text()
            for visible in page.css("p.said"):
                hidden = visible.parent is not None and visible.parent.tag == "details"
                assert hidden or "Serang" not in visible.text()
        rows = reviewer.page("/queue/review")
        assert rows.css("#item-2 details.veil") == []
        assert rows.css("#item-1 form") == []
        assert first(rows, '#item-1 a[href="/review/1"]').text() == "Nilai"


def test_the_words_behind_a_hidden_text_are_hidden_too(ledger: Ledger) -> None:
    evidence = Evidence(by="rule:uji@1", spans=(Span(start=0, end=6),))
    acts = (ActFinding(act="incitement_threat", probability=0.9, evidence=(evidence,)),)
    publish(ledger, Said("incitement_threat", THREAT.text, more={"acts": acts}))
    with people(ledger, "viewer") as (viewer,):
        found = first(viewer.page("/item/pantau/no-1"), ".found")
    assert "Serang" in found.text()
    assert found.parent is not None
    assert (found.parent.tag, "open" in found.parent.attributes) == ("details", False)


def test_the_item_page_shows_what_is_known_and_what_was_decided(ledger: Ledger) -> None:
    links = (Link(host="kabar.example", span=Span(start=0, end=1)),)
    more = {"claims": (CLAIM,), "links": links, "url": "https://medsos.example/123"}
    publish(ledger, Said("rumour", more=more))
    with people(ledger, "desk", "viewer") as (person, viewer):
        page = person.page("/item/pantau/no-1")
        source = first(page, 'a[href="https://medsos.example/123"]')
        assert source.text() == "Sumber: medsos.example"
        assert source.attributes["rel"] == "noreferrer noopener"
        assert "Loket tetap buka." in told(page)
        assert first(page, 'a[href="/narrative/n-1"]') is not None
        claim = decide(person, page, 1, kind="claim_rejected", claim_id="cek-1")
        assert claim.headers["location"] == "/item/pantau/no-1?done=1"
        moved = decide(person, page, 1, kind="moved", to="answer", note="bukan klaim")
        assert moved.status_code == 303
        after = viewer.page("/item/pantau/no-1")
    text = told(after)
    assert "Klaim pada pantau/no-1 dinyatakan berbeda." in text
    assert "pantau/no-1 dipindahkan ke Jawab." in text
    assert "bukan klaim" in text
    assert person.staff.name in text


def test_an_id_may_hold_what_addresses_are_made_of(ledger: Ledger) -> None:
    publish(ledger, Said())
    with ledger.write() as connection:
        connection.exec_driver_sql("UPDATE items SET id = 'a/b:c~d/decisions'")
        connection.exec_driver_sql(
            "UPDATE publications SET body = replace(body, '\"no-1\"', '\"a/b:c~d/decisions\"')"
        )
    with people(ledger, "desk") as (person,):
        link = first(person.page("/queue/answer"), "a[data-open]").attributes["href"]
        assert link is not None
        person.page(link)
        assert person.get("/api/v1/items/pantau/a/b:c~d/decisions").status_code == 200


@pytest.mark.parametrize("path", ["/item/pantau/no-9", "/item/lain/no-1", "/queue/kantor"])
def test_what_is_not_there_is_not_found(ledger: Ledger, path: str) -> None:
    publish(ledger, Said())
    with people(ledger, "viewer") as (viewer,):
        assert viewer.get(path).status_code == 404


def test_the_link_of_who_reported_an_officer_is_withheld(ledger: Ledger) -> None:
    more = {"url": "https://medsos.example/pelapor/1"}
    publish(ledger, Said("misconduct_report", "Petugas minta uang rokok.", more=more))
    with people(ledger, "admin desk reviewer") as (person,):
        for path in ("/item/pantau/no-1", "/queue/oversight", "/api/v1/items/pantau/no-1"):
            assert "medsos.example" not in person.get(path).text
        assert "Tautan sumber ditahan" in person.get("/item/pantau/no-1").text


def test_new_items_are_announced_and_rows_stay(ledger: Ledger) -> None:
    publish(ledger, Said())
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/queue/answer")
        poll = first(page, ".fresh").attributes["hx-get"]
        assert poll is not None
        assert viewer.get(poll).text.strip() == ""
        publish(ledger, Said(), Said(), first=2)
        assert "2 baru" in viewer.get(poll).text
        assert "3" in first(viewer.page("/counts"), "#count-answer").text()


def test_filters_live_in_the_address_and_say_how_much_they_leave(ledger: Ledger) -> None:
    publish(ledger, Said(), Said(more={"language": "jav"}), Said(more={"language": "jav"}))
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/queue/answer?language=jav&order=reach")
        assert len(page.css(".row")) == 2
        options = {one.text() for one in page.css("#f-language option")}
        assert options == {"Semua", "Jawa (2)", "Indonesia (1)"}
        assert first(page, "#f-language option[selected]").text() == "Jawa (2)"
        orders = [link.attributes["href"] for link in page.css(".orders a")]
        assert all("language=jav" in (href or "") for href in orders)
        assert viewer.get("/queue/answer?order=loudness").status_code == 422


def test_pages_of_a_queue_lead_on_and_back(ledger: Ledger) -> None:
    publish(ledger, *(Said() for _ in range(5)))
    with people(ledger, "viewer") as (viewer,):
        start = viewer.page("/queue/answer?limit=2")
        following = first(start, "a[rel=next]").attributes["href"]
        assert following == "?limit=2&offset=2"
        last = viewer.page("/queue/answer?limit=2&offset=4")
        assert last.css("a[rel=next]") == []
        assert first(last, "a[rel=prev]").attributes["href"] == "?limit=2&offset=2"


def test_english_readers_read_english(ledger: Ledger) -> None:
    publish(ledger, THREAT, Said("emergency", "Tolong, ada yang terjebak!"))
    with people(ledger, "desk reviewer") as (person,):
        person.client.cookies["saring_language"] = "en"
        for path in ("/queue/review", "/item/pantau/no-2", "/none", "/"):
            text = told(person.page(path))
            assert not {"Meja", "Selesai", "Pindahkan", "Mengapa", "Saringan"} & {*text.split()}
