"""The pages of the staff, for admins."""

from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from tests.desks import Person, people
from workers.ledger import Ledger
from workers.ledger.credentials import link_owner, make_link, use_link
from workers.ledger.desk_tables import audit
from workers.ledger.staff import accounts, find_staff
from workers.settings import Settings

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "kopi susu tetangga jauh"


@pytest.fixture
def admin(ledger: Ledger) -> Iterator[Person]:
    """An admin at a desk that people reach at a name of its own."""
    settings = Settings(desk_url="http://meja.example")
    with people(ledger, "admin", settings=settings) as (one,):
        yield one


def link_in(html: str) -> str:
    """The link that a page shows."""
    shown = LexborHTMLParser(html).css_first("#link")
    assert shown is not None
    return shown.attributes["value"] or ""


def test_an_admin_adds_somebody_and_hands_them_the_link(admin: Person, ledger: Ledger) -> None:
    form = {"login": "sri", "name": "Sri Wahyuni", "role-desk": "on", "role-reviewer": "on"}
    answer = admin.post("/people/add", **form)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    base, _, secret = link_in(answer.text).partition("#")
    assert base == "http://meja.example/link"
    owner = link_owner(ledger, secret)
    assert owner is not None
    assert (owner.login, *sorted(owner.roles)) == ("sri", "desk", "reviewer")
    page = admin.page("/people").text()
    assert "Sri Wahyuni" in page
    assert "tautan berlaku sampai" in page
    assert secret not in page
    again = admin.post("/people/add", **form)
    assert (again.status_code, "sudah dipakai" in again.text) == (422, True)
    assert 'value="Sri Wahyuni"' in again.text, "what was typed is still there"


def test_roles_links_and_accounts_are_changed_and_the_log_says_by_whom(
    admin: Person, ledger: Ledger
) -> None:
    admin.post("/people/add", login="sri", name="Sri Wahyuni", **{"role-desk": "on"})
    sri = find_staff(ledger, "sri").id
    assert admin.post("/people/roles", member=sri, **{"role-legal": "on"}).status_code == 303
    assert find_staff(ledger, "sri").roles == {"legal"}
    new = link_in(admin.post("/people/link", member=sri).text).partition("#")[2]
    use_link(ledger, new, PASSWORD)
    assert admin.post("/people/disable", member=sri).status_code == 303
    assert "nonaktif sejak" in admin.page("/people?done=disabled").text()
    back = admin.post("/people/enable", member=sri)
    assert link_owner(ledger, link_in(back.text).partition("#")[2]) is not None
    with ledger.read() as connection:
        rows = connection.execute(
            select(audit.c.kind).where(audit.c.actor == admin.staff.id, audit.c.subject == sri)
        )
        kinds = [row.kind for row in rows]
    assert kinds == [
        "staff.added",
        "link.made",
        "staff.roles",
        "link.made",
        "staff.disabled",
        "staff.enabled",
        "link.made",
    ]


def test_the_last_admin_stays_an_admin(admin: Person, ledger: Ledger) -> None:
    own = admin.staff.id
    use_link(ledger, make_link(ledger, own), PASSWORD)
    with people(ledger, "admin") as (other,):
        for path in ("/people/roles", "/people/disable"):
            answer = other.post(path, member=own, **{"role-desk": "on"})
            assert (answer.status_code, "admin terakhir" in answer.text) == (422, True)
    assert "admin" in find_staff(ledger, admin.staff.login).roles


@pytest.mark.parametrize("path", ["/people/roles", "/people/disable", "/people/enable"])
def test_who_is_not_there_cannot_be_changed(admin: Person, ledger: Ledger, path: str) -> None:
    answer = admin.post(path, member="staff/tidakada", **{"role-desk": "on"})
    assert (answer.status_code, "tidak ada" in answer.text) == (422, True)
    assert len(accounts(ledger)) == 1


def test_a_name_is_shown_as_text(admin: Person) -> None:
    admin.post("/people/add", login="sri", name="<b>Sri</b>", **{"role-desk": "on"})
    assert "<b>Sri</b>" not in admin.get("/people").text
    assert "<b>Sri</b>" in admin.page("/people").text()
