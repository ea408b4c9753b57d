"""The first page, the switch of languages, and the sign of life."""

from starlette.responses import PlainTextResponse, Response

from tasks.words import LANGUAGES
from workers.desk.page import EVERYBODY, LANGUAGE_COOKIE, NotFound, Page, Visit, own_path
from workers.ledger.queues import lengths

_YEAR = 365 * 86_400


def home(visit: Visit) -> Response:
    """Every desk, and how much waits there."""
    return visit.render("home.html", lengths=lengths(visit.ledger))


def switch_language(visit: Visit) -> Response:
    """Read the desk in another language from now on."""
    language = visit.form.get("language")
    if language not in LANGUAGES:
        raise NotFound
    response = visit.to(own_path(visit.form.get("back", "/")))
    response.set_cookie(
        LANGUAGE_COOKIE, language, _YEAR, secure=visit.desk.secure, httponly=True, samesite="lax"
    )
    return response


def alive(_visit: Visit) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


PAGES = (
    Page("/", home, EVERYBODY),
    Page("/language", switch_language, None, "POST"),
    Page("/healthz", alive, None),
)
