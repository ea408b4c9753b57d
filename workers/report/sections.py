"""The sections of a report that tell what came in, and what grew."""

from collections.abc import Sequence
from typing import Final

from tasks.words import PROTECTED_ACTS, Desk, ProtectedAct
from workers.report import plots
from workers.report.document import Plot, Section, Sentence, Table, table
from workers.report.drawing import DESK_COLOURS
from workers.report.model import Grown, Report
from workers.report.plots import Bar, Segment, Series
from workers.report.writing import Writer

_LABEL: Final = 34
_LANGUAGES: Final = 12


def volume(report: Report, writer: Writer) -> Section:
    """Items by desk and day."""
    now, before, days = report.now.volume, report.before.volume, report.now.period.days
    desks = writer.desks({**now.by_desk, **before.by_desk})
    series = [
        Series(
            writer.desk(desk),
            DESK_COLOURS[desk],
            [now.by_day.get((day, desk), 0) for day in days],
            writer.number(now.by_desk.get(desk, 0)),
        )
        for desk in desks
    ]
    most = max(now.by_desk, key=lambda desk: now.by_desk[desk], default=None)
    alt = "" if most is None else writer.say(
        "volume_alt", desk=writer.desk(most), most=now.by_desk[most]
    )  # fmt: skip
    svg = plots.days("volume", series, [writer.day(day) for day in days])
    totals = [*(_against(writer.desk(desk), now.by_desk.get(desk, 0),
                         before.by_desk.get(desk, 0), writer) for desk in desks)]  # fmt: skip
    if totals:
        totals.append(_against(writer.say("total"), now.items, before.items, writer))
    by_day = [
        (writer.day(day), *(writer.number(now.by_day.get((day, desk), 0)) for desk in desks))
        for day in days
    ]
    heads = ("desk", "volume_copies", "before", "volume_change")
    return Section(
        "volume",
        writer.say("volume"),
        (
            Sentence(
                writer.say("volume_said", items=now.items, copies=now.copies, before=before.items)
            ),
        ),
        Plot(svg, alt) if svg else None,
        (
            *table(writer.say("desk"), [writer.say(head) for head in heads], totals, total=True),
            *table(
                writer.say("plain"),
                [writer.say("day"), *map(writer.desk, desks)],
                by_day if desks else [],
            ),
        ),
    )


def narratives(report: Report, writer: Writer) -> Section:
    """The narratives that grew."""
    found = report.narratives
    rows = [
        Bar(
            _short(one),
            one.items - round(one.share_of_copies * one.items),
            round(one.share_of_copies * one.items),
            one.before,
            f"{writer.number(one.items)} ({writer.change(one.items, one.before)})",
        )
        for one in found
    ]
    keys = (writer.say("originals"), writer.say("copies").lower(), writer.say("before_mark"))
    svg = plots.bars("narratives", rows, *keys)
    said = "narratives_said" if found else "empty"
    alt = writer.say("narratives_alt", most=max((one.items for one in found), default=0))
    heads = ("narrative", "items", "before", "copies", "accounts", "compression")
    return Section(
        "narratives",
        writer.say("narratives"),
        (Sentence(writer.say(said)),),
        Plot(svg, alt) if svg else None,
        table(
            writer.say("narratives"),
            [writer.say(head) for head in heads],
            [_narrative(one, writer) for one in found],
        ),
    )


def protected(report: Report, writer: Writer) -> Section:
    """What protected speech was left alone, and whether any was not."""
    now = report.now.protected
    desks = writer.desks({desk: True for _, desk in now.by_desk})
    acts = [act for act in PROTECTED_ACTS if any(act == one for one, _ in now.by_desk)]
    svg = plots.segments(
        "protected",
        [
            (
                writer.say(f"act_{act}"),
                [
                    Segment(writer.desk(desk), DESK_COLOURS[desk], now.by_desk.get((act, desk), 0))
                    for desk in desks
                ],
            )
            for act in acts
        ],
    )
    rows = [_acts(act, desks, report, writer) for act in acts]
    return Section(
        "protected",
        writer.say("protected"),
        (
            _verdict(report, writer),
            Sentence(
                writer.say(
                    "protected_said",
                    items=now.items,
                    before=report.before.protected.items,
                    beside=now.beside_danger,
                )
            ),
        ),
        Plot(svg, writer.say("protected_alt")) if svg else None,
        table(writer.say("plain"), [writer.say("act"), *map(writer.desk, desks)], rows),
    )


def quality(report: Report, writer: Writer) -> Section:
    """Languages, quarantine and alerts."""
    now, before = report.now, report.before
    languages = sorted(now.volume.languages.items(), key=lambda one: (-one[1], one[0]))
    rows = [
        _against(writer.named(f"language_{code}", code), count,
                 before.volume.languages.get(code, 0), writer)
        for code, count in languages[:_LANGUAGES]
    ]  # fmt: skip
    unseen = sum(not one.seen for one in now.alerts)
    heads = ("language", "items", "before", "volume_change")
    errors = sorted(now.quarantine.errors.items(), key=lambda one: (-one[1], one[0]))
    alerts = [
        (
            one.narrative_id,
            writer.when(one.hour_ms),
            writer.say("seen_yes" if one.seen else "seen_no"),
        )
        for one in now.alerts
    ]
    return Section(
        "quality",
        writer.say("quality"),
        (
            Sentence(
                writer.say(
                    "quarantine_said", new=now.quarantine.new, waiting=now.quarantine.waiting
                )
            ),
            Sentence(writer.say("alerts_said", count=len(now.alerts), unseen=unseen)),
        ),
        None,
        (
            *table(writer.say("language"), [writer.say(head) for head in heads], rows),
            *table(
                writer.say("error"),
                [writer.say("error"), writer.say("items")],
                [(name or writer.say("no_value"), writer.number(count)) for name, count in errors],
            ),
            *_plain(
                writer.say("alert"),
                (writer.say("narrative"), writer.say("hour"), writer.say("seen")),
                alerts,
            ),
        ),
    )


def _verdict(report: Report, writer: Writer) -> Sentence:
    now = report.now.protected
    if not now.went_too_far:
        return Sentence(writer.say("protected_good"), "good")
    return Sentence(
        writer.say(
            "protected_bad",
            program=now.escalated,
            person=now.moved_to_review,
            referred=now.referred,
        ),
        "danger",
    )


def _acts(act: ProtectedAct, desks: list[Desk], report: Report, writer: Writer) -> tuple[str, ...]:
    found = report.now.protected.by_desk
    return (
        writer.say(f"act_{act}"),
        *(writer.number(found.get((act, desk), 0)) for desk in desks),
    )


def _against(name: str, now: int, before: int, writer: Writer) -> tuple[str, ...]:
    return name, writer.number(now), writer.number(before), writer.change(now, before)


def _narrative(one: Grown, writer: Writer) -> tuple[str, ...]:
    pressed = one.compression
    return (
        f"{one.headline or writer.say('withheld')} [{one.narrative_id}]",
        writer.number(one.items),
        writer.number(one.before),
        writer.percent(one.share_of_copies),
        one.accounts,
        writer.say("no_value")
        if pressed is None
        else writer.say("compression_times", n=writer.number(pressed, 1)),
    )


def _short(one: Grown) -> str:
    if one.headline is None:
        return one.narrative_id
    return (
        one.headline if len(one.headline) <= _LABEL else f"{one.headline[: _LABEL - 1].rstrip()}…"
    )


def _plain(
    caption: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> tuple[Table, ...]:
    return (Table(caption, columns, tuple(rows), frozenset()),) if rows else ()
