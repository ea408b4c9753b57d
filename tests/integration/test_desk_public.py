"""The pages of amplify, answer, service and oversight, over HTTP and on both databases."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode
from sqlalchemy import select
from starlette.requests import Request

from tasks.models import Entity, Publication, Span
from tasks.procedures import Procedure
from tests.desks import Person, Said, people, publish
from workers.desk.page import Desk, Visit
from workers.desk.panel import PANELS
from workers.desk.rendering import Rendering
from workers.ledger import Ledger
from workers.ledger.desk_tables import audit, queue
from workers.ledger.procedures import import_procedures, procedure_history
from workers.ledger.schema import publications
from workers.ledger.sessions import Session
from workers.procedure_files import read_procedures
from workers.samples import PROCEDURES
from workers.settings import Settings

NOW = datetime.now(UTC)
PRAISE = Said(
    "good_news", "Terima kasih Bupati Banyuasin, luar biasa, pemimpin sejati!", written=NOW
)
DEED = Said(
    "good_news",
    "Relawan menyalurkan 300 paket makanan di Kabupaten Lahat. Bu Sri Wahyuni membuka dapur umum.",
    written=NOW - timedelta(hours=10),
)
REPORT = Said(
    "misconduct_report",
    "Nama saya Budi Hartono, guru. Kepala sekolah minta setoran dua juta.",
    target="office_holder",
    platform="facebook",
    account=b"0123456789abcdef",
)
FORM = {
    "id": "ktp-hilang",
    "title": "KTP hilang",
    "questions": "ktp saya hilang\r\n\r\nktp ilang gmn",
    "keywords": "",
    "requirements": "",
    "steps": "Lapor polisi.\nDatang ke loket.",
    "cost": "Gratis",
    "time": "",
    "office": "",
    "link": "https://layanan.example/ktp",
    "languages": "ind",
    "note": "",
}


def samples(ledger: Ledger) -> None:
    import_procedures(
        ledger, [one for one in read_procedures(PROCEDURES) if isinstance(one, Procedure)]
    )


def one(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def exported(answer_text: str) -> list[list[str]]:
    assert answer_text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer_text.removeprefix("\ufeff"), newline="")))


def last_entry(ledger: Ledger) -> tuple[str, str, str]:
    with ledger.read() as connection:
        row = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert row is not None
    return row.actor, row.kind, row.detail


def in_place(ledger: Ledger, text: str, code: str) -> None:
    """Let the item with this text name a place, as `enrich` would have found it."""
    with ledger.write() as connection:
        for row in connection.execute(select(publications)).all():
            held = Publication.model_validate_json(row.body)
            if held.text == text:
                place = Entity(kind="place", name="x", span=Span(start=0, end=1), code=code)
                body = held.model_copy(update={"entities": (place,)}).model_dump_json()
                connection.execute(
                    publications.update().where(publications.c.seq == row.seq).values(body=body)
                )
                connection.execute(
                    queue.update().where(queue.c.seq == row.seq).values(places=f" {code} ")
                )


def test_deeds_come_before_newer_praise_and_private_persons_are_asked(ledger: Ledger) -> None:
    publish(ledger, PRAISE, DEED)
    with people(ledger, "viewer") as (viewer,):
        page = viewer.page("/amplify")
    first, second = page.css(".story")
    assert "Relawan menyalurkan" in first.text()
    assert "Sri Wahyuni" in one(first, ".notice").text()
    assert "Bupati" in second.text()
    assert not second.css(".notice")


def test_the_suggested_text_credits_and_copies_no_whole_text(ledger: Ledger) -> None:
    publish(ledger, DEED)
    with people(ledger, "desk") as (desk,):
        draft = one(desk.page("/amplify"), "textarea").text()
    assert "Sumber: x." in draft
    assert DEED.text not in draft
    assert "Sri" not in draft
    assert "akun resmi Humas" in draft


def test_a_sentence_that_names_a_private_person_is_not_quoted(ledger: Ledger) -> None:
    named = "Bu Sri Wahyuni membuka dapur umum di Kabupaten Lahat selama 5 hari."
    publish(
        ledger,
        Said("good_news", f"{named} Semua tetangga ikut senang dan ikut makan bersama di sana."),
    )
    with people(ledger, "desk") as (desk,):
        draft = one(desk.page("/amplify"), "textarea").text()
    assert "Kabar baik dari Kabupaten Lahat." in draft
    assert "Sri" not in draft


def test_an_official_site_is_marked_by_its_address(ledger: Ledger, tmp_path: Path) -> None:
    (story,) = publish(ledger, DEED)
    file = tmp_path / "resmi.toml"
    file.write_text('version = "1"\nsites = ["lahat.example.go.id"]\n')
    with ledger.write() as connection:
        body = story.model_copy(
            update={"url": "https://www.lahat.example.go.id/1"}
        ).model_dump_json()
        connection.execute(publications.update().values(body=body))
    with people(ledger, "viewer", settings=Settings(official_file=file)) as (viewer,):
        page = viewer.get("/amplify").text
    assert "Dari situs resmi Anda" in page
    assert "https://www.lahat.example.go.id/1" in page
    assert "Tautannya menuju unggahan seseorang" not in page


def test_a_list_that_cannot_be_read_is_said_on_the_page(ledger: Ledger, tmp_path: Path) -> None:
    publish(ledger, DEED)
    file = tmp_path / "resmi.toml"
    file.write_text("sites = 5")
    with people(ledger, "viewer", settings=Settings(official_file=file)) as (viewer,):
        answer = viewer.get("/amplify")
    assert answer.status_code == 422
    assert "resmi.toml" in answer.text


def test_questions_stand_beside_their_page_or_with_none(ledger: Ledger) -> None:
    samples(ledger)
    publish(
        ledger,
        Said("question", "min ktp ku ilang ngurusnya gmn ya"),
        Said("question", "kapan konser band di stadion?", narrative="n-2"),
    )
    with people(ledger, "viewer") as (viewer,):
        rows = [row.text() for row in viewer.page("/answer").css(".asked")]
        tried = viewer.page("/answer?q=lampu%20jalan%20mati%20lapor%20kmn")
    assert any("ilang" in row and "Mengganti KTP" in row for row in rows)
    assert any("konser" in row and "Tidak ada halaman yang cocok." in row for row in rows)
    assert "Melaporkan jalan rusak" in one(tried, ".matches li").text()
    assert "Selengkapnya: https://layanan.example/lapor-jalan" in one(tried, "textarea").text()


def test_a_page_is_written_changed_withdrawn_and_its_history_shown(ledger: Ledger) -> None:
    with people(ledger, "desk") as (desk,):
        made = desk.post("/procedures", **FORM)
        assert (made.status_code, made.headers["location"]) == (303, "/procedures/ktp-hilang")
        form = desk.page("/procedures/ktp-hilang/edit")
        assert one(form, "#steps").text() == "Lapor polisi.\nDatang ke loket."
        desk.post("/procedures/ktp-hilang", **{**FORM, "seen": "1", "title": "KTP raib"})
        assert desk.post("/procedures/ktp-hilang", **{**FORM, "seen": "1"}).status_code == 409
        desk.post("/procedures/ktp-hilang/withdraw", seen="2")
        page = desk.page("/procedures/ktp-hilang")
    held = procedure_history(ledger, "ktp-hilang")
    assert [(one.procedure.title, one.withdrawn) for one in held] == [
        ("KTP raib", True),
        ("KTP raib", False),
        ("KTP hilang", False),
    ]
    assert held[2].procedure.questions == ("ktp saya hilang", "ktp ilang gmn")
    assert len(page.css(".history > li")) == 3
    assert "ditarik" in one(page, ".notice").text()


@pytest.mark.parametrize(
    ("field", "value"),
    [("link", "bukan alamat"), ("link", "javascript:alert(1)"), ("title", " "), ("id", "KTP")],
)
def test_a_form_that_cannot_be_saved_keeps_what_was_typed(
    ledger: Ledger, field: str, value: str
) -> None:
    with people(ledger, "desk") as (desk,):
        answer = desk.post("/procedures", **{**FORM, field: value})
    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    assert "ktp ilang gmn" in answer.text


def test_a_new_page_cannot_bear_the_address_of_the_form(ledger: Ledger) -> None:
    with people(ledger, "desk") as (desk,):
        assert desk.post("/procedures", **{**FORM, "id": "new"}).status_code == 422
        assert desk.get("/procedures/tidak-ada").status_code == 404
        assert desk.post("/procedures/ktp/withdraw", seen="x").status_code == 422


def test_who_only_looks_finds_no_button_that_is_refused(ledger: Ledger) -> None:
    samples(ledger)
    publish(ledger, Said("complaint", "jalan berlubang"))
    with people(ledger, "viewer") as (viewer,):
        for path in ("/procedures", "/procedures/paspor", "/service", "/answer?q=konser"):
            links = [one.attributes.get("href") for one in viewer.page(path).css("a")]
            forms = [one.attributes.get("action") for one in viewer.page(path).css("form")]
            assert not [one for one in links if one and one.endswith(("/new", "/edit"))]
            assert "/oversight" not in links
            assert not [one for one in forms if one and one.endswith(("/export", "/withdraw"))]


def test_complaints_stand_in_groups_that_can_be_opened(ledger: Ledger) -> None:
    publish(
        ledger,
        Said("complaint", "Jalan di Sako berlubang", written=NOW),
        Said("complaint", "jln sako rusak, lubangnya dalam", narrative="n-2", written=NOW),
        Said("complaint", "PDAM mati", narrative="n-3", written=NOW - timedelta(days=9)),
    )
    in_place(ledger, "Jalan di Sako berlubang", "16.71.09")
    in_place(ledger, "jln sako rusak, lubangnya dalam", "16.71.09")
    with people(ledger, "viewer") as (viewer,):
        rows = viewer.page("/service").css("tbody tr")
        link = one(rows[0], "a").attributes["href"]
        found = viewer.page(link or "").css(".asked")
        none = viewer.page("/service?place=none").css(".asked")
    assert len(rows) == 2
    assert "Jalan dan jembatan" in rows[0].text()
    assert "▲ 2" in rows[0].text()
    assert len(found) == 2
    assert ["PDAM" in one.text() for one in none] == [True]


def test_the_export_holds_what_was_chosen_no_formula_and_is_in_the_log(ledger: Ledger) -> None:
    publish(
        ledger,
        Said("complaint", "=HYPERLINK jalan berlubang", account=b"0123456789abcdef"),
        Said("complaint", "PDAM mati", narrative="n-2"),
    )
    with people(ledger, "desk") as (desk,):
        rows = exported(desk.post("/service/export", subject="roads", place="<script>").text)
        assert last_entry(ledger) == (
            desk.staff.id,
            "export.service",
            '{"count":1,"subject":"roads"}',
        )
    assert len(rows) == 2
    assert rows[1][rows[0].index("isi")] == "'=HYPERLINK jalan berlubang"
    assert "akun" not in " ".join(rows[0])


def test_nothing_of_oversight_tells_who_wrote(ledger: Ledger) -> None:
    (report,) = publish(ledger, replace(REPORT, written=datetime(2026, 11, 20, 3, 41, tzinfo=UTC)))
    with ledger.write() as connection:
        url = "https://facebook.com/permalink.php?story_fbid=998877"
        body = report.model_copy(update={"url": url}).model_dump_json()
        connection.execute(publications.update().values(body=body))
    told = ("Budi", "Hartono", "facebook", "998877", report.id, report.source, "10.41", "03:41")
    with people(ledger, "desk") as (desk,):
        page = desk.page("/oversight")
        file = desk.post("/oversight/export").text
        log = " ".join(last_entry(ledger))
        panel = rendered_panel(ledger, desk, report)
    for shown in (one(page, "main").html or "", file, log, panel):
        assert not [one for one in told if one in shown]
    assert "[PELAPOR], guru" in page.text()
    assert exported(file)[1][1] == "20 Nov 2026"
    assert "SP4N-LAPOR!" in page.text()
    assert "belum diperiksa" in page.text()


def test_reports_are_for_those_who_must_know_them(ledger: Ledger) -> None:
    with people(ledger, "viewer", "reviewer", "admin", "legal", "desk") as everybody:
        allowed = [one.get("/oversight").status_code == 200 for one in everybody]
    assert allowed == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (DEED, "Minta persetujuan dahulu."),
        (
            Said("question", "ktp saya hilang, ngurusnya gmn?"),
            "Selengkapnya: https://layanan.example/ktp-hilang",
        ),
        (Said("question", "kapan konser band?"), "Tidak ada halaman yang cocok."),
        (Said("complaint", "jalan berlubang"), "1 menunggu"),
        (REPORT, "Kanal pengaduan"),
    ],
)
def test_each_desk_has_a_panel_for_the_page_of_an_item(
    ledger: Ledger, said: Said, shown: str
) -> None:
    samples(ledger)
    (item,) = publish(ledger, said)
    with people(ledger, "desk") as (desk,):
        assert shown in rendered_panel(ledger, desk, item)


def rendered_panel(ledger: Ledger, person: Person, publication: Publication) -> str:
    """The panel of a publication's desk, as the page of the item includes it."""
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": []})
    session = Session(person.staff, person.csrf)
    visit = Visit(Desk(Settings(), ledger, Rendering()), request, session, {})
    values = PANELS[publication.desk](visit, publication)
    return bytes(visit.render(f"panel/{publication.desk}.html", panel=values).body).decode()
