"""The desk in a real browser: decided by keyboard, by mouse, and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import SCHEMES, Scheme, browsing, faults
from tests.desks import Person, Said, people, publish
from workers.ledger import Ledger, open_ledger
from workers.ledger.decided import undoable
from workers.ledger.queues import lengths

THREAT = Said("incitement_threat", "Serang mereka di pasar besok.", target="protected_group")


@pytest.fixture
def ledger(tmp_path: object) -> Iterator[Ledger]:
    """SQLite alone: what the database does is tested elsewhere."""
    opened = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    opened.migrate()
    yield opened
    opened.engine.dispose()


@pytest.fixture
def desk(ledger: Ledger) -> Iterator[Person]:
    publish(
        ledger,
        *(Said(text=f"Kapan loket {number} buka?", narrative=f"n-{number}") for number in range(4)),
        Said("abusive", "Dasar bodoh semua.", more={"desk": "answer"}),
        Said("criticism", "Pelayanannya payah."),
        THREAT,
    )
    with people(ledger, "desk reviewer") as (person,):
        yield person


def focused(page: Page) -> str | None:
    """The row that has the focus."""
    row: str | None = page.evaluate("document.activeElement.closest('.row')?.id")
    return row


def test_items_are_decided_by_keyboard(ledger: Ledger, desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/answer?order=waiting")
        rows = page.locator(".row")
        for key, row in (("j", "item-1"), ("j", "item-2"), ("j", "item-3"), ("k", "item-2")):
            page.keyboard.press(key)
            assert focused(page) == row
        page.keyboard.press("e")
        expect(page.locator("#item-2")).to_have_count(0)
        expect(page.locator("#toast")).to_contain_text("pantau/no-2 ditandai selesai.")
        expect(page.locator("#item-3 [data-row]")).to_be_focused()
        expect(page.locator("#total")).to_have_text("4 menunggu")
        page.keyboard.press("x")
        expect(page.locator("#toast")).to_contain_text("pantau/no-3 diabaikan.")
        expect(page.locator("#item-4 [data-row]")).to_be_focused()
        page.keyboard.press("u")
        expect(page.locator("#item-3 [data-row]")).to_be_focused()
        expect(rows).to_have_count(4)
        page.keyboard.press("m")
        expect(page.locator("#item-3 .menu button").first).to_be_focused()
        page.keyboard.press("4")
        expect(page.locator("#toast")).to_contain_text("pantau/no-3 dipindahkan ke Layanan.")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/item/pantau/no-4$"))
        page.keyboard.press("e")
        expect(page.locator("#toast")).to_contain_text("pantau/no-4 ditandai selesai.")
    assert lengths(ledger) == {"answer": 2, "service": 1, "review": 1}
    assert len(undoable(ledger, desk.staff.id)) == 3


def test_the_last_row_leaves_the_focus_on_the_heading(desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/answer?act=abusive")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.locator("#heading")).to_be_focused()
        expect(page.locator(".nothing")).to_be_visible()


def test_harmful_text_is_shown_when_asked_for(desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/review")
        expect(page.get_by_text(THREAT.text)).to_be_hidden()
        page.keyboard.press("b")
        expect(page.get_by_text(THREAT.text)).to_be_visible()
        page.keyboard.press("b")
        expect(page.get_by_text(THREAT.text)).to_be_hidden()
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(page).to_have_url(re.compile("/review/7$"))


def test_somebody_faster_is_told_and_the_row_stays(ledger: Ledger, desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/answer?order=waiting")
        seen = page.locator("#item-1 input[name=seen]").first.get_attribute("value")
        desk.post("/decide/1", kind="handled", at="answer", seen=seen or "")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.locator("#toast")).to_contain_text("Sudah didahului")
        expect(page.locator("#item-1")).to_have_class(re.compile("stale"))


def test_help_and_filters_have_keys_and_fields_do_not_decide(desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/answer")
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("e")
        page.keyboard.press("Escape")
        expect(page.locator("#help")).to_be_hidden()
        page.keyboard.press("/")
        expect(page.locator("#f-place")).to_be_focused()
        page.keyboard.press("j")
        expect(page.locator(".row")).to_have_count(5)
        page.goto("/item/pantau/no-1")
        page.locator("#note").press_sequentially("exjm")
        expect(page.locator("#note")).to_have_value("exjm")


def test_new_items_are_announced_while_one_reads(ledger: Ledger, desk: Person) -> None:
    with browsing(desk) as page:
        page.goto("/queue/answer")
        page.keyboard.press("j")
        first = focused(page)
        publish(ledger, Said(), Said(), first=20)
        expect(page.locator(".fresh")).to_contain_text("2 baru", timeout=15_000)
        expect(page.locator("#count-answer")).to_have_text("7", timeout=15_000)
        assert focused(page) == first
        expect(page.locator(".row")).to_have_count(5)
        page.keyboard.press("n")
        expect(page.locator(".row")).to_have_count(7)


def test_everything_can_be_done_without_scripts(ledger: Ledger, desk: Person) -> None:
    with browsing(desk, 390, scripts=False) as page:
        page.goto("/queue/answer?order=waiting")
        page.locator("#item-1").get_by_role("button", name="Selesai").click()
        expect(page.locator("#toast")).to_contain_text("pantau/no-1 ditandai selesai.")
        page.locator("#toast").get_by_role("button").click()
        page.locator("#item-1 .move summary").click()
        page.locator("#item-1 .menu").get_by_role("button", name="Layanan").click()
        expect(page.locator(".row")).to_have_count(4)
        page.goto("/none")
        page.locator("#item-6 .move summary").click()
        page.locator("#item-6 .menu").get_by_role("button", name="Jawab").click()
        expect(page.locator(".row")).to_have_count(0)
    assert lengths(ledger) == {"answer": 5, "service": 1, "review": 1}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_are_accessible_and_fit(desk: Person, width: int, scheme: Scheme) -> None:
    with browsing(desk, width, scheme) as page:
        for path in (
            "/",
            "/queue/answer?language=ind",
            "/queue/review",
            "/none",
            "/item/pantau/no-1",
        ):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert faults(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
