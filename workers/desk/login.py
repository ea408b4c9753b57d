"""Logging in and out, and the one-time links with which people choose their password."""

import hmac
import secrets
from typing import Any, Final, NamedTuple

from starlette.responses import Response

from workers.desk.page import EVERYBODY, Page, Visit, own_path
from workers.ledger.credentials import link_owner, log_in, use_link
from workers.ledger.sessions import end_session
from workers.passwords import Busy, weakness

_FORM_COOKIE: Final = "saring_form"
"""Binds the forms of who is not logged in yet to their browser, as others have no session."""


class _Fault(NamedTuple):
    """Why somebody is not let in."""

    status: int
    text: str
    """Name of the text that says so."""
    wait: int = 0
    """Seconds before another try is of use."""


_BUSY: Final = _Fault(503, "busy", 5)


def login_form(visit: Visit) -> Response:
    """The form to log in; who is logged in already goes on."""
    back = own_path(visit.request.query_params.get("next", "/"))
    return visit.to(back) if visit.session is not None else _login_page(visit, back)


def enter(visit: Visit) -> Response:
    """Log in, and go where the person wanted to go."""
    back = own_path(visit.form.get("next", "/"))
    entered = _stopped(visit) or _entered(visit)
    if isinstance(entered, _Fault):
        return _login_page(visit, back, entered)
    return let_in(visit, entered, back)


def link_form(visit: Visit) -> Response:
    """The form of a one-time link. Its secret is in the fragment, which browsers do not send."""
    return _link_page(visit)


def choose_password(visit: Visit) -> Response:
    """Use a one-time link."""
    chosen = _stopped(visit) or _chosen(visit)
    if isinstance(chosen, _Fault):
        return _link_page(visit, chosen)
    _end(visit)
    return let_in(visit, chosen, "/")


def leave(visit: Visit) -> Response:
    """Log out here."""
    _end(visit)
    response = visit.to("/login")
    desk = visit.desk
    response.delete_cookie(desk.cookie, secure=desk.secure, httponly=True, samesite="lax")
    return response


def new_password_fault(visit: Visit, *own: str) -> str | None:
    """What is wrong with the new password in the form, as the name of a text; None: nothing."""
    password = visit.form.get("password", "")
    if password != visit.form.get("again", ""):
        return "differs"
    return weakness(password, (*own, visit.desk.settings.institution))


def let_in(visit: Visit, token: str, back: str) -> Response:
    """Go to `back` with the cookie of a new session, which ends with the browser at the latest."""
    response = visit.to(back)
    desk = visit.desk
    response.set_cookie(desk.cookie, token, secure=desk.secure, httponly=True, samesite="lax")
    return response


def address(visit: Visit) -> str:
    """Where the request comes from; the proxy's word for it, where a proxy is trusted."""
    client = visit.request.client
    return client.host if client is not None else ""


def _end(visit: Visit) -> None:
    if visit.session is not None:
        end_session(visit.ledger, visit.request.cookies[visit.desk.cookie], visit.staff.id)


def _stopped(visit: Visit) -> _Fault | None:
    """Why nothing is tried at all; else a try of this address is taken."""
    if not _is_ours(visit):
        return _Fault(403, "again")
    wait = visit.desk.throttle.take(address(visit))
    return None if wait is None else _Fault(429, "slower", wait)


def _entered(visit: Visit) -> str | _Fault:
    """The secret of the cookie of whose login and password these are."""
    try:
        token = log_in(visit.ledger, visit.form.get("login", ""), visit.form.get("password", ""))
    except Busy:
        return _BUSY
    if token is None:
        return _Fault(401, "wrong")
    visit.desk.throttle.give_back(address(visit))
    return token


def _chosen(visit: Visit) -> str | _Fault:
    """The same of whose link this is, now that they have a password."""
    secret, password = visit.form.get("code", "").strip(), visit.form.get("password", "")
    owner = link_owner(visit.ledger, secret)
    if owner is None:
        return _Fault(410, "used")
    visit.desk.throttle.give_back(address(visit))
    unfit = new_password_fault(visit, owner.login, owner.name)
    if unfit is not None:
        return _Fault(422, unfit)
    try:
        return use_link(visit.ledger, secret, password) or _Fault(410, "used")
    except Busy:
        return _BUSY


def _login_page(visit: Visit, back: str, fault: _Fault | None = None) -> Response:
    return _page(visit, "login/login.html", fault, back=back, login=visit.form.get("login", ""))


def _link_page(visit: Visit, fault: _Fault | None = None) -> Response:
    return _page(visit, "login/link.html", fault, code=visit.form.get("code", ""))


def _page(visit: Visit, template: str, fault: _Fault | None, **values: Any) -> Response:
    desk = visit.desk
    name = desk.own_cookie(_FORM_COOKIE)
    kept = visit.request.cookies.get(name) or secrets.token_urlsafe(24)
    csrf = visit.session.csrf if visit.session is not None else kept
    text = fault.text if fault is not None else None
    status = fault.status if fault is not None else 200
    response = visit.render(template, status, csrf=csrf, fault=text, **values)
    response.set_cookie(name, kept, secure=desk.secure, httponly=True, samesite="strict")
    if fault is not None and fault.wait:
        response.headers["retry-after"] = str(fault.wait)
    return response


def _is_ours(visit: Visit) -> bool:
    """Whether a form came from the page that this browser was given."""
    if visit.session is not None:
        return True  # the frame has looked
    kept = visit.request.cookies.get(visit.desk.own_cookie(_FORM_COOKIE), "")
    return kept != "" and hmac.compare_digest(kept.encode(), visit.form.get("csrf", "").encode())


PAGES = (
    Page("/login", login_form, None),
    Page("/login", enter, None, "POST"),
    Page("/link", link_form, None),
    Page("/link", choose_password, None, "POST"),
    Page("/logout", leave, EVERYBODY, "POST"),
)
