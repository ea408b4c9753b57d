"""The model of a fact-check, the library's version, and the table of ratings."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.factcheck import OUTCOMES, FactCheck, Library
from tasks.ratings import FILE, plain, ratings, read_ratings
from tests.factchecks import check
from workers.secretfile import in_words


def test_it_survives_its_json() -> None:
    one = check(1, variants=["satu", "dua"], sources=[{"title": "a", "url": "https://a.example"}])
    assert FactCheck.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": "/a"}, "id: "),
        ({"id": "a b"}, "id: "),
        ({"id": "a" * 201}, "id: "),
        ({"claim": " \n "}, "claim: "),
        ({"claim": "a" * 2_001}, "claim: "),
        ({"language": "id"}, "language: is no ISO 639-3 code"),
        ({"outcome": "false"}, "outcome: "),
        ({"subtype": "satire"}, "subtype: "),
        ({"outcome": "confirmed"}, "subtype: a claim that is confirmed has none"),
        ({"date": 20260314}, "date: is no date"),
        ({"date": "14/3/2026"}, "date: is no date"),
        ({"date": "2026-02-30"}, "date: "),
        ({"url": "cekfakta.example/1"}, "url: is no web address"),
        ({"url": "ftp://cekfakta.example/1"}, "url: is no web address"),
        ({"url": "javascript:alert(1)"}, "url: is no web address"),
        ({"url": "https://"}, "url: is no web address"),
        ({"url": "https://[a"}, "url: is no web address"),
        ({"url": "https://a.example/b c"}, "url: is no web address"),
        ({"sources": [{"title": "a", "url": "b"}]}, "sources.0.url: is no web address"),
        ({"variants": ["a"] * 51}, "variants: "),
    ],
)
def test_what_is_refused_is_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check(1, **changes)
    assert in_words(refused.value).startswith(says)


def test_sentences_are_one_line_and_hold_no_controls() -> None:
    one = check(1, claim=" Jembatan\x1b[31m\r\nroboh\t ", clarification="Satu.\r\n\r\nDua.\x07 ")
    assert one.claim == "Jembatan [31m roboh"
    assert one.clarification == "Satu.\n\nDua."


@given(st.permutations([1, 2, 3]))
def test_the_order_of_a_library_does_not_matter(order: list[int]) -> None:
    assert Library.of(check(n) for n in order) == Library.of(check(n) for n in (1, 2, 3))


@pytest.mark.parametrize("field", ["claim", "verdict", "publisher", "clarification"])
def test_any_change_is_another_version(field: str) -> None:
    assert Library.of([check(1)]).version != Library.of([check(1, **{field: "lain"})]).version


def test_two_checks_of_one_id_are_no_library() -> None:
    with pytest.raises(ValueError, match="two fact-checks have the id contoh-1"):
        Library.of([check(1), check(1, verdict="Keliru")])


@pytest.mark.parametrize(
    ("words", "outcome", "subtype"),
    [
        ("Salah", "refuted", None),
        ("[HOAKS]", "refuted", None),
        ("  Hasil   Suntingan. ", "refuted", "manipulated"),
        ("MENYESATKAN!", "refuted", "misleading"),
        ("Penipuan", "refuted", "imposter"),
        ("False", "refuted", None),
        ("Benar", "confirmed", None),
        ("Sebagian salah", "unproven", None),
        ("Half True", "unproven", None),
        ("Satire", "unproven", None),
        ("Belum terbukti", "unproven", None),
    ],
)
def test_ratings_in_the_words_of_publishers(words: str, outcome: str, subtype: str | None) -> None:
    assert ratings()[plain(words)] == (outcome, subtype)


def test_only_what_is_refuted_misleads_in_some_way() -> None:
    assert {one.outcome for one in ratings().values()} == set(OUTCOMES)
    assert {one.outcome for one in ratings().values() if one.subtype} == {"refuted"}


def test_a_word_without_its_denial_is_never_enough() -> None:
    assert plain("tidak salah") not in ratings()
    assert plain("bukan hoaks") not in ratings()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ngawur", "line 2: write a rating"),
        ("ngawur\tfalse", "line 2: write a rating"),
        ("ngawur\trefuted\tsatire", "line 2: write a rating"),
        ("\trefuted", "line 2: write a rating"),
        ("ngawur\trefuted\t\tlagi", "line 2: write a rating"),
        ("salah\trefuted\t\nSalah!\tconfirmed", "line 3: 'salah' stands above"),
    ],
)
def test_a_broken_table_names_its_line(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "sendiri.tsv"
    file.write_text(f"rating\toutcome\tsubtype\n{line}\n")
    with pytest.raises(ValueError, match=says):
        read_ratings(file)


def test_a_table_of_ones_own_needs_no_third_column(tmp_path: Path) -> None:
    file = tmp_path / "sendiri.tsv"
    file.write_text("rating\toutcome\nNgawur\trefuted\n\n")
    assert read_ratings(file) == {"ngawur": ("refuted", None)}
    assert FILE.read_text().startswith("rating\toutcome\tsubtype\n")
