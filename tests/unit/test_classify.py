"""Signals and rules, combined. Signals are given, so no weights are needed."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks.classify
from tasks.classify import classification, classify
from tasks.models import ActFinding, Batch, Classification, Content, Enrichment, Item, Normalised
from tasks.ports import Ports
from tasks.stage import ItemError
from tasks.words import DANGER_ACTS, Act, Kind
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

PORTS = Ports(MemoryStories(), MemoryPublisher())

LABELS = ("HS", "Abusive", "HS_Religion", "HS_Race", "HS_Gender", "HS_Physical", "HS_Group")
SIGNALS = st.dictionaries(
    st.sampled_from([*(f"hate.{label}" for label in LABELS), "sentiment.negative"]),
    st.floats(0.0, 1.0),
)
HATE = {"hate.HS": 0.9, "hate.Abusive": 0.8, "hate.HS_Religion": 0.85}
WORDS = st.sampled_from(
    ["polisi", "bupati", "goblok", "bunuh saja mereka", "usir orang cina", "katanya", "?", ".", ","]
)
TEXTS = st.text(min_size=1) | st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["post", "article"])
LANGUAGES = st.sampled_from(["ind", "jav", "und", "eng"])


def classified(
    text: str, signals: dict[str, float] | None = None, kind: Kind = "post", language: str = "ind"
) -> Classification:
    return classification(text, kind, language, signals if signals is not None else {})


def acts(found: Classification) -> dict[Act, ActFinding]:
    return {finding.act: finding for finding in found.acts}


@given(TEXTS, KINDS, LANGUAGES, SIGNALS)
def test_laws(text: str, kind: Kind, language: str, signals: dict[str, float]) -> None:
    found = classified(text, signals, kind, language)
    named = [finding.act for finding in found.acts]
    strengths = [finding.probability for finding in found.acts]
    assert strengths == sorted(strengths, reverse=True)
    assert len(named) == len(set(named)) > 0
    assert "false_claim" not in named
    assert all(finding.probability == round(finding.probability, 4) for finding in found.acts)
    assert found == classified(text, signals, kind, language)
    if kind == "article":
        assert not set(named) & {*DANGER_ACTS, "emergency", "slander_person"}


@given(TEXTS, SIGNALS)
def test_every_act_but_other_has_evidence_with_a_weight(
    text: str, signals: dict[str, float]
) -> None:
    for finding in classified(text, signals).acts:
        assert finding.act == "other" or finding.evidence
        for evidence in finding.evidence:
            assert evidence.weight is not None
            assert evidence.by.startswith(("rule:", "head:hate."))
            assert all(0 <= span.start < span.end <= len(text) for span in evidence.spans)


@given(st.sampled_from(["Polisi", "Bupati itu", "Pemerintah", "DPRD"]), SIGNALS)
def test_hate_signals_at_an_institution_are_never_identity_hate(
    name: str, signals: dict[str, float]
) -> None:
    assert "identity_hate" not in acts(classified(f"{name} tolol sekali", signals))


def test_abuse_of_an_institution_is_criticism() -> None:
    found = classified("Anjing, kantor pos mana lagi ini, dinas tai", HATE)
    assert found.acts[0].act == "criticism"
    assert {"abusive", "identity_hate"}.isdisjoint(acts(found))
    assert found.target == "institution"


def test_abuse_of_nobody_in_particular_is_abusive() -> None:
    assert classified("wah parah banget kelakuannya", {"hate.Abusive": 0.7}).acts[0].act == (
        "abusive"
    )


def test_the_model_finds_identity_hate_only_with_a_ground_and_a_group() -> None:
    text = "orang kristen mah begitu terus dari dulu"
    assert acts(classified(text, HATE))["identity_hate"].probability == 0.85
    assert classified(text, HATE).target == "protected_group"
    assert "identity_hate" not in acts(classified(text, {"hate.HS": 0.9}))
    assert "identity_hate" not in acts(classified("kalian memang begitu dari dulu", HATE))


@pytest.mark.parametrize(
    "text",
    [
        "Jangan benci orang kristen, mereka saudara kita.",
        'Dia menulis "orang kristen najis" di dinding, sedih saya.',
        "Stop ujaran kebencian kepada orang kristen!",
    ],
)
def test_the_model_is_not_heard_on_counter_speech_and_quotations(text: str) -> None:
    assert "identity_hate" not in acts(classified(text, HATE))


def test_a_threat_beside_criticism_is_still_found() -> None:
    found = acts(classified("Kecewa sama pemerintah. Besok kita bakar rumah lurah itu."))
    assert {"criticism", "incitement_threat"} <= found.keys()


def test_a_marked_parody_wins_the_tie() -> None:
    found = acts(classified("Bakar hidup-hidup pelanggar antrean, kata Menteri Rebahan. #parodi"))
    assert "satire" in found
    assert "incitement_threat" not in found


@pytest.mark.parametrize("language", ["und", "eng", "nij"])
def test_an_uncovered_language_is_other_unless_a_rule_speaks(language: str) -> None:
    quiet = classified("lorem ipsum dolor sit amet", HATE, language=language)
    assert [finding.act for finding in quiet.acts] == ["other"]
    assert classified("Petugas loket jutek banget", language=language).acts[0].act == "complaint"


def test_sentiment_is_the_strongest_signal_and_neutral_without_any() -> None:
    signals = {"sentiment.positive": 0.2, "sentiment.neutral": 0.3, "sentiment.negative": 0.5}
    assert classified("ya", signals).sentiment == "negative"
    assert classified("ya").sentiment == "neutral"


def test_versions_name_the_rules_and_the_heads() -> None:
    found = classification("ya", "post", "ind", {}, {"hate": "0123456789ab"})
    assert found.versions.keys() == {"rules", "hate"}
    assert len(found.versions["rules"]) == 12


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Punten, kumaha carana nyieun akta kalahiran?", "question"),
        ("Lampu jalan depan masjid mati sudah seminggu.", "complaint"),
        ("Petugas ukur minta uang rokok waktu ke rumah.", "misconduct_report"),
        ("Dapat kabar dari grup sebelah, besok pasar ditutup. Sebarkan sebelum dihapus!", "rumour"),
        ("Matur nuwun pak polisi sing wis nulungi simbahku.", "good_news"),
        ("Jancok, banku bocor maneh.", "abusive"),
        ("Selamat pagi, semoga harimu cerah.", "other"),
    ],
)
def test_common_acts(text: str, act: Act) -> None:
    assert classified(text).acts[0].act == act


class FakeHeads:
    """Says the same of every text."""

    versions = {"sentiment": "aaaaaaaaaaaa"}  # noqa: RUF012 - never changed

    def signals(self, texts: Sequence[str]) -> tuple[dict[str, float], ...]:
        return tuple({"sentiment.negative": 0.9} for _ in texts)


def item(number: int, text: str) -> Item:
    content = Content(
        source="warga", id=str(number), kind="post", text=text, published_at=datetime.now(UTC)
    )
    enriched = Item(content=content).with_enrichment(
        Enrichment(language="ind", language_probability=0.9)
    )
    return enriched.with_normalised(Normalised(text=text))


def test_the_stage_classifies_each_item_of_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks.classify, "heads", FakeHeads)
    batch = Batch(id="b", items=(item(1, "Lampu jalan mati."), item(2, "Selamat pagi semua.")))
    first, second = (one.classification for one in classify(batch, PORTS).items)
    assert first is not None
    assert second is not None
    assert (first.acts[0].act, second.acts[0].act) == ("complaint", "other")
    assert first.sentiment == "negative"
    assert first.versions.keys() == {"rules", "sentiment"}


def test_an_item_without_clean_text_goes_to_quarantine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks.classify, "heads", FakeHeads)
    bare = Item(content=item(1, "ya").content)
    with pytest.raises(ItemError, match="never went through normalise"):
        classify(Batch(id="b", items=(bare,)), PORTS)
