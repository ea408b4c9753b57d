"""`saring try`: one publication a line, as the lines come, or what led to each for people."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tasks.evidence import Driver
from tasks.models import MAX_BATCH, Publication, Span
from tasks.rules import rulebook
from tasks.words import ReaderLanguage
from workers.cli import program, trying
from workers.cli.explaining import _DANGER, _FOUND, _marked, _reason, show
from workers.cli.sayings import SAYINGS
from workers.samples import FACTCHECKS
from workers.settings import load_settings

RUDE = "dasar goblok semua petugas itu, sudah 3 jam menunggu KTP tidak jadi juga"
THREAT = "bakar rumahnya, habisi keluarganya malam ini"
QUESTION = "Kapan layanan SIM keliling buka hari Minggu?"


class Pieces:
    """A pipe whose writer sends `pieces` one by one; `taken` counts those that were read."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = iter(pieces)
        self.taken = 0

    def read1(self, _size: int) -> bytes:
        self.taken += 1
        return next(self.pieces, b"")


@pytest.fixture(autouse=True)
def _own_settings() -> Iterator[None]:
    """What is read from the environment of one test is not kept for the next."""
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def tried(text: str, *options: str, language: str = "id") -> str:
    load_settings.cache_clear()
    result = CliRunner().invoke(
        program("try"),
        ["try", "--text", *options, "-"],
        input=text,
        env={"SARING_LANGUAGE": language},
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def published(text: str) -> Publication:
    return Publication.model_validate_json(tried(text))


def numbered(pieces: list[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    return trying._chunks(cast(BinaryIO, Pieces(pieces)))


def test_each_line_gives_one_publication_in_order() -> None:
    lines = tried(f"{QUESTION}\n\n{THREAT}").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["1", "3"]
    assert [json.loads(line)["desk"] for line in lines] == ["answer", "review"]


def test_a_bad_line_is_named_and_the_others_go_on() -> None:
    result = CliRunner().invoke(program("try"), ["try", "-"], input='{"text": "satu"}\n')
    assert result.exit_code == 2
    assert "line 1: " in result.stderr


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_lines_are_whole_however_they_come(size: int) -> None:
    data = b"satu\n\n \ndua\r\ntiga"
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    found = [line for chunk in numbered(pieces) for line in chunk]
    assert [(number, line.strip()) for number, line in found] == [
        (1, b"satu"),
        (4, b"dua"),
        (5, b"tiga"),
    ]


def test_a_line_is_processed_before_the_next_is_awaited() -> None:
    pipe = Pieces([b"satu\ndu", b"a\n", b"tiga\n"])
    chunks = trying._chunks(cast(BinaryIO, pipe))
    assert (next(chunks), pipe.taken) == ([(1, b"satu")], 1)
    assert (next(chunks), pipe.taken) == ([(2, b"dua")], 2)


def test_many_lines_travel_in_batches() -> None:
    sizes = [len(chunk) for chunk in numbered([b"x\n" * (2 * MAX_BATCH + 1)])]
    assert sizes == [MAX_BATCH, MAX_BATCH, 1]


def test_a_file_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "posts.txt"
    file.write_text(f"{QUESTION}\n{RUDE}\n")
    result = CliRunner().invoke(program("try"), ["try", "--text", str(file)])
    assert len(result.stdout.splitlines()) == 2


def test_what_was_found_is_marked_where_it_stands() -> None:
    publication = published(THREAT)
    marked = _marked(publication, ())
    danger = [marked.plain[span.start : span.end] for span in marked.spans if span.style == _DANGER]
    assert danger
    assert all(part in THREAT for part in danger)
    elsewhere = publication.model_copy(update={"desk": "none"})
    assert {span.style for span in _marked(elsewhere, ()).spans} == {_FOUND}
    rude = published(RUDE)
    styles = {span.style for span in _marked(rude, ()).spans}
    assert styles == {_FOUND}


def test_it_explains_in_indonesian_unless_told_otherwise() -> None:
    said = " ".join(tried(RUDE, "--explain").split())
    for part in ("Meja", "Keadaan", "Alasan", "Sinyal model", "hate.Abusive", "goblok +"):
        assert part in said
    assert "{" not in said
    english = " ".join(tried(RUDE, "--explain", language="en").split())
    for part in ("Desk", "State", "Reason", "Model signal", "hate.Abusive", "goblok +"):
        assert part in english
    assert "Alasan" not in english


def test_the_names_of_rules_are_shown_whole() -> None:
    publication = published(THREAT)
    console = Console(file=io.StringIO(), width=200)
    show("id", console, publication)
    shown = cast(io.StringIO, console.file).getvalue()
    for finding in publication.acts:
        for evidence in finding.evidence:
            assert evidence.by.partition(":")[2] in shown
    assert all(reason in shown for reason in publication.reasons)


def test_on_a_narrow_screen_names_are_folded_and_not_cut() -> None:
    console = Console(file=io.StringIO(), width=50)
    show("id", console, published(THREAT))
    assert "…" not in cast(io.StringIO, console.file).getvalue()


@pytest.mark.parametrize("reader", ["id", "en"])
def test_a_rule_gives_its_reason_in_the_language_of_the_reader(reader: ReaderLanguage) -> None:
    for rule in rulebook().rules.values():
        assert _reason(f"{rule.id}@{rule.version}", reader) == getattr(rule.reason, reader)
    assert _reason("hate.HS", reader) == SAYINGS[reader].model


def test_without_its_assets_it_says_so_before_it_reads_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise FileNotFoundError("no language.npz")

    monkeypatch.setattr(trying, "load_assets", missing)
    result = CliRunner().invoke(program("try"), ["try", "--text", "-"], input="satu\n")
    assert isinstance(result.exception, FileNotFoundError)
    assert result.stderr == ""


def test_words_behind_a_signal_are_underlined_on_a_terminal() -> None:
    driver = Driver(Span(start=0, end=5), 1.0)
    marked = _marked(published("Kapan layanan buka?").model_copy(update={"acts": ()}), [(driver,)])
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(marked)
    assert "\x1b[4mKapan\x1b[0m layanan" in cast(io.StringIO, console.file).getvalue()


def test_text_in_brackets_is_text_and_no_markup() -> None:
    said = tried("[bold]hubungi 081234567890[/bold] [red]sekarang", "--explain")
    assert "[bold]hubungi [TELEPON][/bold] [red]sekarang" in said


def test_a_hoax_is_matched_with_the_fact_checks_that_are_given() -> None:
    hoax = (
        "Guys KTP lama hangus per 1 Desember, cetak ulang bayar 250 ribu, sebarkan ke warga Lalan"
    )
    alone = Publication.model_validate_json(tried(hoax))
    beside = Publication.model_validate_json(tried(hoax, "--factchecks", str(FACTCHECKS)))

    assert alone.claims == ()
    (found,) = beside.claims
    assert (found.claim_id, found.decision) == ("lal-01", "confirm")
    assert found.clarification.startswith("KTP elektronik berlaku seumur hidup")
    assert found.span is not None
    assert "250" in beside.text[found.span.start : found.span.end]
    assert beside.desk == "clarify"
    assert "false_claim" not in {one.act for one in alone.acts}


def test_a_denial_of_it_is_no_false_claim() -> None:
    denial = (
        "Kata petugas Dukcapil tidak benar KTP lama hangus 1 Desember, cetak ulang tetap gratis"
    )
    found = Publication.model_validate_json(tried(denial, "--factchecks", str(FACTCHECKS)))

    assert "false_claim" not in {one.act for one in found.acts}
    assert all(one.decision == "suggest" for one in found.claims)


def test_broken_fact_checks_are_refused_before_anything_is_tried(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: a\n---\n")
    result = CliRunner().invoke(
        program("try"), ["try", "-", "--text", "--factchecks", str(tmp_path)], input="halo\n"
    )

    assert isinstance(result.exception, ValueError)
    assert "a.md" in str(result.exception)
    assert result.stdout == ""
