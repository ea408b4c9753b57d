"""The answer desk: questions, each with the page about a procedure that it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from tasks.models import Publication
from tasks.procedures import LEAST, Match, Procedure, procedures
from workers.desk.page import EVERYBODY, Page, Visit
from workers.ledger.followup import newest_waiting
from workers.ledger.procedures import procedure_library

SHOWN: Final = 100
"""Questions that are shown with their page, the latest written."""
LONGEST: Final = 1_000
"""Characters of a question that somebody types in to try."""
_DRAFT_LANGUAGE: Final = "id"
"""What is sent is read by the public."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits, with the page that it matches; None: none does."""

    publication: Publication
    since_ms: int
    match: Match | None


def answers(visit: Visit) -> Response:
    """The questions that wait, with their pages; and the pages for a question typed in."""
    library = procedures(procedure_library(visit.ledger))
    asked = [
        Asked(one.publication, one.since_ms, _first(library.best(one.publication.text, 1)))
        for one in newest_waiting(visit.ledger, "answer", SHOWN)
    ]
    question = visit.request.query_params.get("q", "").strip()[:LONGEST]
    return visit.render(
        "answer/answer.html",
        asked=asked,
        unmatched=sum(one.match is None for one in asked),
        question=question,
        panel=_panel(visit, question) if question else None,
    )


def panel(visit: Visit, publication: Publication) -> Mapping[str, Any]:
    """The pages for one question, and a draft of the answer."""
    return _panel(visit, publication.text)


def _panel(visit: Visit, question: str) -> Mapping[str, Any]:
    library = procedure_library(visit.ledger)
    found = procedures(library).best(question)
    fitting = [one for one in found if one.answers]
    return {
        "pages": len(library),
        "matches": fitting,
        "nearest": found[0] if found and not fitting else None,
        "least": LEAST,
        "draft": _draft(visit, fitting[0].procedure) if fitting else "",
    }


def _first(found: tuple[Match, ...]) -> Match | None:
    return next((one for one in found if one.answers), None)


def _draft(visit: Visit, page: Procedure) -> str:
    """An answer from the fields of the page that are filled, with its link at the end."""

    def text(key: str, **values: str) -> str:
        return visit.desk.rendering.text(f"answer.draft_{key}", _DRAFT_LANGUAGE, **values)

    lines = [text("hello", title=page.title)]
    if page.requirements:
        lines += [text("requirements"), *(f"- {one}" for one in page.requirements)]
    if page.steps:
        lines += [text("steps"), *(f"{n}. {one}" for n, one in enumerate(page.steps, 1))]
    for name in ("cost", "time", "office"):
        if value := getattr(page, name):
            lines.append(text(name, value=value))
    return "\n".join([*lines, text("link", link=page.link)])


PAGES = (Page("/answer", answers, EVERYBODY),)
