"""Pages about procedures: found by how people ask, offered only if they are alike enough."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.procedures import LEAST, Procedure, Procedures, procedures
from training.procedures import best_threshold, halves, measure_procedures, questions
from workers.factchecks.entries import Problem
from workers.procedure_files import read_procedures, write_procedure
from workers.samples import PROCEDURES

PAGES = tuple(one for one in read_procedures(PROCEDURES) if isinstance(one, Procedure))
LIBRARY = Procedures.of(PAGES)
PAGE = Procedure(id="a", title="Judul", link="https://layanan.example/a")
LINES = st.lists(
    st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool),
    max_size=3,
).map(tuple)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("min ktp ku ilang ngurusnya gmn ya", "ktp-hilang"),
        ("Kumaha carana ngadamel paspor?", "paspor"),
        ("Lampu jalan mati lapor kmn?", "lapor-jalan"),
    ],
)
def test_slang_and_regional_questions_find_their_page(question: str, page: str) -> None:
    best = LIBRARY.best(question)
    assert best[0].procedure.id == page
    assert best[0].answers
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)


def test_shared_words_are_shown_without_those_of_every_page() -> None:
    assert LIBRARY.best("Bagaimana mengurus KTP yang hilang?")[0].shared == ("ktp", "hilang")


def test_a_question_that_no_page_answers_is_offered_none() -> None:
    assert not any(one.answers for one in LIBRARY.best("kapan konser band di stadion?"))


def test_a_text_without_words_and_an_empty_library_match_nothing() -> None:
    assert LIBRARY.best("??? 🙏") == ()
    assert Procedures.of(()).best("ktp hilang") == ()


@given(st.text(max_size=100))
def test_a_likeness_is_between_0_and_1(question: str) -> None:
    assert all(0.0 <= one.score <= 1.0 + 1e-9 for one in LIBRARY.best(question, len(PAGES)))


def test_the_same_library_is_read_once() -> None:
    assert procedures(PAGES) is procedures(PAGES)


@settings(max_examples=50)
@given(title=LINES.filter(bool), lines=LINES, note=st.text("abc \n-", max_size=40))
def test_a_page_that_was_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    title: tuple[str, ...],
    lines: tuple[str, ...],
    note: str,
) -> None:
    page = PAGE.model_copy(
        update={"title": title[0], "questions": lines, "steps": lines, "note": note.strip()}
    )
    file = write_procedure(tmp_path_factory.mktemp("pages"), page)
    assert list(read_procedures(file)) == [page]


def test_a_broken_page_is_named_with_its_field_and_a_double_id_with_its_file(
    tmp_path: Path,
) -> None:
    write_procedure(tmp_path, PAGE)
    (tmp_path / "b.md").write_text((tmp_path / "a.md").read_text())
    (tmp_path / "c.md").write_text("---\nid: c\ntitle: C\nlink: bukan alamat\n---\n")
    (tmp_path / "d.md").write_text("---\nid: d\nharga: 5\n---\n")
    (tmp_path / "e.md").write_text("tanpa kepala")
    problems = [str(one) for one in read_procedures(tmp_path) if isinstance(one, Problem)]
    assert [one.split(":")[0] for one in problems] == ["b.md", "c.md", "d.md", "e.md, line 1"]
    assert "stands in a.md too" in problems[0]
    assert "link" in problems[1]
    assert "unknown field 'harga'" in problems[2]


def test_there_are_120_questions_of_which_36_match_no_page() -> None:
    asked = questions()
    assert len(asked) == 120
    assert sum(one.page is None for one in asked) == 36
    assert {one.page for one in asked} - {None} == {one.id for one in PAGES}


def test_the_threshold_is_the_best_of_the_choosing_half() -> None:
    assert best_threshold(halves()[0]) == LEAST


def test_the_figures_in_the_docs_are_those_that_are_measured() -> None:
    page = (Path(__file__).parents[2] / "docs" / "desk" / "public.md").read_text()
    for one in measure_procedures():
        if one.source == "measuring half":
            assert f"| {one.name} | {one.value:.3f} | {one.low:.3f}-{one.high:.3f} |" in page
