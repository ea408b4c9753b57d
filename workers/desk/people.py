"""The staff: who works here, with which roles. For the role admin."""

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from workers.desk.page import Handler, Page, Visit
from workers.ledger.credentials import make_link
from workers.ledger.desk_tables import ROLES, Role
from workers.ledger.staff import Unfit, accounts, add_staff, disable, enable, set_roles

_ADMIN: Final[frozenset[Role]] = frozenset({"admin"})


def people(visit: Visit) -> Response:
    """Everybody, and the form to add one."""
    return _page(visit)


def add(visit: Visit) -> Response:
    """Add a member of staff, and show their link this once."""
    form = visit.form
    member = add_staff(
        visit.ledger, form.get("login", ""), form.get("name", ""), _roles(visit), visit.staff.id
    )
    return _link(visit, member.id)


def change_roles(visit: Visit) -> Response:
    """Give a member of staff other roles."""
    set_roles(visit.ledger, _member(visit), _roles(visit), visit.staff.id)
    return visit.to("/people?done=roles")


def new_link(visit: Visit) -> Response:
    """Make a link for who has lost their password, and show it this once."""
    return _link(visit, _member(visit))


def put_out(visit: Visit) -> Response:
    """Disable an account."""
    disable(visit.ledger, _member(visit), visit.staff.id)
    return visit.to("/people?done=disabled")


def let_back(visit: Visit) -> Response:
    """Enable a disabled account, and show its link this once."""
    enable(visit.ledger, _member(visit), visit.staff.id)
    return _link(visit, _member(visit))


def _mending(make: Handler) -> Handler:
    """A change that cannot be made is told on the page where it was wanted."""

    def made(visit: Visit) -> Response:
        try:
            return make(visit)
        except Unfit as error:
            return _page(visit, 422, error.fault)

    return made


def _page(visit: Visit, status: int = 200, fault: str | None = None) -> Response:
    done = visit.request.query_params.get("done")
    return visit.render(
        "people/people.html",
        status,
        accounts=accounts(visit.ledger),
        roles=ROLES,
        fault=fault,
        done=done if done in ("roles", "disabled") else None,
    )


def _link(visit: Visit, member: str) -> Response:
    """The page with a new link: an answer to a POST, so that no address ever holds the secret."""
    secret = make_link(visit.ledger, member, visit.staff.id)
    # The host was compared with those of the desk.
    base = visit.desk.settings.desk_url or str(visit.request.base_url).rstrip("/")
    (owner,) = (one.staff for one in accounts(visit.ledger) if one.staff.id == member)
    return visit.render("people/link.html", owner=owner, link=f"{base}/link#{secret}")


def _member(visit: Visit) -> str:
    return visit.form.get("member", "")


def _roles(visit: Visit) -> list[Role]:
    return [role for role in ROLES if f"role-{role}" in visit.form]


_POSTS: Final[dict[str, Callable[[Visit], Response]]] = {
    "/people/add": add,
    "/people/roles": change_roles,
    "/people/link": new_link,
    "/people/disable": put_out,
    "/people/enable": let_back,
}
PAGES = (
    Page("/people", people, _ADMIN),
    *(Page(path, _mending(make), _ADMIN, "POST") for path, make in _POSTS.items()),
)
