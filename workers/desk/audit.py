"""The log of who did what, for people: newest first, in words, and its proof."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from tasks.days import WIB
from workers.desk.page import Page, Visit
from workers.desk.rendering import texts, when
from workers.ledger.audit import PROGRAM, Anchor, Entry, Wanted, actors, head, kinds, latest
from workers.ledger.chain import verify
from workers.ledger.desk_tables import Role

READERS: Final[frozenset[Role]] = frozenset({"legal", "admin"})
_SHOWN: Final = 50
_OF_ITEMS: Final = ("decision", "judgement", "item", "review", "referral", "appeal")
"""Kinds, up to their dot, whose subject is an item."""
_DESKS: Final = ("desk", "to", "from")
_TIMES: Final = ("before_ms",)
"""Details that are a time."""
_SHORT: Final = 12
"""Characters shown of a digest."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it."""

    entry: Entry
    kind: str
    who: str
    item: bool
    """Whether its subject is the ref of an item."""
    details: tuple[tuple[str, str], ...]


def log(visit: Visit) -> Response:
    """The log, filtered by what stands in the address."""
    return _page(visit)


def prove(visit: Visit) -> Response:
    """Go along the chain, and say whether it holds. Raises ValueError for what is no anchor."""
    said = visit.form.get("head", "").strip()
    try:
        anchors = [Anchor.parse(said)] if said else []
    except ValueError:
        raise ValueError(visit.text("audit.bad_head")) from None
    result = verify(visit.ledger, anchors=anchors)
    if visit.partial:
        return visit.render("audit/result.html", result=result)
    return _page(visit, result=result)


def _page(visit: Visit, **values: Any) -> Response:
    asked = visit.request.query_params
    wanted = Wanted(
        kind=asked.get("kind") or None,
        subject=asked.get("subject", "").strip() or None,
        actor=asked.get("actor") or None,
        since_ms=_since(visit, asked.get("since", "")),
    )
    names = {PROGRAM: visit.text("audit.program"), **actors(visit.ledger)}
    found = latest(visit.ledger, wanted, _SHOWN + 1, _number(asked.get("before", "")))
    older = found[_SHOWN - 1].number if len(found) > _SHOWN else None
    filters = {name: asked.get(name, "") for name in ("kind", "actor", "subject", "since")}
    return visit.render(
        "audit/log.html",
        lines=[_line(visit, one, names) for one in found[:_SHOWN]],
        kinds={one: label(visit, one) for one in kinds(visit.ledger)},
        names=names,
        filters=filters,
        older=older,
        head=head(visit.ledger),
        **{"result": None, **values},
    )


def label(visit: Visit, kind: str) -> str:
    """A kind of entry in words; one that nobody has put into words as it is."""
    return _word(visit, f"audit.kind_{kind.replace('.', '_')}", kind)


def _line(visit: Visit, entry: Entry, names: dict[str, str]) -> Line:
    return Line(
        entry=entry,
        kind=label(visit, entry.kind),
        who=names.get(entry.actor, entry.actor),
        item=entry.kind.partition(".")[0] in _OF_ITEMS,
        details=tuple(
            (_word(visit, f"audit.detail_{name}", name), _said(visit, name, value))
            for name, value in entry.detail.items()
        ),
    )


def _word(visit: Visit, name: str, otherwise: str) -> str:
    return visit.text(name) if name in texts() else otherwise


def _said(visit: Visit, name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, int):
        return when(value, visit.language)
    if name in _DESKS and isinstance(value, str):
        return _word(visit, f"desk.{value}", value)
    if name == "what":
        return _word(visit, f"redact.kind_{value}", str(value))
    if isinstance(value, str) and len(value) == 64:
        return f"{value[:_SHORT]}…"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "-" if value is None or value == {} else str(value)


def _since(visit: Visit, said: str) -> int | None:
    """The start of that day in West Indonesia."""
    if not said:
        return None
    try:
        day = datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=WIB)
    except ValueError:
        raise ValueError(visit.text("audit.bad_date")) from None
    return int(day.timestamp() * 1000)


def _number(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 19 else None


PAGES = (
    Page("/audit", log, READERS),
    Page("/audit/verify", prove, READERS, "POST"),
)
