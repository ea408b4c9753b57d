"""Chromium in a test, logged in at the desk as somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.desks import Person

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)
CHROMIUM: Final = Path("/usr/bin/chromium")


@contextmanager
def browsing(
    person: Person,
    width: int = 1280,
    scheme: Scheme = "light",
    *,
    scripts: bool = True,
) -> Iterator[Page]:
    """A page of a browser in which this person is logged in; errors of its scripts fail the test.

    Skips where Chromium is not installed.
    """
    if not CHROMIUM.is_file():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    url = str(person.client.base_url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        token = person.client.cookies["saring"]
        context.add_cookies([{"name": "saring", "value": token, "url": url}])
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
        assert errors == []


def faults(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds on the page that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [one for one in found if one["impact"] in ("serious", "critical")]
