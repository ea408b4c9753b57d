"""The desk's frame: who may open what, in which language, and with which headers."""

import pytest

from tests.desks import Said, people, publish
from workers.desk.rendering import texts
from workers.ledger import Ledger


def test_the_first_page_counts_what_waits(ledger: Ledger) -> None:
    publish(ledger, Said(), Said("complaint"), Said("complaint", narrative="n-2"))
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/")
    cards = [card.text().split() for card in page.css(".card")]
    counts = {words[0]: words[1:3] for words in cards}
    assert counts["Layanan"] == ["2", "menunggu"]
    assert counts["Jawab"] == ["1", "menunggu"]


def test_a_form_without_the_token_is_refused(ledger: Ledger) -> None:
    with people(ledger, "viewer") as (viewer,):
        assert viewer.post("/language", language="en", csrf="").status_code == 403
        answer = viewer.client.post(
            "/language",
            data={"csrf": viewer.csrf, "language": "en"},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403
        assert viewer.post("/language", language="en").status_code == 303
        assert "Service" in viewer.get("/").text


@pytest.mark.parametrize("back", ["//lain.example", "https://lain.example", "/\\lain.example"])
def test_the_switch_of_languages_leads_nowhere_else(ledger: Ledger, back: str) -> None:
    with people(ledger, "viewer") as (viewer,):
        assert viewer.post("/language", language="id", back=back).headers["location"] == "/"


def test_each_text_has_both_languages() -> None:
    assert texts()["base.desks"] == {"id": "Meja kerja", "en": "Desks"}


def test_every_answer_forbids_what_the_pages_do_not_need(ledger: Ledger) -> None:
    with people(ledger, "viewer") as (viewer,):
        for path in ("/", "/healthz", "/tidak-ada"):
            headers = viewer.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"
