"""The plots of a report, each from plain rows and labels: they know nothing of ledgers.

Every function returns SVG (`drawing`); no rows, no plot: the empty string.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from tasks.proportion import Proportion
from workers.report.drawing import (
    ACCENT,
    INK,
    LIGHT,
    LINE,
    SOFT,
    drawing,
    rows_of,
)

_HOUR: Final = 3_600_000
_LABELLED_DAYS: Final = 14
_CHAR: Final = 0.072
"""Inches that a character of a label is wide, about."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of daily counts."""

    label: str
    colour: str
    counts: Sequence[int]
    total: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a row: what it is, and how much."""

    label: str
    colour: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A row that is made of originals and copies, with what it was before."""

    label: str
    originals: int
    copies: int
    before: int
    note: str


@dataclass(frozen=True, slots=True)
class Range:
    """A wait: median and ninth decile in milliseconds, None where they are not known."""

    label: str
    colour: str
    median_ms: int | None
    p90_ms: int | None
    note: str


def days(name: str, rows: Sequence[Series], labels: Sequence[str]) -> str:
    """A band of daily bars for each row, all on one scale."""
    most = max((count for row in rows for count in row.counts), default=0)
    if not most:
        return ""
    result: list[str] = []
    with drawing(name, 0.35 + 0.55 * len(rows), result) as figure:
        bands = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
        for axes, row in zip(bands, rows, strict=True):
            _band(axes, row, most)
        step = -(-len(labels) // _LABELLED_DAYS)
        bands[-1].set_xticks(range(0, len(labels), step), labels[::step])
    return result[0]


def segments(name: str, rows: Sequence[tuple[str, Sequence[Segment]]]) -> str:
    """A bar of labelled parts for each row; parts too small for their label show their number."""
    most = max((sum(part.count for part in parts) for _, parts in rows), default=0)
    if not most:
        return ""
    key = list(dict.fromkeys((part.label, part.colour) for _, parts in rows for part in parts))
    result: list[str] = []
    with drawing(name, 0.5 + 0.42 * len(rows), result) as figure:
        axes = figure.add_subplot()
        for place, (_, parts) in enumerate(rows):
            _parts(axes, place, parts, most)
        rows_of(axes, [label for label, _ in rows])
        _key(axes, len(rows), key)
        _bare(axes, most * 1.02)
    return result[0]


def bars(name: str, rows: Sequence[Bar], originals: str, copies: str, before: str) -> str:
    """Originals and copies of each row on one bar, and an upright line where it was before."""
    most = max((max(row.originals + row.copies, row.before) for row in rows), default=0)
    if not most:
        return ""
    result: list[str] = []
    with drawing(name, 0.5 + 0.42 * len(rows), result) as figure:
        axes = figure.add_subplot()
        for place, row in enumerate(rows):
            axes.barh(place, row.originals, color=ACCENT, height=0.6)
            axes.barh(place, row.copies, left=row.originals, color=LIGHT, height=0.6)
            if row.before:
                axes.plot([row.before] * 2, [place - 0.42, place + 0.42], color=INK, lw=1.6)
            end = max(row.originals + row.copies, row.before)
            axes.text(end + most * 0.012, place, row.note, va="center", color=SOFT)
        rows_of(axes, [row.label for row in rows])
        _key(axes, len(rows), [(originals, ACCENT), (copies, "#3f7f7c"), (before, INK)])
        _bare(axes, most * 1.3)
    return result[0]


def ranges(name: str, rows: Sequence[Range], ticks: Sequence[tuple[int, str]]) -> str:
    """From the median to the ninth decile of each row, on a logarithmic scale of time."""
    known = [ms for row in rows for ms in (row.median_ms, row.p90_ms) if ms is not None]
    if not known:
        return ""
    low, high = max(min(known) * 0.6, 30_000), max(*known, _HOUR) * 1.8
    result: list[str] = []
    with drawing(name, 0.45 + 0.42 * len(rows), result) as figure:
        axes = figure.add_subplot()
        axes.set_xscale("log")
        for place, row in enumerate(rows):
            _range(axes, place, row, low, high)
        rows_of(axes, [row.label for row in rows])
        shown = [(at, said) for at, said in ticks if low <= at <= high]
        axes.set_xticks([at for at, _ in shown], [said for _, said in shown])
        axes.minorticks_off()
        axes.grid(axis="x")
        axes.set_xlim(low, high)
    return result[0]


def intervals(name: str, rows: Sequence[tuple[str, Proportion, str]]) -> str:
    """A share and its 95% interval for each row, with a note at its right."""
    if not any(one.of for _, one, _ in rows):
        return ""
    result: list[str] = []
    with drawing(name, 0.45 + 0.42 * len(rows), result) as figure:
        axes = figure.add_subplot()
        for place, (_, one, note) in enumerate(rows):
            if one.share is not None and one.interval is not None:
                axes.plot(one.interval, [place] * 2, color=LIGHT, lw=6, solid_capstyle="round")
                axes.plot(one.share, place, "o", color=ACCENT, ms=7)
            _note(axes, place, note)
        rows_of(axes, [label for label, _, _ in rows])
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        axes.grid(axis="x")
    return result[0]


def _band(axes: Axes, row: Series, most: int) -> None:
    axes.bar(range(len(row.counts)), row.counts, color=row.colour, width=0.72)
    if len(row.counts) <= _LABELLED_DAYS:
        for place, count in enumerate(row.counts):
            if count:
                axes.text(place, count, f"{count}", ha="center", va="bottom", color=SOFT, size=7.5)
    axes.set_ylim(0, most * 1.35)
    axes.set_yticks([])
    axes.set_ylabel(row.label, rotation=0, ha="right", va="center", color=row.colour, weight="bold")
    axes.text(1.01, 0.5, row.total, transform=axes.transAxes, va="center", weight="bold")


def _parts(axes: Axes, place: int, parts: Sequence[Segment], most: int) -> None:
    left = 0.0
    for part in parts:
        if not part.count:
            continue
        axes.barh(place, part.count, left=left, color=part.colour, height=0.66, edgecolor="white")
        room = part.count / most * 5.2
        said = next(
            (
                text
                for text in (f"{part.label} {part.count}", f"{part.count}")
                if len(text) * _CHAR + 0.1 < room
            ),
            "",
        )
        axes.text(
            left + part.count / 2, place, said, ha="center", va="center", color="white", size=8
        )
        left += part.count


def _range(axes: Axes, place: int, row: Range, low: float, high: float) -> None:
    if row.median_ms is not None:
        start, end = max(row.median_ms, low), max(row.p90_ms or high, low)
        open_end = row.p90_ms is None
        axes.plot([start, end], [place] * 2, color=row.colour, lw=3, alpha=0.45,
                  ls=(0, (1, 1)) if open_end else "-", solid_capstyle="butt")  # fmt: skip
        axes.plot(start, place, "o", color=row.colour, ms=8)
        axes.plot(end, place, ">" if open_end else "|", color=row.colour, ms=8, mew=2)
    _note(axes, place, row.note)


def _bare(axes: Axes, right: float) -> None:
    axes.set_xlim(0, right)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=LINE, lw=1)


def _note(axes: Axes, place: int, note: str) -> None:
    axes.text(1.02, place, note, va="center", color=SOFT, transform=axes.get_yaxis_transform())


def _key(axes: Axes, rows: int, entries: Sequence[tuple[str, str]]) -> None:
    """What the colours say, in these colours, on a line above the first row."""
    axes.set_ylim(rows - 0.5, -1.05)
    left = 0.0
    for said, colour in entries:
        axes.text(
            left, -0.78, said, transform=axes.get_yaxis_transform(), color=colour, va="center",
            weight="bold", size=8,
        )  # fmt: skip
        left += (len(said) * _CHAR + 0.22) / 5.6
