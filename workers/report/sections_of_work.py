"""The sections of a report that tell what people did, how soon, and where they disagreed."""

from typing import Final

from tasks.proportion import Proportion
from tasks.words import Desk
from workers.report import plots
from workers.report.document import Plot, Section, Sentence, table
from workers.report.drawing import ACCENT, DESK_COLOURS
from workers.report.model import Overruled, Report, Waits
from workers.report.plots import Range, Segment
from workers.report.writing import Writer

_MINUTE: Final = 60_000
_TICKS: Final = (1, 10, 60, 360, 1440, 4320, 10_080, 43_200)
"""Minutes."""
_KIND_COLOURS: Final = {
    "handled": ACCENT,
    "dismissed": "#7b8794",
    "moved": "#b25e00",
    "claim_confirmed": "#0b5394",
    "claim_rejected": "#6a3d8f",
}
_OTHER: Final = "#55616e"


def work(report: Report, writer: Writer) -> Section:
    """What was answered and clarified."""
    now = report.now
    kinds = [*_KIND_COLOURS, *sorted({kind for _, kind in now.decisions} - set(_KIND_COLOURS))]
    kinds = [kind for kind in kinds if any(kind == one for _, one in now.decisions)]
    desks = writer.desks({desk: True for desk, _ in now.decisions})
    names = [writer.named(f"kind_{kind}", kind) for kind in kinds]
    svg = plots.segments(
        "work",
        [
            (
                writer.desk(desk),
                [
                    Segment(
                        name, _KIND_COLOURS.get(kind, _OTHER), now.decisions.get((desk, kind), 0)
                    )
                    for kind, name in zip(kinds, names, strict=True)
                ],
            )
            for desk in desks
        ],
    )
    rows = [
        (writer.desk(desk), *(writer.number(now.decisions.get((desk, kind), 0)) for kind in kinds))
        for desk in desks
    ]
    return Section(
        "work",
        writer.say("work"),
        _work_said(report, writer),
        Plot(svg, writer.say("work_alt")) if svg else None,
        table(writer.say("plain"), [writer.say("desk"), *names], rows),
    )


def waits(report: Report, writer: Writer) -> Section:
    """How long things waited."""
    desks = writer.desks(report.now.waits)
    svg = plots.ranges(
        "waits",
        [_range(desk, report.now.waits[desk], writer) for desk in desks],
        [(minutes * _MINUTE, writer.span(minutes * _MINUTE)) for minutes in _TICKS],
    )
    heads = ("desk", "decided", "waiting", "median", "median_before", "p90", "longest")
    return Section(
        "waits",
        writer.say("waits"),
        (Sentence(writer.say("waits_said" if desks else "empty")),),
        Plot(svg, writer.say("waits_alt")) if svg else None,
        table(
            writer.say("waits"),
            [writer.say(head) for head in heads],
            [_wait(desk, report, writer) for desk in desks],
        ),
    )


def review(report: Report, writer: Writer) -> Section:
    """How far reviewers agree, and what became of referrals."""
    now, before = report.now.referrals, report.before.referrals
    rows = [
        (writer.say("referral_opened"), writer.number(now.opened), writer.number(before.opened)),
        (writer.say("referral_signed"), writer.number(now.signed), writer.number(before.signed)),
        (
            writer.say("referral_reversed"),
            writer.number(now.reversed),
            writer.number(before.reversed),
        ),
        (writer.say("referral_waiting"), writer.number(now.waiting), writer.say("no_value")),
    ]
    heads = ("referral", "count", "before")
    return Section(
        "review",
        writer.say("review"),
        _agreement(report, writer),
        None,
        table(writer.say("referral"), [writer.say(head) for head in heads], rows),
    )


def doubts(report: Report, writer: Writer) -> Section:
    """Where the program abstained, or was overruled."""
    now, before = (
        _shares(one.volume.abstained, one.overruled) for one in (report.now, report.before)
    )
    names = [writer.say(f"doubts_{name}") for name in now]
    svg = plots.intervals(
        "doubts",
        [
            (name, one, f"{writer.percent(one.share)}  ·  {writer.part(one)}")
            for name, one in zip(names, now.values(), strict=True)
        ],
    )
    rows = [
        (name, writer.percent(one.share), writer.part(one), writer.interval(one),
         writer.percent(old.share))
        for name, one, old in zip(names, now.values(), before.values(), strict=True)
    ]  # fmt: skip
    heads = ("doubts_what", "doubts_share", "count", "doubts_interval", "before")
    return Section(
        "doubts",
        writer.say("doubts"),
        (Sentence(writer.say("doubts_said")),),
        Plot(svg, writer.say("doubts_alt")) if svg else None,
        table(writer.say("doubts"), [writer.say(head) for head in heads], rows),
    )


def _work_said(report: Report, writer: Writer) -> tuple[Sentence, ...]:
    now, before = report.now, report.before
    made, earlier = (sum(one.decisions.values()) for one in (now, before))
    clarified = now.clarifications
    return (
        Sentence(writer.say("work_said", count=made, undone=now.undone, before=earlier)),
        Sentence(
            writer.say(
                "work_clarified",
                published=clarified.published,
                before=before.clarifications.published,
                withdrawn=clarified.withdrawn,
                drafts=clarified.drafts,
            )
        ),
    )


def _range(desk: Desk, one: Waits, writer: Writer) -> Range:
    median = writer.span(one.median_ms, "not_reached")
    note = (
        median if one.median_ms is None else f"{median} · {writer.span(one.p90_ms, 'not_reached')}"
    )
    return Range(writer.desk(desk), DESK_COLOURS[desk], one.median_ms, one.p90_ms, note)


def _wait(desk: Desk, report: Report, writer: Writer) -> tuple[str, ...]:
    one, before = report.now.waits[desk], report.before.waits.get(desk)
    return (
        writer.desk(desk),
        writer.number(one.decided),
        writer.number(one.waiting),
        writer.span(one.median_ms, "unknown"),
        writer.span(None if before is None else before.median_ms),
        writer.span(one.p90_ms, "unknown"),
        writer.span(one.longest_ms),
    )


def _agreement(report: Report, writer: Writer) -> tuple[Sentence, ...]:
    one = report.now.agreement
    if not one.pairs:
        return (Sentence(writer.say("review_none")),)
    agreed = writer.say("review_agreed", pairs=one.pairs, agreed=writer.percent(one.agreed))
    if one.kappa is None:
        return Sentence(agreed), Sentence(writer.say("review_kappa_none"))
    kappa = writer.number(one.kappa, 2)
    if one.low is None or one.high is None:
        return Sentence(agreed), Sentence(writer.say("review_kappa_alone", kappa=kappa))
    low, high = writer.number(one.low, 2), writer.number(one.high, 2)
    return Sentence(agreed), Sentence(writer.say("review_kappa", kappa=kappa, low=low, high=high))


def _shares(abstained: Proportion, overruled: Overruled) -> dict[str, Proportion]:
    return {
        "abstained": abstained,
        "moved": overruled.moved,
        "claims_rejected": overruled.claims_rejected,
        "no_danger": overruled.no_danger,
        "reversed": overruled.reversed,
    }
