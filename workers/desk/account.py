"""One's own account: another password, and logging out everywhere."""

from starlette.responses import Response

from workers.desk.login import let_in, new_password_fault
from workers.desk.page import EVERYBODY, Page, Visit
from workers.ledger.credentials import change_password
from workers.ledger.sessions import count_sessions, end_sessions
from workers.passwords import Busy


def account(visit: Visit) -> Response:
    """Name, roles, sessions, and the form for another password."""
    return _page(visit)


def another_password(visit: Visit) -> Response:
    """Change one's password; whoever else is logged in as this person is out."""
    fault = new_password_fault(visit, visit.staff.login, visit.staff.name)
    if fault is not None:
        return _page(visit, 422, fault)
    old, new = visit.form.get("old", ""), visit.form["password"]
    try:
        token = change_password(visit.ledger, visit.staff, old, new)
    except Busy:
        return _page(visit, 503, "busy")
    if token is None:
        return _page(visit, 422, "old")
    return let_in(visit, token, "/account?done=1")


def leave_everywhere(visit: Visit) -> Response:
    """End every session of one's own."""
    end_sessions(visit.ledger, visit.staff.id)
    return visit.to("/login")


def _page(visit: Visit, status: int = 200, fault: str | None = None) -> Response:
    return visit.render(
        "login/account.html",
        status,
        fault=fault,
        done="done" in visit.request.query_params,
        sessions=count_sessions(visit.ledger, visit.staff.id),
    )


PAGES = (
    Page("/account", account, EVERYBODY),
    Page("/account/password", another_password, EVERYBODY, "POST"),
    Page("/account/logout", leave_everywhere, EVERYBODY, "POST"),
)
