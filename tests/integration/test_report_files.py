"""What a report is once it is written: a page, a PDF, a digest; nothing of persons in any."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tasks.words import LANGUAGES, ReaderLanguage
from tests.pdftext import pdf_text
from tests.reports import NOW, SECRET, WEEK, fill
from workers.desk.rendering import Rendering, styles
from workers.ledger import Ledger, open_ledger
from workers.report.compose import compose
from workers.report.digest import Digest, digest, morning, plain, since_default
from workers.report.document import Document
from workers.report.figures import count
from workers.report.html import digest_page, page
from workers.report.model import Period
from workers.report.pdf import pdf
from workers.report.writing import Writer

_VOID = {"meta", "link", "br", "hr", "img", "input"}


class _Strict(HTMLParser):
    """Fails on what a lenient parser would mend: tags that do not match, an id used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                assert value not in self.ids, f"id {value} twice"
                self.ids.add(str(value))
            if name in ("href", "src", "xlink:href", "action", "srcset", "poster"):
                self.addresses.append(str(value))
            assert not name.startswith("on"), name
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    made = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('report') / 'ledger.sqlite3'}")
    made.migrate()
    return made


def _writer(language: ReaderLanguage = "id") -> Writer:
    return Writer(Rendering(), language)


def _document(ledger: Ledger, language: ReaderLanguage = "id") -> Document:
    return compose(count(ledger, "Humas <Muara> & Lalan", WEEK, NOW), _writer(language))


def _digest(ledger: Ledger, language: ReaderLanguage = "id") -> Digest:
    found = morning(ledger, "Humas Muara Lalan", Period(since_default(NOW), NOW))
    return digest(found, _writer(language), "https://meja.example")


def _page(ledger: Ledger, language: ReaderLanguage = "id") -> str:
    sheets = styles("base.css", "report.css")
    return page(_document(ledger, language), _writer(language), sheets).decode()


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_and_needs_nothing_from_anywhere(
    ledger: Ledger, language: ReaderLanguage, filled: bool
) -> None:
    if filled:
        fill(ledger)
    html = _page(ledger, language)
    parser = _Strict()
    parser.feed(html)
    assert parser.open == []
    assert "<script" not in html
    assert "@import" not in html
    assert re.findall(r"url\((?!#)", html) == []
    assert all(one.startswith("#") or one == "data:," for one in parser.addresses)
    assert {one[1:] for one in parser.addresses if one.startswith("#")} <= parser.ids
    headings = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert headings[0] == 1
    assert all(later - before <= 1 for before, later in pairwise(headings))


def test_plots_are_drawn_without_style_sheets_and_each_has_its_figures(ledger: Ledger) -> None:
    fill(ledger)
    sections = [one for one in _document(ledger).sections if one.plot is not None]
    assert [one.id for one in sections] == [
        "volume", "narratives", "work", "waits", "protected", "doubts"
    ]  # fmt: skip
    for one in sections:
        assert one.plot is not None
        root = ET.fromstring(one.plot.svg)  # noqa: S314 - we drew it
        assert root.tag.endswith("svg")
        assert "style" not in one.plot.svg
        assert len(one.plot.alt) > 20
        assert one.tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_the_page_says(ledger: Ledger, language: ReaderLanguage) -> None:
    fill(ledger)
    document = _document(ledger, language)
    made = pdf(document, _writer(language), NOW)
    text = re.sub(r"\s+", "", pdf_text(made))
    for section in document.sections:
        assert re.sub(r"\s+", "", section.title) in text
        for sentence in section.sentences:
            assert re.sub(r"\s+", "", sentence.text) in text
        for table in section.tables:
            for cell in (cell for row in table.rows for cell in row):
                assert re.sub(r"\s+", "", cell) in text
    assert made.count(b"/Title") >= len(document.sections)  # the outline


def test_the_same_ledger_and_time_give_the_same_bytes(ledger: Ledger) -> None:
    fill(ledger)
    assert _page(ledger) == _page(ledger)
    first, second = (pdf(_document(ledger), _writer(), NOW) for _ in range(2))
    assert first == second


def test_no_danger_is_quoted_and_nobody_is_named(ledger: Ledger) -> None:
    fill(ledger)
    made = pdf(_document(ledger), _writer(), NOW)
    written = [_page(ledger), pdf_text(made), plain(_digest(ledger))]
    written.append(digest_page(_digest(ledger), _writer(), "").decode())
    for text in written:
        assert SECRET[:20] not in text
        assert "staff/" not in text
        assert not re.search(
            r"(?<![\w@])@\w", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        )
    assert "&lt;5" in written[0]


def test_the_morning_names_what_needs_people_first(ledger: Ledger) -> None:
    fill(ledger)
    found = _digest(ledger)
    assert found.since == "Sejak 22 Nov 2026 06.00 WIB"
    assert found.needs == (
        "1 item ujaran terlindungi dieskalasi: periksa sekarang.",
        "2 bahaya bagi orang menunggu dinilai, terlama 6 jam.",
        "1 peringatan narasi belum dilihat.",
        "1 rujukan menunggu tanda tangan.",
        "3 pertanyaan warga belum dijawab, terlama 15 hari.",
        "1 klarifikasi masih konsep.",
        "Paling lama menunggu: meja Jawab, 15 hari.",
        "1 item di karantina menunggu seseorang.",
    )
    assert found.news == "8 item baru, 3 keputusan, 1 klarifikasi terbit."
    text = plain(found)
    assert text.startswith("Ringkasan pagi · Humas Muara Lalan\n")
    assert "Buka meja: https://meja.example" in text
    assert all(len(line) <= 76 for line in text.splitlines())


def test_on_a_quiet_morning_nothing_is_pressing(ledger: Ledger) -> None:
    assert _digest(ledger, "en").needs == ("Nothing is pressing.",)
