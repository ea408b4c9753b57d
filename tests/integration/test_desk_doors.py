"""Every route of the desk, tried by whoever may not open it."""

import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from starlette.routing import Mount, Route

from tests.desks import Person, log_in, people
from workers.desk import create_desk
from workers.desk.app import pages
from workers.desk.page import EVERYBODY, Page
from workers.ledger import Ledger
from workers.ledger.desk_tables import ROLES
from workers.settings import Settings

FOR_ANYBODY: Final = {
    ("GET", "/healthz"),
    ("POST", "/language"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/link"),
    ("POST", "/link"),
}
"""The pages that need no session. Whoever adds one must want it here too."""


def test_only_these_pages_are_for_anybody() -> None:
    assert {(one.method, one.path) for one in pages() if one.roles is None} == FOR_ANYBODY


def test_every_other_page_names_roles_that_exist() -> None:
    for page in pages():
        assert page.roles is None or (page.roles and page.roles <= set(ROLES)), page.path


def test_no_route_is_registered_but_pages_and_static(ledger: Ledger) -> None:
    app = create_desk(Settings(), ledger)
    routes = [one for one in app.routes if isinstance(one, Route)]
    mounts = [one for one in app.routes if isinstance(one, Mount)]
    assert len(routes) + len(mounts) == len(app.routes)
    assert [one.path for one in mounts] == ["/static"]
    addresses = [(one.path, method) for one in routes for method in (one.methods or ())]
    known = {(one.path, one.method) for one in pages()}
    assert set(addresses) - {(path, "HEAD") for path, _ in known} == known
    assert len(addresses) == len(set(addresses)), "an address is registered twice"


@pytest.fixture
def everybody(ledger: Ledger) -> Iterator[list[Person]]:
    """One person of each role, and one of each pair of all but it."""
    without = (" ".join(role for role in ROLES if role != left_out) for left_out in ROLES)
    with people(ledger, *ROLES, *without) as found:
        yield found


def test_without_the_role_every_route_answers_403(everybody: list[Person]) -> None:
    refused = set()
    for page in pages():
        for person in everybody:
            if page.roles is not None and not page.roles & person.staff.roles:
                for answer in _asked(person, page):
                    assert answer.status_code == 403, (page, person.staff.roles)
                    refused.add(page.path)
    assert refused == {one.path for one in pages() if one.roles not in (None, EVERYBODY)}


def test_without_a_session_every_route_leads_to_the_login(everybody: list[Person]) -> None:
    with httpx.Client(base_url=everybody[0].client.base_url) as stranger:
        nobody = Person(everybody[0].staff, stranger, everybody[0].csrf)
        for cookie in (None, "", "nonsense"):
            if cookie is not None:
                stranger.cookies.set("saring", cookie)
            for page in (one for one in pages() if one.roles is not None):
                for answer in _asked(nobody, page):
                    _check_sent_to_login(page, answer)


def _check_sent_to_login(page: Page, answer: httpx.Response) -> None:
    if page.method == "POST" or page.path.startswith("/api/"):
        assert answer.status_code == 401, page
    else:
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/login"), page


def test_with_the_role_a_post_needs_the_token_of_the_session(ledger: Ledger) -> None:
    with people(ledger, " ".join(ROLES)) as (anybody,):
        with log_in(ledger, str(anybody.client.base_url), "desk") as other:
            for page in (one for one in pages() if one.method == "POST"):
                for token in ("", "nonsense", other.csrf, "é"):
                    answer = anybody.post(_address(page), csrf=token)
                    assert answer.status_code == 403, (page, token)
                bare = anybody.client.post(_address(page), follow_redirects=False)
                assert bare.status_code == 403, page
        assert anybody.get("/").status_code == 200, "none of them had an effect"


def test_a_token_does_not_help_a_form_of_another_site(ledger: Ledger) -> None:
    with people(ledger, " ".join(ROLES)) as (anybody,):
        for page in (one for one in pages() if one.method == "POST"):
            for site in ("cross-site", "same-site"):
                answer = anybody.client.post(
                    _address(page), data={"csrf": anybody.csrf}, headers={"sec-fetch-site": site}
                )
                assert answer.status_code == 403, (page, site)


def _asked(person: Person, page: Page) -> list[httpx.Response]:
    """The page asked for, as a whole, and by a form with a valid token."""
    if page.method == "POST":
        return [person.post(_address(page))]
    head = person.client.head(_address(page), follow_redirects=False)
    return [person.get(_address(page)), head]


def _address(page: Page) -> str:
    """The page's address, with something in the place of what varies: nobody gets that far."""
    return re.sub(r"\{\w+(:\w+)?\}", "1", page.path)
