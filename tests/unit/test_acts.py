"""The head of acts beside the rules. What it says is given, so no weights are needed."""

import tomllib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.classify import classification, danger, hearing
from tasks.classify.hearing import Heard, hear
from tasks.classify.passages import MAX_SENTENCES, Passage, passages
from tasks.concepts import PATH, letter, lexicon, with_concepts
from tasks.features import Features
from tasks.models import Classification
from tasks.words import DANGER_ACTS, PROTECTED_ACTS, Act, Kind

ALL = "Semoga harimu menyenangkan dan lancar."
ACTS: tuple[Act, ...] = (*DANGER_ACTS, *PROTECTED_ACTS, "question", "slander_person", "emergency")
SAID = st.dictionaries(st.sampled_from(ACTS), st.floats(0.0, 1.0))
TEXTS = st.text() | st.lists(
    st.sampled_from(["Bakar rumahnya.", "ya!", '"', "“", "...", "\n", "apa?", "Pak lurah tolol."])
).map(" ".join)


def found(text: str, *said: tuple[str, dict[Act, float]], kind: Kind = "post") -> Classification:
    """`text` classified, where the head says of each of its passages what is given."""
    heard = [Heard(Passage(text.index(part), len(part), part), acts) for part, acts in said]
    return classification(text, kind, "ind", {}, {}, heard)


def acts(of: Classification) -> set[Act]:
    return {finding.act for finding in of.acts}


@given(TEXTS)
def test_sentences_cover_the_text_and_are_few(text: str) -> None:
    whole, *sentences = passages(text)
    assert (whole.start, whole.end) == (0, len(text))
    assert len(sentences) <= MAX_SENTENCES
    assert len(sentences) != 1
    if sentences:
        starts = [sentence.start for sentence in sentences]
        ends = [sentence.end for sentence in sentences]
        assert starts == [0, *ends[:-1]]
        assert ends[-1] == len(text)
        assert all(sentence.end > sentence.start for sentence in sentences)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Jalan rusak", ["Jalan rusak"]),
        ("Jalan ini rusak. Segera perbaiki ya!", ["Jalan ini rusak.", " Segera perbaiki ya!"]),
        ("Tolong! Kami terjebak banjir.", ["Tolong! Kami terjebak banjir."]),
        ('Dia menulis "bunuh saja" di sana', ["Dia menulis   di sana"]),
        ('"Bunuh saja mereka"', ['"Bunuh saja mereka"']),
        ('Ada 12" kabel', ['Ada 12" kabel']),
    ],
)
def test_what_is_read(text: str, read: list[str]) -> None:
    assert [passage.text for passage in passages(text)[-len(read) :]] == read
    assert len(passages(text)) == (1 if len(read) == 1 else 1 + len(read))


def test_the_last_sentence_of_a_long_post_is_read() -> None:
    text = "Hari ini hujan lagi. " * 500 + "Besok kita bakar rumahnya."
    assert passages(text)[-1].text.endswith("bakar rumahnya.")


@pytest.mark.parametrize("text", ['"' * 20_000, "a. " * 6_000, "!" * 20_000, "a b c. " * 2_900])
def test_hostile_texts_are_cut_in_no_time(text: str) -> None:
    assert len(passages(text)) <= MAX_SENTENCES + 1


@settings(deadline=None)  # the first example loads the concepts
@given(st.text(max_size=200))
def test_concepts_follow_the_text(text: str) -> None:
    assert with_concepts(text).startswith(f"{text} ")


def test_words_of_one_meaning_get_one_letter() -> None:
    kill = letter("kill")
    assert with_concepts("tembak") == f"tembak {kill}"
    assert kill in with_concepts("pateni")
    assert kill in with_concepts("G0ROKIN")
    assert with_concepts("[TELEPON]").endswith(letter("masked"))
    assert with_concepts("[TAUTAN a.example]").endswith(letter("link"))
    assert with_concepts("mangga") == "mangga "


def test_no_two_concepts_share_a_letter() -> None:
    names = [
        *tomllib.loads(PATH.read_text(encoding="utf-8")),
        "masked",
        "account",
        "asking",
        "link",
    ]
    assert len({letter(name) for name in names}) == len(names)
    assert len(lexicon()) > 1000


@settings(deadline=None)  # the first example loads the rules
@given(st.text(max_size=60), st.sampled_from(["post", "article"]), SAID, SAID)
def test_laws(text: str, kind: Kind, whole: dict[Act, float], part: dict[Act, float]) -> None:
    text = f"{ALL}{text}"
    result = found(text, (text, whole), (ALL, part), kind=kind)
    assert "false_claim" not in acts(result)
    for finding in result.acts:
        assert finding.act == "other" or finding.evidence
        for evidence in finding.evidence:
            assert evidence.by.startswith(("rule:", "head:act."))
            assert all(0 <= span.start < span.end <= len(text) for span in evidence.spans)
    if kind == "article":
        assert not acts(result) & {*DANGER_ACTS, "emergency", "slander_person"}


@pytest.mark.parametrize("act", danger.BELIEFS)
def test_a_danger_that_no_rule_knows_is_found_where_the_head_is_sure(act: Act) -> None:
    least = danger.BELIEFS[act].alone
    assert act in acts(found(ALL, (ALL, {act: least})))
    assert act not in acts(found(ALL, (ALL, {act: least - 0.01})))


@pytest.mark.parametrize("act", danger.BELIEFS)
@pytest.mark.parametrize("protected", PROTECTED_ACTS)
def test_protected_speech_shields_its_passage(act: Act, protected: Act) -> None:
    assert act not in acts(found(ALL, (ALL, {act: 1.0, protected: danger.SHIELDING})))


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("identity_hate", "Pemerintah memang tolol, usir mereka"),  # of power: criticism
        ("slander_person", "Bupati itu penipu dan maling"),
        ("identity_hate", "Kantor kecamatan ada di dekat pasar"),
        ("incitement_threat", "Jangan bakar rumah siapa pun"),
        ("incitement_threat", "Besok bakar ikan sampai habis"),
        ("incitement_threat", "Pelaku sudah ditangkap karena mau bunuh orang"),
        ("scam_impersonation", "Waspada penipuan, jangan klik tautan itu"),
    ],
)
def test_contexts_outweigh_the_head(act: Act, text: str) -> None:
    assert act not in acts(found(text, (text, {act: 1.0})))


def test_hate_signals_and_personal_data_bear_the_head_out() -> None:
    said: dict[Act, float] = {"identity_hate": danger.BELIEFS["identity_hate"].supported}
    heard = [Heard(Passage(0, len(ALL), ALL), said)]
    for hateful, expected in ((0.2, False), (0.9, True)):
        result = classification(ALL, "post", "ind", {"hate.HS": hateful}, {}, heard)
        assert ("identity_hate" in acts(result)) is expected
    with_data = "Ini rumah orangnya [ALAMAT]"
    enough = danger.BELIEFS["doxxing"].supported
    assert "doxxing" in acts(found(with_data, (with_data, {"doxxing": enough})))
    assert "doxxing" not in acts(found(ALL, (ALL, {"doxxing": enough})))


def test_a_danger_inside_a_long_post_names_its_sentence() -> None:
    sentence = "Besok rumahnya habis."
    text = f"{ALL} {sentence}"
    heard = [
        Heard(Passage(0, len(text), text), {"incitement_threat": 0.1}),
        Heard(Passage(len(ALL) + 1, len(text), sentence), {"incitement_threat": 1.0}),
    ]
    (first, *_) = classification(text, "post", "ind", {}, {}, heard).acts
    (span,) = first.evidence[0].spans
    assert first.act == "incitement_threat"
    assert text[span.start : span.end] == sentence


def test_it_is_heard_only_in_languages_that_it_was_taught() -> None:
    heard = [Heard(Passage(0, len(ALL), ALL), {"emergency": 1.0})]
    for language, expected in (("ind", True), ("eng", True), ("und", False), ("nij", False)):
        result = classification(ALL, "post", language, {}, {}, heard)
        assert ("emergency" in acts(result)) is expected


class FakeHead:
    """Says of each text how many features it has, as a share."""

    labels = ("question", "complaint")

    def probabilities(self, batch: Features) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        sizes = np.diff(batch.offsets) / 1000
        return np.column_stack([sizes, 1 - sizes])


class FakeHeads:
    acts: FakeHead | None = FakeHead()


def test_what_is_heard_of_a_text_depends_on_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "heads", FakeHeads)
    texts = [
        ALL,
        "Pagi ini cerah. Besok kami bunuh dia!",
        "berita",
        "bakar rumahnya sekarang. " * 900,
    ]
    kinds: Sequence[Kind] = ["post", "post", "article", "post"]
    together = hear(texts, kinds)
    assert [len(heard) for heard in together] == [1, 2, 0, MAX_SENTENCES + 1]
    alone = tuple(hear([text], [kind])[0] for text, kind in zip(texts, kinds, strict=True))
    assert together == alone


def test_without_the_head_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "heads", FakeHeads)
    monkeypatch.setattr(FakeHeads, "acts", None)
    assert hear([ALL, ALL], ["post", "post"]) == ((), ())
