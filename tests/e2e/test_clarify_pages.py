"""Clarifications in a real browser: written with a live preview, published, looked at."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tasks.factcheck import Source
from tests.browsers import SCHEMES, Scheme, browsing, faults
from tests.desks import Person, Said, people, publish
from tests.factchecks import check
from workers.ledger import open_ledger
from workers.ledger.factchecks import store

CHECK = check(
    clarification="Jembatan berdiri. Ia diperbaiki.\n\nFoto lama dipakai.\n\nJembatan aman.",
    sources=(Source(title="Balai Jalan: hasil periksa", url="https://balai.example/1"),),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Person, Person, str]]:
    """Two people and the address of a draft that one of them made; one source lacks."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    ledger.migrate()
    store(ledger, [CHECK])
    (item,) = publish(ledger, Said("rumour", "Katanya mau roboh", written=datetime.now(UTC)))
    with people(ledger, "desk", "desk") as (ani, budi):
        made = ani.post("/clarify", ref=item.ref, claim_id=CHECK.id)
        yield ani, budi, made.headers["location"].removesuffix("/edit")
    ledger.engine.dispose()


def test_the_preview_follows_the_form_and_a_second_person_publishes(
    desk: tuple[Person, Person, str],
) -> None:
    ani, budi, address = desk
    with browsing(ani) as page:
        page.goto(f"{address}/edit")
        page.get_by_label("Judul: faktanya").fill("Jembatan kokoh berdiri")
        expect(page.locator("#preview .headline")).to_have_text("Jembatan kokoh berdiri")
        expect(page.locator("#preview [role=status]")).to_have_text("1 hal belum beres.")
        page.get_by_label("Penerbit sumber 3").fill("Kampus Contoh")
        page.get_by_label("Alamat sumber 3", exact=True).fill("https://kampus.example/uji")
        expect(page.locator("#preview [role=status]")).to_contain_text("Lengkap")
        page.get_by_role("button", name="Simpan draf").click()
        expect(page.locator(".sheet .headline")).to_have_text("Jembatan kokoh berdiri")
        expect(page.get_by_role("button", name="Terbitkan")).to_have_count(0)
    with browsing(budi) as page:
        page.goto(address)
        page.get_by_label("Saya paham sarannya").check()
        page.get_by_role("button", name="Terbitkan").click()
        expect(page.locator(".tags")).to_contain_text("Terbit")
        pictures = page.locator(".pictures img")
        expect(pictures).to_have_count(2)
        for picture in pictures.all():
            assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
        button = page.get_by_role("button", name="Salin: Teks lengkap")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button.click()
        expect(page.locator("#copied")).to_have_text("Tersalin")
        held = page.evaluate("navigator.clipboard.readText()")
        assert held == page.locator("#export-long").input_value()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_keep_nobody_out_and_fit(
    desk: tuple[Person, Person, str], width: int, scheme: Scheme
) -> None:
    _, budi, address = desk
    with browsing(budi, width, scheme) as page:
        for path in ("/clarifications", address, f"{address}/edit"):
            page.goto(path)
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_a_draft_is_saved_all_the_same(desk: tuple[Person, Person, str]) -> None:
    ani, _, address = desk
    with browsing(ani, scripts=False) as page:
        page.goto(f"{address}/edit")
        page.get_by_label("Judul: faktanya").fill("Jembatan kokoh berdiri")
        page.get_by_role("button", name="Simpan draf").click()
        expect(page.locator(".sheet .headline")).to_have_text("Jembatan kokoh berdiri")
