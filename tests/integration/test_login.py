"""Logging in and out over real HTTP, by links and by passwords."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select, update

from tests.desks import Person, people
from workers.ledger import Ledger
from workers.ledger.credentials import log_in, make_link, use_link
from workers.ledger.database import now_ms
from workers.ledger.desk_tables import audit, sessions
from workers.ledger.sessions import IDLE_MS, end_sessions
from workers.ledger.staff import add_staff, disable, set_roles
from workers.passwords import is_right
from workers.settings import Settings

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "kopi susu tetangga jauh"


def fields(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    form = LexborHTMLParser(answer.text).css_first("main form")
    assert form is not None
    hidden = form.css("input[type=hidden]")
    return {one.attributes["name"] or "": one.attributes["value"] or "" for one in hidden}


def fault(answer: httpx.Response) -> str:
    """What the page says went wrong."""
    shown = LexborHTMLParser(answer.text).css_first(".problem")
    assert shown is not None, answer.text
    return shown.text().strip()


@contextmanager
def stranger(somebody: Person) -> Iterator[httpx.Client]:
    """A browser without a session, at the same desk."""
    with httpx.Client(base_url=somebody.client.base_url, timeout=30) as client:
        yield client


@pytest.fixture
def desk(ledger: Ledger) -> Iterator[Person]:
    """A desk, an admin there, and an account `sri` whose password is PASSWORD."""
    with people(ledger, "admin") as (admin,):
        made = add_staff(ledger, "sri", "Sri Wahyuni", ["desk"])
        assert use_link(ledger, make_link(ledger, made.id), PASSWORD) is not None
        end_sessions(ledger, made.id)
        yield admin


def enter(client: httpx.Client, password: str = PASSWORD, **more: str) -> httpx.Response:
    """Open the login page and send its form."""
    form = fields(client.get("/login"))
    return client.post("/login", data={**form, "login": "sri", "password": password, **more})


def test_who_has_the_password_comes_in_and_goes_where_they_wanted(desk: Person) -> None:
    with stranger(desk) as client:
        sent = client.get("/account?bagian=2")
        assert (sent.status_code, sent.headers["location"]) == (
            303,
            "/login?next=%2Faccount%3Fbagian%3D2",
        )
        page = client.get(sent.headers["location"])
        answer = client.post(
            "/login", data={**fields(page), "login": " SRI ", "password": PASSWORD}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?bagian=2")
        cookie = answer.headers["set-cookie"]
        assert re.fullmatch(r"saring=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)
        assert "Sri Wahyuni" in client.get("/account").text
        assert client.get("/login?next=/account").headers["location"] == "/account"


def test_over_https_the_cookies_are_for_this_host_and_https_alone(ledger: Ledger) -> None:
    settings = Settings(desk_url="https://meja.example.go.id")
    made = add_staff(ledger, "sri", "Sri Wahyuni", ["desk"])
    use_link(ledger, make_link(ledger, made.id), PASSWORD)
    with people(ledger, "viewer", settings=settings) as (viewer,), stranger(viewer) as client:
        page = client.get("/login")
        form_cookie = page.headers["set-cookie"]
        assert form_cookie.startswith("__Host-saring_form=")
        answer = client.post(
            "/login",
            data={**fields(page), "login": "sri", "password": PASSWORD},
            headers={"cookie": form_cookie.partition(";")[0]},
        )
    assert re.fullmatch(
        r"__Host-saring=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure",
        answer.headers["set-cookie"],
    )


@pytest.mark.parametrize(
    "back",
    ["//jahat.example", "https://jahat.example", "/\\jahat.example", "mailto:x", "/\t/j"],
)
def test_the_login_leads_to_no_other_site(desk: Person, back: str) -> None:
    with stranger(desk) as client:
        assert enter(client, next=back).headers["location"] == "/"


def test_each_wrong_login_gets_the_same_answer(desk: Person, ledger: Ledger) -> None:
    closed = add_staff(ledger, "budi", "Budi", ["desk"])
    use_link(ledger, make_link(ledger, closed.id), PASSWORD)
    for _ in range(6):
        log_in(ledger, "budi", "salah")
    out = add_staff(ledger, "wati", "Wati", ["desk"])
    use_link(ledger, make_link(ledger, out.id), PASSWORD)
    disable(ledger, out.id)
    add_staff(ledger, "baru", "Baru", ["desk"])
    answers = set()
    with stranger(desk) as client:
        for login in ("sri", "tidak-ada", "budi", "wati", "baru", ""):
            password = PASSWORD if login in ("budi", "wati") else "salah salah salah"
            answer = enter(client, password, login=login)
            body = answer.text.replace(f'value="{login}"', "")
            body = body.replace(" autofocus", "")  # on the field that is still empty
            answers.add((answer.status_code, fault(answer), body))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401


def test_each_wrong_login_takes_the_same_work(
    desk: Person, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str | None] = []

    def counting(kept: str | None, typed: str) -> bool:
        compared.append(kept)
        return is_right(kept, typed)

    monkeypatch.setattr("workers.ledger.credentials.is_right", counting)
    for login in ("sri", "tidak-ada", "baru"):
        log_in(ledger, login, "salah")
    assert len(compared) == 3


def test_a_form_without_its_cookie_is_refused(desk: Person) -> None:
    with stranger(desk) as client:
        form = fields(client.get("/login"))
        client.cookies.clear()
        sent = {**form, "login": "sri", "password": PASSWORD}
        assert client.post("/login", data=sent).status_code == 403
        client.cookies.clear()
        client.get("/login")
        assert client.post("/login", data=sent).status_code == 403, "another browser's form"
        for path in ("/login", "/link"):
            assert client.post(path, data={**sent, "csrf": ""}).status_code == 403
            assert client.post(path, data={}).status_code == 403


def test_after_twenty_failures_an_address_waits(desk: Person) -> None:
    with stranger(desk) as client:
        form = fields(client.get("/link"))
        for _ in range(20):
            assert client.post("/link", data={**form, "code": "x"}).status_code == 410
        answer = enter(client)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 15
        elsewhere = {"x-forwarded-for": "192.0.2.7"}  # as the proxy on this machine says
        sent = {**fields(answer), "login": "sri", "password": PASSWORD}
        assert client.post("/login", data=sent, headers=elsewhere).status_code == 303


def test_who_logs_in_rightly_uses_up_no_tries(desk: Person) -> None:
    for _ in range(25):
        with stranger(desk) as client:
            assert enter(client).status_code == 303


def test_a_link_is_used_by_a_form_and_once(desk: Person, ledger: Ledger) -> None:
    made = add_staff(ledger, "budi", "Budi Santoso", ["desk"])
    secret = make_link(ledger, made.id)
    with stranger(desk) as client:
        form = {**fields(client.get("/link")), "code": secret}

        def send(password: str, again: str | None = None) -> httpx.Response:
            repeated = again if again is not None else password
            return client.post("/link", data={**form, "password": password, "again": repeated})

        assert "tidak sama" in fault(send(PASSWORD, "lain"))
        assert "12 karakter" in fault(send("pendek"))
        assert "nama Anda" in fault(send("BudiSantoso2026"))
        assert "instansi" in fault(send("humas humas humas"))
        assert "pertama ditebak" in fault(send("rahasia123456"))
        answer = send(PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "Budi Santoso" in client.get("/").text
    with stranger(desk) as client:
        again = {**fields(client.get("/link")), "code": secret, "password": PASSWORD}
        used = client.post("/link", data={**again, "again": PASSWORD})
        assert (used.status_code, "sudah dipakai" in fault(used)) == (410, True)


def test_who_opens_a_link_while_logged_in_is_then_the_links_owner(
    desk: Person, ledger: Ledger
) -> None:
    secret = make_link(ledger, add_staff(ledger, "budi", "Budi Santoso", ["desk"]).id)
    form = fields(desk.get("/link"))
    assert form["csrf"] == desk.csrf
    answer = desk.post("/link", code=secret, password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 303
    desk.client.cookies.set("saring", answer.cookies["saring"])
    with ledger.read() as connection:
        assert len(connection.execute(select(sessions)).all()) == 1, "the admin is logged out"


def test_logging_out_ends_the_session_and_takes_the_cookie(desk: Person) -> None:
    with stranger(desk) as client:
        enter(client)
        token = client.cookies["saring"]
        csrf = fields(client.get("/account"))["csrf"]
        answer = client.post("/logout", data={"csrf": csrf})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert "saring" not in client.cookies
        client.cookies.set("saring", token)
        assert client.get("/account").status_code == 303, "who kept the cookie is out as well"


def test_another_password_and_log_out_everywhere(desk: Person) -> None:
    with stranger(desk) as here, stranger(desk) as there:
        enter(here)
        enter(there)
        form = fields(here.get("/account"))
        assert "2 tempat" in here.get("/account").text

        def change(**sent: str) -> httpx.Response:
            return here.post("/account/password", data={**form, **sent})

        new = "tiga becak di hujan"
        wrong = change(old="salah salah salah", password=new, again=new)
        assert (wrong.status_code, "lama salah" in fault(wrong)) == (422, True)
        assert change(old=PASSWORD, password="sri", again="sri").status_code == 422
        done = change(old=PASSWORD, password=new, again=new)
        assert done.headers["location"] == "/account?done=1"
        assert "Kata sandi diganti" in here.get("/account?done=1").text
        assert there.get("/account").status_code == 303
        assert enter(there).status_code == 401
        assert enter(there, new).status_code == 303
        csrf = fields(here.get("/account"))["csrf"]
        assert here.post("/account/logout", data={"csrf": csrf}).status_code == 303
        assert here.get("/account").status_code == there.get("/account").status_code == 303


def test_disabled_staff_and_taken_roles_are_out_at_the_next_request(
    desk: Person, ledger: Ledger
) -> None:
    with people(ledger, "viewer admin", "viewer") as (both, viewer):
        assert both.get("/people").status_code == 200
        use_link(ledger, make_link(ledger, desk.staff.id), PASSWORD)
        set_roles(ledger, both.staff.id, ["viewer"])
        assert both.get("/people").status_code == 403
        disable(ledger, viewer.staff.id)
        assert viewer.get("/").status_code == 303


def test_pages_that_renew_themselves_keep_nobody_logged_in(desk: Person, ledger: Ledger) -> None:
    def age(milliseconds: int) -> None:
        with ledger.write() as connection:
            connection.execute(update(sessions).values(seen_at=now_ms() - milliseconds))

    age(IDLE_MS - 60_000)
    assert desk.client.get("/", headers={"hx-request": "true"}).status_code == 200
    with ledger.read() as connection:
        (seen,) = connection.scalars(select(sessions.c.seen_at))
    assert seen < now_ms() - IDLE_MS + 120_000
    assert desk.get("/").status_code == 200
    with ledger.read() as connection:
        (seen,) = connection.scalars(select(sessions.c.seen_at))
    assert seen > now_ms() - 60_000
    age(IDLE_MS)
    answer = desk.client.get("/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")


def test_another_host_name_is_refused_on_pages_and_files(desk: Person) -> None:
    for path in ("/", "/login", "/healthz", "/static/base.css", "/tidak-ada"):
        answer = desk.client.get(path, headers={"host": "jahat.example"})
        assert answer.status_code == 421, path
        assert "SARING_DESK_URL" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("typed", ["x" * 5_000, "é\u0000'; --", "\ud7ff\u0301", "%"])
def test_any_text_may_be_typed(desk: Person, typed: str) -> None:
    with stranger(desk) as client:
        for answer in (enter(client, typed), enter(client, PASSWORD, login=typed)):
            assert answer.status_code == (422 if "\u0000" in typed else 401)


def test_an_address_with_a_nul_is_nowhere(desk: Person) -> None:
    assert desk.get("/login?next=%00").status_code == 404
    assert desk.get("/account?x=%00").status_code == 404


def test_nothing_that_was_typed_or_secret_is_in_the_log(desk: Person, ledger: Ledger) -> None:
    secret = make_link(ledger, add_staff(ledger, "budi", "Budi", ["desk"]).id)
    with stranger(desk) as client:
        enter(client, "sandi yang keliru", login="tertukar")
        enter(client)
        token = client.cookies["saring"]
    with ledger.read() as connection:
        kept = repr(connection.execute(select(audit)).all())
    for text in (secret, token, PASSWORD, "keliru", "tertukar", "Wahyuni"):
        assert text not in kept
