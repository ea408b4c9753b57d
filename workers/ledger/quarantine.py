"""What waits in quarantine, and what a person does about it: try it again, or give it up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select, update

from tasks.masking import mask_text
from tasks.models import Content
from workers.ledger.audit import append
from workers.ledger.database import Ledger, now_ms
from workers.ledger.leases import FAR_MS
from workers.ledger.schema import items
from workers.mendable import Mendable

OPERATOR: Final = "operator"
"""The actor in the audit log: whoever may run commands on the ledger."""
MAX_REASON: Final = 300
"""Characters of a reason."""
_NAMED: Final = 100
"""Items that one entry of the log names."""


class NotQuarantined(Mendable):
    """There is no such item in quarantine; nothing was done."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that waits for a person, and why."""

    ref: str
    error: str
    attempts: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items in quarantine are meant: all that pass what is given."""

    refs: Sequence[str] = ()
    source: str | None = None
    error: str | None = None
    """A part of the error."""


def quarantined(ledger: Ledger, choice: Choice | None = None) -> list[Quarantined]:
    """The items that wait for a person, oldest first; those given up are not among them."""
    choice = choice if choice is not None else Choice()
    with ledger.read() as connection:
        rows = connection.execute(
            select(items.c.source, items.c.id, items.c.error, items.c.attempts, items.c.finished_at)
            .where(*_chosen(choice))
            .order_by(items.c.finished_at, items.c.seq)
        )
        found = [
            Quarantined(f"{row.source}/{row.id}", row.error, row.attempts, row.finished_at)
            for row in rows
        ]
    return [one for one in found if not choice.refs or one.ref in set(choice.refs)]


def content(ledger: Ledger, ref: str) -> Content:
    """What an item in quarantine holds, masked as at the door. Raises NotQuarantined."""
    source, _, name = ref.partition("/")
    with ledger.read() as connection:
        found = connection.scalar(
            select(items.c.content).where(
                *_chosen(Choice()), items.c.source == source, items.c.id == name
            )
        )
    if found is None:
        raise NotQuarantined(f"{ref} is not in quarantine; `saring quarantine list` names what is")
    return Content.model_validate_json(found)


def replay(ledger: Ledger, choice: Choice, reason: str, per_second: float) -> list[str]:
    """Send the chosen items through the stages again, as if they were new; returns their refs.

    They come due one after the other, `per_second` of them: what broke on them may break again.
    Raises NotQuarantined if one of `choice.refs` is not there, ValueError for a reason that is
    none, or a rate that is none or takes more than half an hour; then nothing was done.
    """
    if per_second <= 0:
        raise ValueError("--rate: must be above 0 items a second")
    reason, refs = _said(reason), _refs(ledger, choice)
    _check_rate(len(refs), per_second)
    now = now_ms()
    with ledger.write() as connection:
        for place, ref in enumerate(refs):
            source, _, name = ref.partition("/")
            connection.execute(
                update(items)
                .where(*_chosen(Choice()), items.c.source == source, items.c.id == name)
                .values(
                    state="ready",
                    attempts=0,
                    deferrals=0,
                    due_at=now + int(place * 1000 / per_second),
                    finished_at=None,
                    error=None,
                )
            )
        if refs:
            detail = {"reason": reason, "items": len(refs), "refs": refs[:_NAMED]}
            append(connection, OPERATOR, "quarantine.replayed", _subject(refs), detail)
    return refs


def drop(ledger: Ledger, choice: Choice, reason: str) -> list[str]:
    """Give the chosen items up: their content is erased, and they wait for nobody; returns refs.

    They stay quarantined, so pushing one again changes nothing. Raises as `replay` does.
    """
    reason, refs = _said(reason), _refs(ledger, choice)
    with ledger.write() as connection:
        for ref in refs:
            source, _, name = ref.partition("/")
            connection.execute(
                update(items)
                .where(*_chosen(Choice()), items.c.source == source, items.c.id == name)
                .values(dropped_at=now_ms(), content="")
            )
        if refs:
            detail = {"reason": reason, "items": len(refs), "refs": refs[:_NAMED]}
            append(connection, OPERATOR, "quarantine.dropped", _subject(refs), detail)
    return refs


def _refs(ledger: Ledger, choice: Choice) -> list[str]:
    refs = [one.ref for one in quarantined(ledger, choice)]
    missing = sorted(set(choice.refs) - set(refs))
    if missing:
        raise NotQuarantined(
            f"{', '.join(missing)}: not in quarantine (or not of that source or error)"
        )
    return refs


def _check_rate(count: int, per_second: float) -> None:
    """What lies further ahead than FAR_MS would be taken for the work of a clock that jumped."""
    within = FAR_MS // 1000
    if (count - 1) / per_second > within:
        raise ValueError(
            f"--rate: {count} items at {per_second:g} a second take more than half an hour; give "
            f"--rate {math.ceil(count / within)} or more, or choose fewer items (name them, or "
            "--source, or --error)"
        )


def _said(reason: str) -> str:
    """The reason as the log keeps it: on one line, account names and numbers masked."""
    flat = " ".join(reason.split())
    if not 3 <= len(flat) <= MAX_REASON:
        raise ValueError(f"--reason: say why in 3 to {MAX_REASON} characters")
    return mask_text(flat)


def _subject(refs: Sequence[str]) -> str:
    return refs[0] if len(refs) == 1 else f"{len(refs)} items"


def _chosen(choice: Choice) -> list[ColumnElement[bool]]:
    wanted = [items.c.state == "quarantined", items.c.dropped_at.is_(None)]
    if choice.source is not None:
        wanted.append(items.c.source == choice.source)
    if choice.error is not None:
        wanted.append(items.c.error.contains(choice.error, autoescape=True))
    return wanted
