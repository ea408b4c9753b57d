"""A report as a PDF: the same sections as the page, with text that can be searched and copied."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from workers.report.document import Document, Plot, Section, Sentence, Table, Tile
from workers.report.drawing import ACCENT, DANGER, INK, LINE, SOFT
from workers.report.writing import Writer

_MARGIN: Final = 17.0
_FONT: Final = "DejaVu"
_GOOD: Final = "#1b6b34"
_NARROW: Final = 6
_WIDE: Final = 34
"""Fewest and most characters that count for the width of a column."""
_VIEW: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def pdf(document: Document, writer: Writer, made_ms: int) -> bytes:
    """The PDF; the same bytes for the same document and time."""
    paper = _Paper(document, writer, made_ms)
    paper.add_page()
    paper.head(document)
    for section in document.sections:
        paper.section(section)
    paper.facts(document.facts)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, document: Document, writer: Writer, made_ms: int) -> None:
        super().__init__(format="A4")
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_creation_date(datetime.fromtimestamp(made_ms / 1000, UTC))
        self.set_title(f"{document.title}: {document.period}")
        self.set_author(document.institution)
        self.set_lang(writer.language)
        self._document, self._writer = document, writer

    def footer(self) -> None:
        """Number every page."""
        self.set_y(-14)
        self._pen(7.5, SOFT)
        self.cell(self.epw / 2, 5, self._document.institution)
        said = self._writer.voice.text(
            "report.page", self._writer.language, n=self.page_no(), of="{nb}"
        )
        self.cell(self.epw / 2, 5, said, align="R")

    def head(self, document: Document) -> None:
        """Title, period, and the figures that come first."""
        self._say(document.institution, 10, ACCENT, bold=True)
        self._say(document.title, 20, INK, bold=True)
        self._say(document.period, 10, SOFT)
        self.ln(1)
        self.set_draw_color(ACCENT)
        self.set_line_width(0.8)
        self.line(self.l_margin, self.y, self.l_margin + self.epw, self.y)
        self.ln(4)
        self._tiles(document.tiles)

    def section(self, section: Section) -> None:
        """A section: never its title alone at the foot of a page."""
        if self.will_page_break(34 + (0 if section.plot is None else self._height(section.plot))):
            self.add_page()
        self.ln(5)
        self._pen(13, ACCENT, bold=True)
        self.start_section(section.title)
        self.multi_cell(0, 7, section.title, new_x="LMARGIN", new_y="NEXT")
        for sentence in section.sentences:
            self._sentence(sentence)
        if section.plot is not None:
            self._plot(section.plot)
        for one in section.tables:
            self._table(one)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """What the report was made from."""
        self.ln(2)
        for name, value in facts:
            self._say(f"{name}: {value}", 7.5, SOFT)

    def _tiles(self, tiles: Sequence[Tile]) -> None:
        top, width = self.y, self.epw / len(tiles)
        bottom = top
        for place, tile in enumerate(tiles):
            lines = ((tile.value, 17, INK, True), (tile.label, 8, INK, False),
                     (tile.change, 7, SOFT, False))  # fmt: skip
            self.set_y(top)
            for text, size, colour, bold in lines:
                self.set_x(self.l_margin + place * width)
                self._pen(size, colour, bold=bold)
                self.multi_cell(width - 3, size * 0.48, text, align="L", new_x="LEFT", new_y="NEXT")
            bottom = max(bottom, self.y)
        self.set_xy(self.l_margin, bottom)

    def _sentence(self, sentence: Sentence) -> None:
        colour = {"plain": INK, "good": _GOOD, "danger": DANGER}[sentence.tone]
        self._say(sentence.text, 9, colour, bold=sentence.tone != "plain")
        self.ln(1)

    def _plot(self, plot: Plot) -> None:
        self.ln(1)
        svg = io.BytesIO(plot.svg.encode())
        self.image(svg, w=self.epw, h=self._height(plot), alt_text=plot.alt)
        self.ln(3)

    def _height(self, plot: Plot) -> float:
        """In millimetres, at the width of the text."""
        found = _VIEW.search(plot.svg)
        if found is None:
            raise ValueError("a plot has no view box")
        return float(self.epw) * float(found[2]) / float(found[1])

    def _table(self, one: Table) -> None:
        self._pen(7.5, INK)
        self.set_draw_color(LINE)
        self.set_line_width(0.2)
        aligns = ["RIGHT" if place in one.numbers else "LEFT" for place in range(len(one.columns))]
        heading = FontFace(emphasis="BOLD", color=SOFT)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=heading,
            col_widths=_widths(one),
            text_align=aligns,
            line_height=4.2,
            padding=(0.7, 1.2),
        ) as grid:
            grid.row(one.columns)
            for number, row in enumerate(one.rows, 1):
                last = one.last_is_total and number == len(one.rows)
                grid.row(row, style=FontFace(emphasis="BOLD") if last else None)
        self.ln(3)

    def _say(self, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        self._pen(size, colour, bold=bold)
        self.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _pen(self, size: float, colour: str, *, bold: bool = False) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(colour)


def _widths(one: Table) -> list[int]:
    """Each column as wide as its longest cell, or the longest word of its heading."""
    columns = zip(one.columns, *one.rows, strict=True)
    return [
        min(max(*map(len, heading.split()), *map(len, cells), _NARROW) + 2, _WIDE)
        for heading, *cells in columns
    ]
