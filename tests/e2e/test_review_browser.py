"""A review in a real browser: two judge, a legal officer signs; by keyboard, and for everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tasks.factors import FACTORS
from tests.browsers import SCHEMES, Scheme, browsing, faults
from tests.desks import people
from tests.judging import judging, publish_acts, words
from workers.law import law_in_force
from workers.ledger import Ledger, open_ledger
from workers.ledger.appeals import appeal_referral
from workers.ledger.cases import cases
from workers.ledger.reviews import judge
from workers.settings import Settings


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """SQLite alone: what the database does is tested elsewhere."""
    opened = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    opened.migrate()
    yield opened
    opened.engine.dispose()


def judged_by_keyboard(page: Page, seq: int, who: str) -> None:
    """From the first field to the button, with Tab, words and a space."""
    page.goto(f"/review/{seq}")
    page.locator("#context").focus()
    said = words(who)
    for factor in FACTORS:
        page.keyboard.type(said[factor])
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # from "no" to "yes"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_two_judge_by_keyboard_and_a_legal_officer_signs(ledger: Ledger) -> None:
    seq, _ = publish_acts(ledger, target="none")
    with people(ledger, "reviewer", "reviewer", "legal") as (one, two, legal):
        with browsing(one) as page:
            judged_by_keyboard(page, seq, "satu")
            expect(page.locator("main")).to_contain_text("Penilaian Anda tersimpan")
        with browsing(two) as page:
            judged_by_keyboard(page, seq, "dua")
            expect(page.locator("main")).to_contain_text("dirujuk kepada pejabat hukum")
        with browsing(legal, scripts=False) as page:
            page.goto("/referrals")
            page.get_by_role("link", name="Rujukan 1").click()
            page.get_by_role("checkbox").check()
            page.get_by_role("button", name="Tandatangani").click()
            expect(page.locator("main")).to_contain_text("ditandatangani")
            with page.expect_download() as taken:
                page.get_by_role("button", name="Ambil sebagai JSON").click()
            assert taken.value.suggested_filename == "rujukan-1.json"
    assert [one.state for one in cases(ledger)] == ["signed"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_open_to_everybody(ledger: Ledger, width: int, scheme: Scheme) -> None:
    law = law_in_force(Settings())
    (first, said), (second, other) = publish_acts(ledger, target="none"), publish_acts(ledger)
    with people(ledger, "reviewer legal", "reviewer", "reviewer") as (one, two, three):
        for who in (two, three):
            judge(ledger, first, who.staff, judging(who.staff.login, said, under=law))
        judge(ledger, second, two.staff, judging(two.staff.login, other, under=law))
        appeal_referral(ledger, 1, three.staff, "itu kutipan dari lagu, bukan ajakan")
        with browsing(one, width, scheme) as page:
            for path in (
                f"/review/{second}",
                f"/review/{first}",
                "/referrals",
                "/referrals/1",
                "/thresholds",
                "/appeals",
                "/appeals/1",
                "/appeals/new?referral=1",
                f"/item/{other.ref}",
            ):
                page.goto(path)
                page.evaluate(
                    "document.querySelectorAll('details').forEach(one => one.open = true)"
                )
                assert faults(page) == [], path
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
