"""The words that drove a finding: those of rules, and those that weighed most in a model."""

from tasks.driving import driving, words_of
from tasks.heads import heads
from tasks.models import ActFinding, Evidence, Item, Publication, Span
from tests.items import entry, finished

TEXT = "Kapan loket catatan sipil buka lagi?"


def said(versions: dict[str, str]) -> Publication:
    _, done = finished(Item(seq=1, content=entry(1).content))
    return done.model_copy(update={"text": TEXT, "versions": versions})


def words(publication: Publication, evidence: Evidence, longest: int = 5_000) -> list[str]:
    spans = words_of(publication, evidence, longest)
    return [publication.text[span.start : span.end] for span in spans]


def test_the_words_of_a_rule_are_its_spans() -> None:
    evidence = Evidence(by="rule:question.when@1", spans=(Span(start=0, end=5),))
    assert words(said({}), evidence) == ["Kapan"]


def test_the_words_of_a_model_are_those_that_weigh_most() -> None:
    assert "Kapan" in words(said(heads().versions), Evidence(by="head:act.question"))


def test_of_a_model_that_has_changed_nothing_is_said() -> None:
    changed = dict.fromkeys(heads().versions, "0" * 12)
    assert words(said(changed), Evidence(by="head:act.question")) == []
    assert words(said({}), Evidence(by="head:act.question")) == []


def test_nothing_is_said_of_what_the_code_does_not_know() -> None:
    known = said(heads().versions)
    for by in ("head:act.treason", "head:mood.sad", "factcheck:cek-1@2", "opinion"):
        assert words(known, Evidence(by=by)) == []


def test_a_long_text_is_not_read_again() -> None:
    assert words(said(heads().versions), Evidence(by="head:act.question"), 10) == []


def test_words_of_all_evidence_stand_once_and_in_order() -> None:
    first, last = Span(start=0, end=5), Span(start=31, end=35)
    finding = ActFinding(
        act="question",
        probability=0.9,
        evidence=(Evidence(by="rule:a@1", spans=(last, first)), Evidence(by="b", spans=(last,))),
    )
    assert driving(said({}), finding) == (first, last)
