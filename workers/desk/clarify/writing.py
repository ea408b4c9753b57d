"""Making a draft and editing it, with a live preview."""

from typing import Any, Final, cast

from pydantic import ValidationError
from starlette.responses import Response

from tasks.citations import Citation, domain_of
from tasks.clarification import Clarification
from tasks.drafting import draft
from tasks.masking import mask_text
from tasks.words import LANGUAGES, ReaderLanguage
from workers.desk.clarify.common import (
    document,
    dossier,
    institution,
    seen,
    spread_of,
    words_of,
)
from workers.desk.page import NotFound, Page, Visit
from workers.ledger.clarifications import (
    ClarificationRevision,
    check_in_force,
    revise,
    start,
)
from workers.ledger.decisions import Refused
from workers.ledger.desk_tables import Role
from workers.ledger.published import published
from workers.secretfile import in_words

WRITERS: Final[frozenset[Role]] = frozenset({"desk"})
MAX_SOURCES: Final = 24
_TEXTS: Final = ("headline", "fact", "warning", "claim", "why", "fact_again")
_SPARE_ROWS: Final = 2


def begin(visit: Visit) -> Response:
    """Make a draft for an item, from a fact-check in force or as a rumour."""
    source, _, item_id = visit.form.get("ref", "").partition("/")
    item = published(visit.ledger, source, item_id)
    if item is None:
        raise NotFound
    language = _language(visit)
    name = visit.form.get("claim_id", "")
    check = check_in_force(visit.ledger, name) if name else None
    if name and check is None:
        raise Refused(visit.text("clarify.no_check"))
    ours, say = institution(visit.desk.settings), words_of(visit, language)
    body = draft(ours, language, say, check, item.publication.text)
    spread = spread_of(visit, item.narrative_id)
    made = start(visit.ledger, body, item.narrative_id, visit.staff.id, spread)
    return visit.to(f"/clarify/{made}/edit")


def editor(visit: Visit) -> Response:
    """The form, with a preview beside it."""
    return _form_page(visit, dossier(visit).last)


def preview(visit: Visit) -> Response:
    """What the form would make; nothing is saved."""
    body = _written(visit, dossier(visit).last.body)
    return visit.render("clarify/preview.html", **document(visit, body))


def save(visit: Visit) -> Response:
    """Save the form as the next revision: a draft."""
    one = seen(visit, dossier(visit))
    revise(visit.ledger, one, _written(visit, one.body), visit.staff.id)
    return visit.to(f"/clarify/{one.id}")


def _form_page(visit: Visit, one: ClarificationRevision) -> Response:
    rows = min(MAX_SOURCES, len(one.body.citations) + _SPARE_ROWS)
    blank = [None] * (rows - len(one.body.citations))
    return visit.render(
        "clarify/edit.html",
        rev=one,
        rows=[*one.body.citations, *blank],
        **document(visit, one.body),
    )


def _written(visit: Visit, before: Clarification) -> Clarification:
    """The clarification with what the form says. Raises ValueError that names the field."""
    form = visit.form
    changes: dict[str, Any] = {name: form.get(name, "") for name in _TEXTS}
    # As in a fact-check: a claim that circulates may name an account or a number of a person.
    changes["claim"] = mask_text(changes["claim"])
    try:
        return before.revised(
            **changes,
            language=_language(visit),
            institution=institution(visit.desk.settings),
            page=form.get("page", "").strip() or None,
            declared=form.get("declared") == "yes",
            citations=tuple(
                made for number in range(MAX_SOURCES) if (made := _citation(visit, number))
            ),
        )
    except ValidationError as error:
        raise ValueError(in_words(error)) from None


def _citation(visit: Visit, number: int) -> Citation | None:
    """A row of the sources; None where it has no address."""
    cells = {
        name: visit.form.get(f"{name}_{number}", "").strip()
        for name in ("title", "publisher", "url", "quotes")
    }
    if not cells["url"]:
        return None
    try:
        made = Citation(
            title=cells["title"] or cells["url"][:300],
            publisher=cells["publisher"] or "-",
            url=cells["url"],
            quotes=tuple(cells["quotes"].split()),
        )
    except ValidationError as error:
        where = visit.text("clarify.source_number", n=number + 1)
        raise ValueError(f"{where}: {in_words(error)}") from None
    known = cells["publisher"] or domain_of(made.url)
    return Citation.model_validate({**dict(made), "publisher": known})


def _language(visit: Visit) -> ReaderLanguage:
    language = visit.form.get("language", "id")
    if language not in LANGUAGES:
        raise ValueError(f"language: {language[:10]!r} is none: write id or en")
    return cast(ReaderLanguage, language)


PAGES: Final = (
    Page("/clarify", begin, WRITERS, "POST"),
    Page("/clarify/{id}/edit", editor, WRITERS),
    Page("/clarify/{id}/edit", save, WRITERS, "POST"),
    Page("/clarify/{id}/preview", preview, WRITERS, "POST"),
)
