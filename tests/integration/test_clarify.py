"""Clarifications over real HTTP: drafted, edited, published by a second person, exported."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from starlette.requests import Request

from tasks.factcheck import Source
from tasks.models import Claim
from tests.clarifications import clarification
from tests.desks import Person, Said, people, publish
from tests.factchecks import check, one, read
from workers.desk.clarify.panel import panel
from workers.desk.page import Desk, Visit
from workers.desk.rendering import Rendering
from workers.ledger import Ledger
from workers.ledger.audit import START
from workers.ledger.clarifications import about, history, start
from workers.ledger.desk_tables import audit
from workers.ledger.factchecks import store, withdraw
from workers.ledger.narratives import forward_all
from workers.ledger.published import published
from workers.ledger.sessions import session
from workers.ledger.spread import spread
from workers.settings import Settings

CHECK = check(
    clarification="Jembatan berdiri. Ia diperbaiki.\n\nFoto lama dipakai.\n\nJembatan aman.",
    sources=(
        Source(title="Balai Jalan: hasil periksa", url="https://balai.example/1"),
        Source(title="Kampus Contoh: uji beton", url="https://kampus.example/2"),
    ),
)
SETTINGS = Settings(
    institution="Pemerintah Kota Contoh", institution_aliases="Pemkot Contoh; contoh.go.id"
)
TEXT = "Katanya jembatan nomor 1 mau dirobohkan, xqz"


@contextmanager
def two(ledger: Ledger, *more: str) -> Iterator[list[Person]]:
    """Two people of the desk, a library with one check, and whoever else."""
    store(ledger, [CHECK])
    with people(ledger, "desk", "desk", *more, settings=SETTINGS) as found:
        yield found


def told(ledger: Ledger, items: int = 1, text: str = TEXT, narrative: str = "n-1") -> str:
    """Publish items of a narrative, written just now; returns the ref of the first."""
    now = datetime.now(UTC)
    said = [Said("rumour", text, narrative=narrative, written=now) for _ in range(items)]
    return publish(ledger, *said)[0].ref


def begin(person: Person, ref: str, **form: str) -> str:
    """Make a draft; returns its address."""
    answer = person.post("/clarify", ref=ref, **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/edit")


def form_of(person: Person, address: str) -> dict[str, str]:
    """What the editor would send as it stands."""
    page = person.page(f"{address}/edit")
    found = {}
    for field in page.css("#editor [name]"):
        name = field.attributes["name"] or ""
        if field.tag == "textarea":
            found[name] = field.text(strip=False)
        elif field.tag == "select":
            chosen = field.css_first("option[selected]")
            assert chosen is not None
            found[name] = chosen.attributes["value"] or ""
        elif field.attributes.get("type") != "checkbox":
            found[name] = field.attributes.get("value") or ""
    found.pop("csrf")
    return found


def part(page: LexborHTMLParser, selector: str) -> str:
    """The text of the first element that the selector finds; it must be there."""
    found = page.css_first(selector)
    assert found is not None, selector
    return found.text()


def log(ledger: Ledger) -> list[tuple[str, str, dict[str, Any]]]:
    """The audit log: actor, kind, detail."""
    with ledger.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.number)).all()
    assert not rows or rows[0].previous == START
    return [
        (row.actor, row.kind, json.loads(row.detail))
        for row in rows
        if not row.kind.startswith("staff.")
    ]


def test_from_an_item_to_a_published_clarification(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 30), claim_id=CHECK.id)
        assert ani.post(f"{address}/publish", revision="1").status_code == 422
        assert budi.post(f"{address}/publish", revision="1").status_code == 303
        page = budi.page(address)
        assert "Terbit" in page.css(".tag")[0].text()
        assert "DRAF" not in part(page, "#export-short")
        assert page.css_first("form[action$=publish]") is None
        name = address.rpartition("/")[2]
        assert [one.state for one in history(ledger, name)] == ["draft", "published"]
    kinds = [(actor == ani.staff.id, kind) for actor, kind, _ in log(ledger)]
    assert kinds == [(True, "clarification.drafted"), (False, "clarification.published")]
    detail = log(ledger)[1][2]
    assert detail["claim_id"] == CHECK.id
    assert (detail["reach"], detail["threshold"], detail["below"]) == (30, 24, False)
    assert "jembatan" not in json.dumps(log(ledger)).lower()


def test_below_the_reach_threshold_the_desk_advises_not_to_amplify(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 3), claim_id=CHECK.id)
        assert "3 butir dalam 24 jam (ambang 24)" in budi.page(address).text()
        refused = budi.post(f"{address}/publish", revision="1")
        assert refused.status_code == 422
        assert "di bawah ambang" in refused.text
        assert budi.post(f"{address}/publish", revision="1", go_on="yes").status_code == 303
    assert [entry[2].get("below") for entry in log(ledger)] == [True, True]


def test_what_lacks_is_named_and_not_published(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 30))
        refused = budi.post(f"{address}/publish", revision="1")
        assert refused.status_code == 422
        assert "Ada dua sumber yang tidak saling bergantung" in refused.text
        page = budi.page(address)
        assert "Kabar belum terverifikasi" in page.text()
        assert "5 hal belum beres" in page.text()
        assert "xqz" not in (page.html or "")


def test_an_edit_is_previewed_and_saved_and_a_stale_one_refused(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 30), claim_id=CHECK.id)
        form = {**form_of(ani, address), "headline": "Jembatan kokoh", "url_1": ""}
        shown = budi.post(f"{address}/preview", **form).text
        assert "Jembatan kokoh" in shown
        assert "1 hal belum beres" in shown
        assert "yang satu mengutip yang lain" in shown
        assert len(history(ledger, address.rpartition("/")[2])) == 1
        assert budi.post(f"{address}/edit", **{**form, "url_1": ""}).status_code == 303
        assert ani.post(f"{address}/edit", **form).status_code == 409
        assert ani.post(f"{address}/publish", revision="1").status_code == 422
        page = ani.page(address)
        assert "Jembatan kokoh" in part(page, ".headline")
        assert "Revisi 2" in page.text()


def test_a_handle_in_the_claim_is_masked(ledger: Ledger) -> None:
    with two(ledger) as (ani, _):
        address = begin(ani, told(ledger))
        form = {**form_of(ani, address), "claim": "Kata @warga_xqz jembatan akan dirobohkan."}
        assert ani.post(f"{address}/edit", **form).status_code == 303
        assert "Kata [AKUN] jembatan" in part(ani.page(address), "blockquote")
        assert "xqz" not in history(ledger, address.rpartition("/")[2])[-1].body.claim


def test_a_changed_source_makes_two_and_the_last_writer_cannot_publish(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 30), claim_id=CHECK.id)
        assert budi.post(f"{address}/edit", **form_of(budi, address)).status_code == 303
        refused = budi.post(f"{address}/publish", revision="2")
        assert refused.status_code == 422
        assert "empat mata" in refused.text
        assert ani.post(f"{address}/publish", revision="2").status_code == 303
        # Edited after publication, it is a draft again, and its exports say so.
        assert ani.post(f"{address}/edit", **form_of(ani, address)).status_code == 303
        assert "Ada draf baru" in ani.page(address).text()
        assert "DRAF" in part(ani.page(address), "#export-short")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"url_0": "balai"}, "Sumber 1"),
        ({"language": "xx"}, "language"),
        ({"page": "bukan alamat"}, "page"),
        ({"headline": "a" * 301}, "headline"),
        ({"revision": "7"}, "revision"),
    ],
)
def test_a_wrong_field_is_named(ledger: Ledger, changes: dict[str, str], named: str) -> None:
    with two(ledger) as (ani, _):
        address = begin(ani, told(ledger), claim_id=CHECK.id)
        answer = ani.post(f"{address}/edit", **{**form_of(ani, address), **changes})
        assert answer.status_code == 422
        assert named in answer.text


def test_a_claim_about_the_institution_is_an_official_statement_everywhere(ledger: Ledger) -> None:
    ours = CHECK.model_copy(update={"claim": "Pemkot Contoh merobohkan jembatan."})
    store(ledger, [ours])
    with people(ledger, "desk", settings=SETTINGS) as (ani,):
        address = begin(ani, told(ledger), claim_id=ours.id)
        form = form_of(ani, address)
        assert "declared" not in form  # the box is ticked, and cannot be changed
        saved = ani.post(f"{address}/edit", **{**form, "claim": "Kabar lain tentang jembatan."})
        assert saved.status_code == 303
        page = ani.page(address)
        mark = "Pernyataan resmi pihak yang berkepentingan"
        assert "Tanda ini tidak dapat dilepas" in page.text()
        for box in ("alt", "short", "thread", "long", "claimreview"):
            assert mark in part(page, f"#export-{box}"), box
        assert mark in part(page, ".sheet")
        document = ani.get(f"{address}/claimreview.jsonld").json()
        assert document["author"]["name"] == "Pemerintah Kota Contoh"
        assert mark in document["reviewRating"]["ratingExplanation"]


def test_a_person_may_declare_the_interest(ledger: Ledger) -> None:
    with two(ledger) as (ani, _):
        address = begin(ani, told(ledger), claim_id=CHECK.id)
        assert "berkepentingan" not in part(ani.page(address), ".sheet")
        form = {**form_of(ani, address), "declared": "yes"}
        assert ani.post(f"{address}/edit", **form).status_code == 303
        assert "berkepentingan" in part(ani.page(address), ".sheet")


def test_a_withdrawn_fact_check_stops_the_publication(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        ref = told(ledger, 30)
        address = begin(ani, ref, claim_id=CHECK.id)
        withdraw(ledger, CHECK.id, "ditarik penerbitnya")
        assert "sudah ditarik atau berubah" in budi.page(address).text()
        assert budi.post(f"{address}/publish", revision="1").status_code == 422
        assert ani.post("/clarify", ref=ref, claim_id=CHECK.id).status_code == 422


def test_a_withdrawn_clarification_stays_on_record_and_is_no_longer_valid(ledger: Ledger) -> None:
    with two(ledger) as (ani, budi):
        address = begin(ani, told(ledger, 30), claim_id=CHECK.id)
        assert budi.post(f"{address}/publish", revision="1").status_code == 303
        assert ani.post(f"{address}/withdraw", revision="1").status_code == 409
        assert ani.post(f"{address}/withdraw", revision="2").status_code == 303
        assert ani.post(f"{address}/withdraw", revision="3").status_code == 409
        assert "DRAF" in part(ani.page(address), "#export-short")
        assert "Ditarik" in ani.page("/clarifications").text()


def test_a_draft_in_english_speaks_english(ledger: Ledger) -> None:
    with two(ledger) as (ani, _):
        address = begin(ani, told(ledger), claim_id=CHECK.id, language="en")
        page = ani.page(address)
        assert page.css(".sheet[lang=en]")
        assert "Be careful" in part(page, ".sheet")
        assert part(page, "#export-short").startswith("DRAFT")
        assert "terjemahkan sebelum terbit" in part(ani.page(f"{address}/edit"), "main")


def test_the_files_are_pictures_and_a_claim_review_that_our_import_reads(
    ledger: Ledger, tmp_path: Path
) -> None:
    with two(ledger, "viewer") as (ani, budi, viewer):
        address = begin(ani, told(ledger, 30), claim_id=CHECK.id)
        assert budi.post(f"{address}/publish", revision="1").status_code == 303
        for file, kind in (("square.png", "image/png"), ("wide.svg", "image/svg+xml")):
            answer = viewer.get(f"{address}/card/{file}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        for file in ("square.gif", "round.png", "square"):
            assert viewer.get(f"{address}/card/{file}").status_code == 404
        saved = tmp_path / "ekspor.jsonld"
        saved.write_bytes(viewer.get(f"{address}/claimreview.jsonld").content)
    back = one(read(saved))
    assert (back.claim, back.subtype, back.outcome) == (CHECK.claim, "fabricated", "refuted")
    assert back.url.endswith(address)


def test_who_may_only_look_cannot_write(ledger: Ledger) -> None:
    with two(ledger, "viewer") as (ani, _, viewer):
        ref = told(ledger)
        address = begin(ani, ref, claim_id=CHECK.id)
        assert viewer.post("/clarify", ref=ref).status_code == 403
        for page in ("edit", "preview", "publish", "withdraw"):
            assert viewer.post(f"{address}/{page}", revision="1").status_code == 403
        assert "/edit" not in viewer.get(address).text
        assert viewer.page("/clarifications").css("a[href='" + address + "']")


def test_what_is_not_there_is_not_found(ledger: Ledger) -> None:
    with two(ledger) as (ani, _):
        assert ani.get("/clarify/tidak-ada").status_code == 404
        assert ani.post("/clarify", ref="tidak/ada").status_code == 404
        assert "Belum ada klarifikasi" in ani.page("/clarifications").text()


def test_the_panel_shows_checks_in_force_the_reach_and_what_is_there(ledger: Ledger) -> None:
    with two(ledger) as (ani, _):
        ref = told(ledger, 2)
        address = begin(ani, ref, claim_id=CHECK.id)
        html = panel_html(ledger, ani, ref)
        assert "Buat draf dari pemeriksaan ini" in html
        assert "Baru 2 butir dalam 24 jam" in html
        assert address in html
        assert html.count('action="/clarify"') == 2
        withdraw(ledger, CHECK.id, "ditarik")
        html = panel_html(ledger, ani, ref)
        assert "tidak berlaku lagi" in html
        assert html.count('action="/clarify"') == 1


def panel_html(ledger: Ledger, person: Person, ref: str) -> str:
    """What the item's page shows of an item that matches CHECK."""
    matched = Claim(claim_id=CHECK.id, verdict=CHECK.verdict, score=0.8, claim=CHECK.claim)
    found = published(ledger, *ref.split("/", 1))
    assert found is not None
    desk = Desk(SETTINGS, ledger, Rendering())
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": []})
    visit = Visit(desk, request, session(ledger, person.client.cookies["saring"]), {})
    values = panel(visit, found.publication.model_copy(update={"claims": (matched,)}))
    return desk.rendering.render("panel/clarify.html", "id", visit=visit, panel=values)


def test_the_reach_counts_a_day_of_all_ids_of_the_narrative(ledger: Ledger) -> None:
    now = datetime.now(UTC)
    old = now - timedelta(hours=25)
    publish(
        ledger,
        Said("rumour", "satu", narrative="n-1", written=now),
        Said("rumour", "dua", narrative="n-2", written=now),
        Said("rumour", "tiga", narrative="n-2", written=old),
        Said("rumour", "lain", narrative="n-3", written=now),
    )
    forward_all(ledger, ["n-2"], "n-1")
    assert spread(ledger, "n-2", 2).items == spread(ledger, "n-1", 2).items == 2
    assert not spread(ledger, "n-1", 2).below
    assert spread(ledger, "n-1", 3).below
    assert spread(ledger, "tidak-ada", 1).items == 0


def test_clarifications_are_found_by_any_id_of_their_narrative_or_by_claim(ledger: Ledger) -> None:
    first = start(ledger, clarification(), "n-2", "staff/ani", None)
    forward_all(ledger, ["n-2"], "n-1")
    assert [found.id for found in about(ledger, "n-1", ())] == [first]
    assert [found.id for found in about(ledger, "n-9", (check().id,))] == [first]
    assert about(ledger, "n-9", ()) == []
