"""A page of the desk: its address, who may open it, and the function that makes it.

Nothing is served but through `Page`, so no page can forget to ask who is there: a page for
nobody in particular says so with `role=None`.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self
from urllib.parse import parse_qsl, quote, urlsplit

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from tasks.stage import Unavailable
from tasks.words import LANGUAGES, ReaderLanguage
from tasks.words import Desk as DeskName
from workers.desk.duties import seen_by
from workers.desk.rendering import Rendering
from workers.ledger import Ledger
from workers.ledger.decisions import Overtaken, Refused
from workers.ledger.desk_tables import Role
from workers.ledger.sessions import Session, session
from workers.ledger.staff import Staff
from workers.settings import Settings
from workers.throttle import Throttle

MAX_FORM: Final = 256 * 1024
"""Bytes of a form; a longer one is refused."""
LANGUAGE_COOKIE: Final = "saring_language"
SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class NotFound(Exception):
    """There is nothing at this address."""


class Forbidden(Exception):
    """The role of this person does not include what they asked for."""


class TooLong(Exception):
    """The form is longer than MAX_FORM."""


_UNFIT: Final = (422, "problem.refused")
_PROBLEMS: Final[dict[type[Exception], tuple[int, str]]] = {
    NotFound: (404, "problem.not_found"),
    Forbidden: (403, "problem.role"),
    TooLong: (413, "problem.form"),
    Overtaken: (409, "problem.overtaken"),
    Refused: _UNFIT,
    ValueError: _UNFIT,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages work with."""

    settings: Settings
    ledger: Ledger
    rendering: Rendering
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; over HTTPS a browser holds it to this host alone."""
        return self.own_cookie("saring")

    def own_cookie(self, name: str) -> str:
        """The name of a cookie that no other host may set, where browsers can see to that."""
        return f"__Host-{name}" if self.secure else name

    @property
    def secure(self) -> bool:
        """Whether people reach the desk over HTTPS."""
        return (self.settings.desk_url or "").startswith("https:")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who may make it."""

    desk: Desk
    request: Request
    session: Session | None
    form: Mapping[str, str]
    """What was sent with a POST: a form, or a JSON object of strings."""

    @property
    def staff(self) -> Staff:
        """Who is there. Only for pages that have a role."""
        if self.session is None:
            raise LookupError("nobody is logged in on this page")
        return self.session.staff

    @property
    def desks(self) -> tuple[DeskName, ...]:
        """The desks of which this person may read what waits there."""
        return seen_by(self.staff)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.desk.ledger

    @property
    def language(self) -> ReaderLanguage:
        """The language this person reads: their switch, or else the setting."""
        chosen = self.request.cookies.get(LANGUAGE_COOKIE)
        return next((one for one in LANGUAGES if one == chosen), self.desk.settings.language)

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def with_form(self, **fields: str) -> Self:
        """The visit as if these had been sent too."""
        return replace(self, form={**self.form, **fields})

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """An HTML page or a part of one. Templates see `visit` and `t` beside `values`."""
        html = self.desk.rendering.render(template, self.language, visit=self, **values)
        return HTMLResponse(html, status)

    def json(self, value: Any, status: int = 200) -> Response:
        """`value` as JSON."""
        return Response(orjson.dumps(value), status, media_type="application/json")

    def to(self, address: str) -> Response:
        """Go to another page of the desk."""
        return RedirectResponse(address, 303)

    def text(self, name: str, **values: Any) -> str:
        """A text of workers/desk/words in the language of this person."""
        return self.desk.rendering.text(name, self.language, **values)


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """An address, and what is there. `roles`: who may open it, any of them; None: anybody."""

    path: str
    make: Handler
    roles: frozenset[Role] | None
    method: Literal["GET", "POST"] = "GET"


EVERYBODY: Final[frozenset[Role]] = frozenset({"viewer", "desk", "reviewer", "legal", "admin"})
"""Whoever is logged in."""


async def answer(desk: Desk, page: Page, request: Request) -> Response:
    """The answer to a request of `page`: made, or refused before its function is called."""
    response = await _answer(desk, page, request)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _answer(desk: Desk, page: Page, request: Request) -> Response:
    token = request.cookies.get(desk.cookie)
    visit = Visit(desk, request, None, {})
    try:
        if "\0" in request.url.path or b"%00" in request.scope["query_string"]:
            raise NotFound
        if token:
            # htmx looks by itself for what is new: that is no sign of a person.
            active = page.method == "POST" or not visit.partial
            found = await run_in_threadpool(session, desk.ledger, token, active=active)
            visit = replace(visit, session=found)
        refusal = _refusal(visit, page)
        if refusal is None and page.method == "POST":
            visit = replace(visit, form=await _form(request))
            refusal = _forged(visit)
        return refusal if refusal is not None else await run_in_threadpool(page.make, visit)
    except Unavailable:
        return problem(visit, 503, "problem.away")
    except tuple(_PROBLEMS) as error:
        status, name = _PROBLEMS.get(type(error), _UNFIT)
        return problem(visit, status, name, str(error))


def _refusal(visit: Visit, page: Page) -> Response | None:
    """Why this person may not open the page; None if they may."""
    if page.roles is None:
        return None
    if visit.session is None:
        return _must_log_in(visit)
    return None if page.roles & visit.staff.roles else problem(visit, 403, "problem.role")


def _forged(visit: Visit) -> Response | None:
    """The refusal of a form that did not come from a page of ours; None if it did."""
    # Browsers say where a request comes from; other programs say nothing, and hold no cookie.
    headers = visit.request.headers
    ours = headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if ours and visit.session is not None:
        sent = headers.get("x-csrf-token") or visit.form.get("csrf", "")
        ours = hmac.compare_digest(sent.encode(), visit.session.csrf.encode())
    return None if ours else problem(visit, 403, "problem.csrf")


def problem(visit: Visit, status: int, name: str, detail: str = "") -> Response:
    """A refusal for people, or for a program if it asked for JSON."""
    title = visit.text(name)
    if visit.request.url.path.startswith("/api/"):
        return JSONResponse({"status": status, "title": title, "detail": detail}, status)
    template = "problem_part.html" if visit.partial else "problem.html"
    return visit.render(template, status, title=title, detail=detail)


def _must_log_in(visit: Visit) -> Response:
    if visit.request.url.path.startswith("/api/"):
        return problem(visit, 401, "problem.login")
    if visit.partial:  # htmx goes there with the whole page
        return Response(status_code=401, headers={"hx-redirect": "/login"})
    if visit.request.method == "POST":
        return problem(visit, 401, "problem.login")
    url = visit.request.url
    back = f"{url.path}?{url.query}" if url.query else url.path
    return visit.to("/login" if back == "/" else f"/login?next={quote(back, safe='')}")


def own_path(back: str) -> str:
    """A path of this desk, never an address elsewhere; the first page where `back` is none."""
    try:
        elsewhere = bool(urlsplit(back).netloc)
    except ValueError:
        elsewhere = True
    plain = back.startswith("/") and back[1:2] not in ("/", "\\") and back.isprintable()
    return back if plain and not elsewhere else "/"


async def _form(request: Request) -> dict[str, str]:
    """What was sent. Raises TooLong, ValueError for what is no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise TooLong
    if request.headers.get("content-type", "").startswith("application/json"):
        sent = orjson.loads(body)
        if not isinstance(sent, dict) or not all(isinstance(one, str) for one in sent.values()):
            raise ValueError("send a JSON object whose values are strings")
    else:
        sent = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
    if any("\0" in one for one in sent.values()):
        raise ValueError("a text cannot hold the character NUL")  # PostgreSQL keeps none
    return sent
