"""The morning digest: what needs people today, and what came in since, on one page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from tasks.days import yesterday_at_six
from workers.ledger import Ledger, report_work
from workers.ledger.report_work import Waiting
from workers.report.document import Table
from workers.report.figures import figures, grown
from workers.report.model import Figures, Grown, Period
from workers.report.writing import Writer

_NARRATIVES: Final = 3
_LINE: Final = 76
"""Characters of a line of plain text: mail programs break longer ones."""


@dataclass(frozen=True, slots=True)
class Morning:
    """The figures of a morning."""

    institution: str
    now: Figures
    """Of the time since the digest before."""
    waiting: tuple[Waiting, ...]
    unseen_alerts: int
    narratives: tuple[Grown, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The same as its readers see it."""

    title: str
    institution: str
    since: str
    needs_title: str
    needs: tuple[str, ...]
    """One sentence for each thing that needs people, the most pressing first."""
    news: str
    desks: Table | None
    grew_title: str
    grew: tuple[str, ...]
    url: str | None


def since_default(made_ms: int) -> int:
    """Where a digest begins if nobody says otherwise: yesterday at 06:00 WIB."""
    return yesterday_at_six(made_ms)


def morning(ledger: Ledger, institution: str, period: Period) -> Morning:
    """What the ledger holds for the digest of a period that ends now. Raises LedgerAway."""
    with ledger.read() as connection:
        return Morning(
            institution=institution,
            now=figures(connection, period),
            waiting=tuple(report_work.still_waiting(connection)),
            unseen_alerts=report_work.unseen_alerts(connection),
            narratives=grown(connection, period, _NARRATIVES),
        )


def digest(found: Morning, writer: Writer, url: str | None) -> Digest:
    """The digest in the language of the writer; `url` is where the desk is."""
    needs = tuple(_needs(found, writer)) or (writer.say("digest_nothing"),)
    now = found.now
    grew = tuple(
        writer.say(
            "digest_grew_line",
            headline=one.headline or f"{writer.say('withheld')} {one.narrative_id}",
            items=one.items,
            before=one.before,
        )
        for one in found.narratives
    )
    return Digest(
        title=writer.say("digest_title"),
        institution=found.institution,
        since=writer.say("digest_since", since=writer.when(now.period.since_ms)),
        needs_title=writer.say("digest_needs"),
        needs=needs,
        news=writer.say(
            "digest_new",
            items=now.volume.items,
            decisions=sum(now.decisions.values()),
            published=now.clarifications.published,
        ),
        desks=_desks(found, writer),
        grew_title=writer.say("digest_grew"),
        grew=grew,
        url=None if url is None else writer.say("digest_open", url=url),
    )


def plain(one: Digest) -> str:
    """The digest as the body of a plain-text e-mail."""
    lines = [f"{one.title} · {one.institution}", one.since, "", one.needs_title.upper()]
    lines += _listed(one.needs)
    lines += ["", one.news]
    if one.desks is not None:
        lines += ["", *_columns(one.desks)]
    if one.grew:
        lines += ["", one.grew_title.upper(), *_listed(one.grew)]
    if one.url is not None:
        lines += ["", one.url]
    return "\n".join(lines) + "\n"


def _listed(sentences: Iterable[str]) -> Iterator[str]:
    for one in sentences:
        yield from wrap(one, _LINE, initial_indent="- ", subsequent_indent="  ")


def _needs(found: Morning, writer: Writer) -> Iterator[str]:
    now, made = found.now, found.now.period.until_ms
    desks = {one.desk: one for one in found.waiting}
    if now.protected.went_too_far:
        yield writer.say("digest_protected", n=now.protected.went_too_far)
    dangers = [one for one in found.waiting if one.oldest_danger_ms is not None]
    if dangers:
        oldest = min(one.oldest_danger_ms for one in dangers if one.oldest_danger_ms is not None)
        number = sum(one.dangers for one in dangers)
        yield writer.say("digest_danger", n=number, ago=writer.span(made - oldest))
    if found.unseen_alerts:
        yield writer.say("digest_alerts", n=found.unseen_alerts)
    if now.referrals.waiting:
        yield writer.say("digest_signature", n=now.referrals.waiting)
    if "answer" in desks:
        asked = desks["answer"]
        ago = writer.span(made - asked.oldest_ms)
        yield writer.say("digest_questions", n=asked.items, ago=ago)
    if now.clarifications.drafts:
        yield writer.say("digest_drafts", n=now.clarifications.drafts)
    if found.waiting:
        first = found.waiting[0]
        ago = writer.span(made - first.oldest_ms)
        yield writer.say("digest_oldest", desk=writer.desk(first.desk), ago=ago)
    if now.quarantine.waiting:
        yield writer.say("digest_quarantine", n=now.quarantine.waiting)


def _desks(found: Morning, writer: Writer) -> Table | None:
    waiting = {one.desk: one for one in found.waiting}
    desks = [
        desk for desk in writer.desks({**waiting, **found.now.volume.by_desk}) if desk != "none"
    ]
    rows = tuple(
        (
            writer.desk(desk),
            writer.number(found.now.volume.by_desk.get(desk, 0)),
            writer.number(waiting[desk].items if desk in waiting else 0),
            writer.span(found.now.period.until_ms - waiting[desk].oldest_ms)
            if desk in waiting
            else writer.say("no_value"),
        )
        for desk in desks
    )
    heads = ("digest_desks", "digest_fresh", "waiting", "longest")
    columns = tuple(writer.say(head) for head in heads)
    return Table(columns[0], columns, rows, frozenset({1, 2, 3})) if rows else None


def _columns(one: Table) -> Iterator[str]:
    rows = (one.columns, *one.rows)
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *cells))
