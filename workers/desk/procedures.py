"""The library of pages about procedures: to read, write, change and withdraw them."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from starlette.responses import Response

from tasks.procedures import Procedure
from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.ledger.decisions import Refused
from workers.ledger.desk_tables import Role
from workers.ledger.procedures import (
    ProcedureRevision,
    all_procedures,
    procedure_history,
    save_procedure,
    withdraw_procedure,
)

EDITORS: Final[frozenset[Role]] = frozenset({"desk"})
LISTS: Final = ("questions", "keywords", "requirements", "steps")
"""Fields with one entry a line."""
TEXTS: Final = ("id", "title", "cost", "time", "office", "link", "note")
_NEW: Final = "new"
"""Where the form of a new page is: no page can bear it as its id."""


def library(visit: Visit) -> Response:
    """Every page, the withdrawn ones last."""
    pages = sorted(all_procedures(visit.ledger), key=lambda one: one.withdrawn)
    return visit.render("procedures/library.html", pages=pages)


def show(visit: Visit) -> Response:
    """One page and its revisions."""
    held = _history(visit)
    return visit.render("procedures/procedure.html", held=held[0], history=held)


def new(visit: Visit) -> Response:
    """The form of a new page; a question that has none can be brought along."""
    asked = visit.request.query_params.get("question", "")[:500]
    return _form(visit, {"questions": asked, "link": "https://", "languages": "ind"}, 0)


def edit(visit: Visit) -> Response:
    """The form of a page that is there."""
    held = _history(visit)[0]
    return _form(visit, _values(held.procedure), held.revision)


def create(visit: Visit) -> Response:
    """Save a new page."""
    return _save(visit, visit.form.get("id", "").strip(), 0)


def change(visit: Visit) -> Response:
    """Save the next revision of a page."""
    return _save(visit, visit.request.path_params["name"], _seen(visit))


def withdraw(visit: Visit) -> Response:
    """Take a page out of the library."""
    name = visit.request.path_params["name"]
    withdraw_procedure(visit.ledger, name, visit.staff.id, _seen(visit))
    return visit.to(f"/procedures/{name}")


def _save(visit: Visit, name: str, seen: int) -> Response:
    values = {**visit.form, "id": name}
    try:
        if name == _NEW:
            raise Refused(visit.text("procedures.reserved"))
        procedure = Procedure.model_validate(_fields(values))
        save_procedure(visit.ledger, procedure, visit.staff.id, seen)
    except ValidationError as error:
        names = dict.fromkeys(str(one["loc"][0]) for one in error.errors(include_input=False))
        return _form(visit, values, seen, tuple(names))
    return visit.to(f"/procedures/{name}")


def _form(
    visit: Visit, values: Mapping[str, str], seen: int, unfit: tuple[str, ...] = ()
) -> Response:
    """The form; `unfit` are fields that cannot be saved as they are."""
    status = 422 if unfit else 200
    filled = {name: values.get(name, "") for name in (*TEXTS, *LISTS, "languages")}
    return visit.render("procedures/form.html", status, values=filled, seen=seen, unfit=unfit)


def _fields(values: Mapping[str, str]) -> dict[str, object]:
    """The fields of a page as they stand in a form."""
    lists = {name: _lines(values.get(name, "")) for name in LISTS}
    texts = {name: values.get(name, "").strip().replace("\r\n", "\n") for name in TEXTS}
    return {**texts, **lists, "languages": tuple(values.get("languages", "").split())}


def _values(page: Procedure) -> dict[str, str]:
    lists = {name: "\n".join(getattr(page, name)) for name in LISTS}
    texts = {name: str(getattr(page, name)) for name in TEXTS}
    return {**texts, **lists, "languages": " ".join(page.languages)}


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, text.splitlines()) if line)


def _history(visit: Visit) -> list[ProcedureRevision]:
    found = procedure_history(visit.ledger, visit.request.path_params["name"])
    if not found:
        raise NotFound
    return found


def _seen(visit: Visit) -> int:
    """The revision that the person saw. Raises ValueError if the form does not say."""
    seen = visit.form.get("seen", "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 9):
        raise ValueError(visit.text("procedures.seen"))
    return int(seen)


PAGES = (
    Page("/procedures", library, EVERYBODY),
    Page("/procedures", create, EDITORS, "POST"),
    Page(f"/procedures/{_NEW}", new, EDITORS),
    Page("/procedures/{name}", show, EVERYBODY),
    Page("/procedures/{name}", change, EDITORS, "POST"),
    Page("/procedures/{name}/edit", edit, EDITORS),
    Page("/procedures/{name}/withdraw", withdraw, EDITORS, "POST"),
)
