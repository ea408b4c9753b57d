"""The head of acts beside the rules. What it says is given, so no weights are needed."""

import tomllib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.classify import classification, hearing
from tasks.classify.acts import CONFIRMED
from tasks.classify.hearing import Heard, hear
from tasks.classify.passages import MAX_PASSAGES, WORDS, Passage, passages
from tasks.concepts import PATH, code, lexicon, meanings
from tasks.features import CONCEPTS_FROM, features
from tasks.models import Classification, Span
from tasks.policy import REVIEWED_ACTS
from tasks.terms import terms
from tasks.words import ACTS, Act, Kind

ALL = "Semoga harimu menyenangkan dan lancar."
ALARM = 0.9
LEARNED = tuple(act for act in ACTS if act not in {"press", "false_claim"})
SAID = st.dictionaries(st.sampled_from(LEARNED), st.floats(0.0, 1.0)).map(
    lambda said: {act: share / max(1.0, sum(said.values())) for act, share in said.items()}
)
TEXTS = st.text() | st.lists(
    st.sampled_from(["Bakar rumahnya.", "ya!", '"', "“", "...", "\n", "apa?", "Pak lurah " * 20])
).map(" ".join)


def found(text: str, *said: tuple[str, dict[Act, float]], kind: Kind = "post") -> Classification:
    """`text` classified, where the head says of each of its passages what is given."""
    heard = [_heard(text, part, acts) for part, acts in said]
    return classification(text, kind, "ind", {}, {}, heard)


def _heard(text: str, part: str, acts: dict[Act, float]) -> Heard:
    start = text.index(part)
    passage = Passage(start, start + len(part), part)
    return Heard(passage, acts, ALARM, (Span(start=start, end=start + 1),))


def acts(of: Classification) -> set[Act]:
    return {finding.act for finding in of.acts}


@given(TEXTS)
def test_passages_cover_the_text_and_are_few(text: str) -> None:
    whole, *parts = passages(text)
    assert (whole.start, whole.end, whole.text) == (0, len(text), text)
    assert len(parts) <= MAX_PASSAGES
    assert len(parts) != 1
    if parts:
        starts, ends = [part.start for part in parts], [part.end for part in parts]
        assert starts == [0, *ends[:-1]]
        assert ends[-1] == len(text)
        assert all(part.text == text[part.start : part.end] for part in parts)
        assert all(len(part.text.split()) >= WORDS // 2 for part in parts)


def test_short_posts_are_read_whole_and_long_ones_by_whole_sentences() -> None:
    assert len(passages("Jalan rusak. Kapan diperbaiki? " * 5)) == 1
    sentence = "Pagi ini kami menunggu di depan loket sampai siang. "
    _, *parts = passages(sentence * 20)
    assert len(parts) > 1
    assert all(part.text.startswith("Pagi") or part.text.startswith(" Pagi") for part in parts)


def test_meanings_are_known_in_other_forms_and_languages() -> None:
    kill = code("kill")
    assert kill in meanings("tembak")
    assert kill in meanings("pateni")
    assert kill in meanings("g0rokin")
    assert meanings(terms("[TELEPON]")[0]) == (code("masked"),)
    assert meanings(terms("[TAUTAN a.example]")[0]) == (code("link"),)
    assert meanings("?!") == (code("asking"),)
    assert meanings("mangga") == ()


def test_no_two_concepts_share_a_column() -> None:
    assert len(lexicon()) > 1000
    # Words of one meaning have one column in the block of concepts: that of their concept.
    alone = {meant[0]: word for word, meant in lexicon().items() if len(meant) == 1}
    columns = [
        [int(column) for column in features([word]).indices if column >= CONCEPTS_FROM]
        for word in (*alone.values(), "[TELEPON]", "[REKENING]", "[TAUTAN a.example]", "?")
    ]
    assert {len(each) for each in columns} == {1}
    assert len({each[0] for each in columns}) == len(columns)
    assert alone.keys() >= {
        code(name) for name in tomllib.loads(PATH.read_text(encoding="utf-8"))
    } - {code("reward")}


@settings(deadline=None)  # the first example loads the rules
@given(st.text(max_size=60), st.sampled_from(["post", "article"]), SAID, SAID)
def test_laws(text: str, kind: Kind, whole: dict[Act, float], part: dict[Act, float]) -> None:
    text = f"{ALL}{text}"
    heard = [(text, whole), (ALL, part)] if kind == "post" else []
    result = found(text, *heard, kind=kind)
    assert "false_claim" not in acts(result)
    for finding in result.acts:
        assert finding.act == "other" or finding.evidence
        for evidence in finding.evidence:
            assert evidence.by.startswith(("rule:", "head:act."))
            assert all(0 <= span.start < span.end <= len(text) for span in evidence.spans)
    if kind == "article":
        assert not acts(result) & {*REVIEWED_ACTS}


@pytest.mark.parametrize("act", REVIEWED_ACTS)
def test_a_danger_that_no_rule_knows_is_found_where_the_head_is_sure(act: Act) -> None:
    (first, *_) = found(ALL, (ALL, {act: ALARM})).acts
    assert (first.act, first.probability) == (act, ALARM)
    assert act not in acts(found(ALL, (ALL, {act: ALARM - 0.01})))


def test_what_is_surely_dangerous_and_unsurely_of_which_kind_is_found() -> None:
    said: dict[Act, float] = {"identity_hate": 0.5, "incitement_threat": 0.45}
    (first, *_) = found(ALL, (ALL, said)).acts
    assert (first.act, first.probability) == ("identity_hate", 0.95)


def test_a_rule_needs_the_head_to_hear_some_danger_too() -> None:
    text = "Bunuh saja mereka semua malam ini"
    assert "incitement_threat" in acts(found(text))
    assert "incitement_threat" in acts(found(text, (text, {"identity_hate": CONFIRMED})))
    assert "incitement_threat" not in acts(found(text, (text, {"emergency": CONFIRMED - 0.01})))


def test_rudeness_to_an_institution_is_criticism() -> None:
    text = "Kantor kecamatan itu sialan"
    assert "criticism" in acts(found(text, (text, {"abusive": 0.9})))


def test_a_danger_inside_a_long_post_names_its_words() -> None:
    sentence = "Besok rumahnya habis."
    text = f"{ALL} {sentence}"
    (first, *_) = found(text, (text, {"criticism": 0.7}), (sentence, {"doxxing": 1.0})).acts
    (span,) = first.evidence[0].spans
    assert (first.act, span.start) == ("doxxing", len(ALL) + 1)


def test_it_is_heard_only_in_languages_that_it_was_taught() -> None:
    heard = [_heard(ALL, ALL, {"emergency": 1.0})]
    for language, expected in (("ind", True), ("mui", True), ("eng", True), ("nij", False)):
        result = classification(ALL, "post", language, {}, {}, heard)
        assert ("emergency" in acts(result)) is expected


class FakeHead:
    alarm = 2.0


class FakeHeads:
    """Says of each text how long it is."""

    acts: FakeHead | None = FakeHead()

    def hear(self, texts: Sequence[str]) -> list[dict[str, float]]:
        return [{"question": len(text) / 1e6, "other_daily": 0.0} for text in texts]


def test_what_is_heard_of_a_text_depends_on_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "heads", FakeHeads)
    texts = [ALL, "Pagi ini cerah. " * 30, "berita", "bakar rumahnya sekarang. " * 900]
    kinds: Sequence[Kind] = ["post", "post", "article", "post"]
    together = hear(texts, kinds)
    assert [len(heard) for heard in together] == [1, 3, 0, MAX_PASSAGES + 1]
    alone = tuple(hear([text], [kind])[0] for text, kind in zip(texts, kinds, strict=True))
    assert together == alone


def test_without_the_head_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "heads", FakeHeads)
    monkeypatch.setattr(FakeHeads, "acts", None)
    assert hear([ALL, ALL], ["post", "post"]) == ((), ())
