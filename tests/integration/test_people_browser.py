"""Login, links and staff in a real browser: what scripts and style sheets make of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsers import CHROMIUM
from tests.desks import Person, people
from workers.ledger import Ledger, open_ledger
from workers.ledger.credentials import make_link, use_link
from workers.ledger.staff import add_staff, disable

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "kopi susu tetangga jauh"
SIZES: Any = [{"width": 1280, "height": 800}, {"width": 390, "height": 844}]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """One kind of database is enough for a browser."""
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    opened.migrate()
    yield opened
    opened.engine.dispose()


@pytest.fixture
def admin(ledger: Ledger) -> Iterator[Person]:
    """An admin at a desk with staff in every state."""
    with people(ledger, "admin") as (one,):
        for login, name in (("sri", "Sri Wahyuni Lestari"), ("made", "I Made Contoh")):
            made = add_staff(ledger, login, name, ["desk", "reviewer"])
            use_link(ledger, make_link(ledger, made.id), PASSWORD)
        disable(ledger, made.id)
        make_link(ledger, add_staff(ledger, "butet", "Butet Contoh", ["legal", "viewer"]).id)
        yield one


@contextmanager
def opened(chromium: Browser, person: Person, **options: Any) -> Iterator[Page]:
    """A tab in which nobody is logged in; no script may fail and nothing be blocked in it."""
    context = chromium.new_context(base_url=str(person.client.base_url), **options)
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    context.close()
    # Chromium itself says so of a form that was refused.
    assert [one for one in said if "the server responded with a status of 4" not in one] == []


def log_in(tab: Page, person: Person) -> None:
    """Give the tab the session of this person."""
    url, token = str(person.client.base_url), person.client.cookies["saring"]
    tab.context.add_cookies([{"name": "saring", "value": token, "url": url}])


def check_accessible(tab: Page) -> None:
    found = Axe().run(tab)
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    wider = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, "the page must not scroll sideways"


def test_a_link_is_taken_from_the_address_and_leaves_no_trace(
    chromium: Browser, admin: Person, ledger: Ledger
) -> None:
    secret = make_link(ledger, add_staff(ledger, "budi", "Budi", ["desk"]).id)
    with opened(chromium, admin) as tab:
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
        tab.goto(f"/link#{secret}")
        assert tab.url.endswith("/link")
        assert not tab.get_by_label("Kode tautan").is_visible()
        tab.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        tab.get_by_label("Ulangi kata sandi baru").fill(PASSWORD)
        tab.get_by_label("Tampilkan kata sandi").check()
        assert tab.get_by_label("Kata sandi baru", exact=True).get_attribute("type") == "text"
        tab.get_by_role("button", name="Simpan dan masuk").click()
        tab.get_by_role("link", name="Budi").wait_for()
        assert not [one for one in asked if secret in one], "in no address and no header"
        tab.go_back()
        assert secret not in tab.url + tab.content()


def test_without_scripts_the_code_is_typed(
    chromium: Browser, admin: Person, ledger: Ledger
) -> None:
    secret = make_link(ledger, add_staff(ledger, "budi", "Budi", ["desk"]).id)
    with opened(chromium, admin, java_script_enabled=False) as tab:
        tab.goto("/link")
        tab.get_by_label("Kode tautan").fill(secret)
        tab.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        tab.get_by_label("Ulangi kata sandi baru").fill(PASSWORD)
        tab.keyboard.press("Enter")
        tab.get_by_role("link", name="Budi").wait_for()


def test_logging_in_by_keyboard_out_and_in_again(chromium: Browser, admin: Person) -> None:
    with opened(chromium, admin) as tab:
        tab.goto("/account")
        tab.keyboard.type("sri")
        tab.keyboard.press("Tab")
        tab.keyboard.type(PASSWORD)
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Akun saya").wait_for()
        tab.get_by_role("button", name="Keluar", exact=True).click()
        tab.get_by_role("heading", name="Masuk").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["1280", "390"])
def test_the_pages_keep_nobody_out(
    chromium: Browser, admin: Person, scheme: Any, size: Any
) -> None:
    with opened(chromium, admin, color_scheme=scheme, viewport=size) as tab:
        for path in ("/login", "/link"):
            tab.goto(path)
            check_accessible(tab)
        tab.get_by_label("Kode tautan").fill("x")
        tab.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        tab.get_by_label("Ulangi kata sandi baru").fill(PASSWORD)
        tab.keyboard.press("Enter")
        tab.get_by_role("alert").wait_for()
        check_accessible(tab)
        tab.goto("/login")
        log_in(tab, admin)
        tab.goto("/account?done=1")
        check_accessible(tab)
        tab.goto("/people?done=roles")
        tab.get_by_text("Ubah").first.click()
        check_accessible(tab)
        tab.get_by_role("button", name="Buat tautan baru").first.click()
        tab.get_by_label("Tautan sekali pakai").wait_for()
        check_accessible(tab)
