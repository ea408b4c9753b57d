"""A report as a document: its head, the few figures that come first, and the sections in order."""

from typing import Final

from workers.report.document import Document, Section, Sentence, Tile
from workers.report.model import Period, Report
from workers.report.sections import narratives, protected, quality, volume
from workers.report.sections_of_work import doubts, review, waits, work
from workers.report.writing import Writer

SECTIONS: Final = (volume, narratives, work, waits, review, protected, doubts, quality)
"""What a report tells, in order. Another section is one function and one line."""


def compose(report: Report, writer: Writer) -> Document:
    """The document, in the language of the writer."""
    period = span(report.now.period, writer)
    return Document(
        title=writer.say("title"),
        institution=report.institution,
        period=period,
        facts=_facts(report, period, writer),
        tiles=_tiles(report, writer),
        sections=(*(make(report, writer) for make in SECTIONS), _about(writer)),
    )


def span(period: Period, writer: Writer) -> str:
    """A period for people."""
    return writer.say(
        "period", since=writer.when(period.since_ms), until=writer.when(period.until_ms)
    )


def _facts(report: Report, period: str, writer: Writer) -> tuple[tuple[str, str], ...]:
    head = report.audit_head
    versions = (f"{name} {', '.join(found)}" for name, found in report.now.volume.versions.items())
    return (
        (writer.say("institution"), report.institution),
        (writer.say("span"), period),
        (writer.say("before_span"), span(report.before.period, writer)),
        (writer.say("made"), writer.when(report.made_ms)),
        (writer.say("versions"), "; ".join(versions) or writer.say("no_value")),
        (writer.say("ledger"), report.ledger_id),
        (writer.say("audit"), writer.say("audit_none") if head is None else f"{head[0]}:{head[1]}"),
    )


def _tiles(report: Report, writer: Writer) -> tuple[Tile, ...]:
    pairs = {
        "items": [one.volume.items for one in (report.now, report.before)],
        "decisions": [sum(one.decisions.values()) for one in (report.now, report.before)],
        "waiting": [
            sum(wait.waiting for wait in one.waits.values()) for one in (report.now, report.before)
        ],
        "protected": [one.protected.items for one in (report.now, report.before)],
    }
    return tuple(
        Tile(writer.number(now), writer.say(f"tile_{name}"), _change(now, before, writer))
        for name, (now, before) in pairs.items()
    )


def _change(now: int, before: int, writer: Writer) -> str:
    if now == before:
        return writer.say("change_none")
    return writer.say("change", change=writer.change(now, before), before=before)


def _about(writer: Writer) -> Section:
    said = (writer.say(f"about_{name}") for name in ("time", "people", "erased"))
    return Section("about", writer.say("about"), tuple(map(Sentence, said)))
