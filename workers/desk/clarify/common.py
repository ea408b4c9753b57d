"""What all pages about clarifications share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from tasks.citations import is_own, tie
from tasks.clarification import LACKS, Clarification, Lack, lacks
from tasks.drafting import Say
from tasks.institution import Institution
from tasks.social import Imprint, rest_of_fact
from tasks.words import ReaderLanguage
from workers.desk.page import NotFound, Visit
from workers.desk.rendering import date_of, day
from workers.ledger.clarifications import ClarificationRevision, check_in_force, history
from workers.ledger.spread import Spread, spread
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Dossier:
    """A clarification with its past."""

    last: ClarificationRevision
    """A draft is shown with the names that the institution has today."""
    revisions: tuple[ClarificationRevision, ...]

    @property
    def published(self) -> ClarificationRevision | None:
        """The revision that was published last."""
        return next((one for one in reversed(self.revisions) if one.state == "published"), None)


def institution(settings: Settings) -> Institution:
    """The institution that runs saring. Raises ValueError for names that are too long."""
    aliases = (settings.institution_aliases or "").split(";")
    known = tuple(one.strip() for one in aliases if one.strip())
    return Institution(name=settings.institution, aliases=known)


def dossier(visit: Visit) -> Dossier:
    """The clarification that the address names. Raises NotFound."""
    found = history(visit.ledger, visit.request.path_params["id"])
    if not found:
        raise NotFound
    last = found[-1]
    if last.state == "draft":
        named = last.body.revised(institution=institution(visit.desk.settings))
        last = replace(last, body=named)
    return Dossier(last, tuple(found))


def seen(visit: Visit, file: Dossier) -> ClarificationRevision:
    """The revision that the form was made from; the ledger refuses it if it is not the last."""
    number = visit.form.get("revision", "")
    if number == str(file.last.revision):
        return file.last
    found = next((one for one in file.revisions if str(one.revision) == number), None)
    if found is None:
        raise ValueError(f"revision: there is no {number[:20]!r}: load the page again")
    return found


def words_of(visit: Visit, language: ReaderLanguage) -> Say:
    """What a clarification says of itself, in its own language."""
    text = visit.desk.rendering.text

    def say(name: str, **values: object) -> str:
        return text(f"clarify.say_{name}", language, **values)

    return say


def imprint(one: ClarificationRevision) -> Imprint:
    """The marks of its exports."""
    return Imprint(day(one.at_ms, one.body.language), draft=one.state != "published")


def spread_of(visit: Visit, narrative: str | None) -> Spread | None:
    """How far its narrative has spread; None without one."""
    threshold = visit.desk.settings.reach_threshold
    return None if narrative is None else spread(visit.ledger, narrative, threshold)


def still_in_force(visit: Visit, one: Clarification) -> bool:
    """Whether the fact-check that it cites is in force as it was cited; so is none at all."""
    check = one.factcheck
    return check is None or check_in_force(visit.ledger, check.id) == check


def document(visit: Visit, one: Clarification) -> Mapping[str, Any]:
    """What the templates show of a clarification: itself, its words, and its checklist."""
    missing = lacks(one)
    shown: tuple[Lack, ...] = tuple(
        lack
        for lack in LACKS
        if not lack.startswith("headline_") or lack in missing or one.headline
    )
    return {
        "one": one,
        "rest": rest_of_fact(one),
        "say": words_of(visit, one.language),
        "written": partial(date_of, language=one.language),
        "missing": missing,
        "checklist": shown,
        "ties": ties(one) if "sources" in missing else (),
    }


def ties(one: Clarification) -> tuple[tuple[str, str, str], ...]:
    """Why its sources are no two: publisher, reason, other publisher (or nothing)."""
    own = [cited for cited in one.citations if is_own(cited, one.institution)]
    others = [cited for cited in one.citations if cited not in own]
    found = [(cited.publisher, "own", "") for cited in own]
    for left, right in combinations(others, 2):
        if (reason := tie(left, right)) is not None:
            found.append((left.publisher, reason, right.publisher))
    return tuple(found[:8])
