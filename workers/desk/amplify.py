"""The amplify desk: good stories, those first that can be checked and are fresh."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from tasks.identifiable import identifiable
from tasks.masking.urls import host_of
from tasks.models import Publication
from tasks.official import is_official
from tasks.substance import Substance, freshness, quotation, substance
from workers.desk.lists import official
from workers.desk.page import EVERYBODY, Page, Visit
from workers.ledger.database import now_ms
from workers.ledger.followup import newest_waiting

MOST: Final = 400
"""Stories that are ranked, the latest written: older ones are worth next to nothing by then."""
SHOWN: Final = 50
_HOUR_MS: Final = 3_600_000
_DRAFT_LANGUAGE: Final = "id"
"""What is posted is read by the public."""


@dataclass(frozen=True, slots=True)
class Story:
    """A good story: what can be checked of it, and what to mind before it is passed on."""

    publication: Publication
    written_ms: int
    substance: Substance
    fresh: float
    people: tuple[str, ...]
    """What may name a private person."""
    official: bool
    """Whether it stands on one of the institution's own, disclosed sites."""
    draft: str

    @property
    def asks_author(self) -> bool:
        """Whether the link leads to somebody's own post, who is then asked first."""
        return self.publication.kind == "post" and not self.official


def amplify(visit: Visit) -> Response:
    """The stories that wait, the best first."""
    now = now_ms()
    waiting = newest_waiting(visit.ledger, "amplify", MOST)
    waiting.sort(key=lambda one: -_rank(one.publication.text, one.written_ms, now))  # stable
    stories = [story(visit, one.publication, now) for one in waiting[:SHOWN]]
    return visit.render("amplify/stories.html", stories=stories, total=len(waiting))


def panel(visit: Visit, publication: Publication) -> Mapping[str, Any]:
    """One story, for the page of its item."""
    return {"story": story(visit, publication, now_ms())}


def story(visit: Visit, publication: Publication, now: int) -> Story:
    """What the desk shows of a good story."""
    written = int(publication.published_at.timestamp() * 1000)
    people = identifiable(publication.text)
    sites = official(visit.desk.settings.official_file).sites
    held = substance(publication.text)
    return Story(
        publication=publication,
        written_ms=written,
        substance=held,
        fresh=freshness((now - written) / _HOUR_MS),
        people=people,
        official=is_official(publication.url, sites),
        draft=_draft(visit, publication, held),
    )


def _rank(text: str, written_ms: int, now: int) -> float:
    """Substance times freshness, 0 to 1; nothing else."""
    return substance(text).score * freshness((now - written_ms) / _HOUR_MS)


def _draft(visit: Visit, publication: Publication, held: Substance) -> str:
    """A text that credits and links the source, and quotes no sentence that names somebody."""

    def text(key: str, **values: str) -> str:
        return visit.desk.rendering.text(f"amplify.draft_{key}", _DRAFT_LANGUAGE, **values)

    places = next((part.found for part in held.parts if part.name == "place"), ())
    quoted = quotation(publication.text)
    lines = [text("place", place=places[0]) if places else text("title")]
    if quoted and not identifiable(quoted):
        lines.append(text("quote", quote=quoted))
    host = host_of(publication.url or "") or publication.platform
    lines.append(text("source", source=host) if host else text("unknown"))
    lines.append(publication.url or text("no_link"))
    return "\n".join([*lines, text("account", institution=visit.desk.settings.institution)])


PAGES = (Page("/amplify", amplify, EVERYBODY),)
