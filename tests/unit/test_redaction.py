"""A piece that is hidden is gone from all of a publication, and the rest still points right."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tasks.models import (
    ActFinding,
    Batch,
    Claim,
    Content,
    Entity,
    Evidence,
    Item,
    Link,
    Masked,
    Publication,
    Span,
)
from tasks.normalise import normalise
from tasks.ports import Ports
from tasks.publish import publication
from tasks.redaction import (
    HIDDEN_KINDS,
    PLACEHOLDERS,
    HiddenKind,
    content_of,
    places_of,
    redacted,
    says,
    without,
)
from tests.items import entry, finished
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories

PORTS = Ports(stories=MemoryStories(), publisher=MemoryPublisher())
WORDS = ["Sulastri", "Hamdani", "sulastri", "rumah", "[NIK]", "RT 02", "di", "[TAUTAN a.id]", "\n"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
SIGNS = st.text("abAB01 -.[]@\n", min_size=1, max_size=30)


def published(text: str, spans: list[Span] = []) -> Publication:  # noqa: B006 - never changed
    """A publication of that text with each kind of finding at each of the spans."""
    _, made = finished(Item(content=entry(1).content))
    evidence = (Evidence(by="head:x.y", spans=tuple(spans)),)
    return made.model_copy(
        update={
            "text": text,
            "acts": (ActFinding(act="doxxing", probability=0.9, evidence=evidence),),
            "entities": tuple(Entity(kind="place", name="Kertapati", span=one) for one in spans),
            "links": tuple(Link(host="a.id", span=one) for one in spans),
            "masked": tuple(Masked(kind="nik", span=one) for one in spans),
            "claims": tuple(
                Claim(claim_id="1", verdict="salah", score=0.5, span=one) for one in spans
            ),
        }
    )


def cut(text: str, span: Span | None) -> str:
    return "" if span is None else text[span.start : span.end]


def test_what_a_person_points_at_is_hidden_wherever_the_text_says_it() -> None:
    text = "Rumah Bu Sulastri di RT 02. bu  sulastri tidak salah, Bu Sulastriani pun."
    made = redacted(published(text), "Bu Sulastri", "name")
    assert made.text == "Rumah [NAMA] di RT 02. [NAMA] tidak salah, Bu Sulastriani pun."
    assert [(one.kind, cut(made.text, one.span)) for one in made.masked] == [
        ("name", "[NAMA]"),
        ("name", "[NAMA]"),
    ]


@pytest.mark.parametrize("piece", ["", " ", "!?", "a", "tidak ada", "NIK"])
def test_what_the_text_does_not_say_is_refused(piece: str) -> None:
    with pytest.raises(ValueError, match="does not say"):
        redacted(published("Bu Sulastri a [NIK]"), piece, "other")


def test_evidence_around_the_piece_stays_and_evidence_at_it_goes() -> None:
    text = "datangi rumah Sulastri malam ini"
    spans = [Span(start=0, end=7), Span(start=8, end=28), Span(start=14, end=22)]
    spans += [Span(start=14, end=28), Span(start=23, end=32)]
    made = redacted(published(text, spans), "Sulastri", "name")
    shown = [cut(made.text, one) for one in made.acts[0].evidence[0].spans]
    assert shown == ["datangi", "rumah [NAMA] malam", "malam ini"]
    assert [cut(made.text, one.span) for one in made.links] == ["datangi", "malam ini"]
    assert [cut(made.text, one.span) for one in made.claims] == [
        "datangi",
        "rumah [NAMA] malam",
        "",
        "",
        "malam ini",
    ]


def test_hashtags_addresses_names_and_shared_terms_that_say_it_go_too() -> None:
    made = published("Sulastri Hamdani di pasar").model_copy(
        update={
            "hashtags": ("UsirSulastriHamdani", "pasar"),
            "url": "https://kabar.example/rumah-sulastri-hamdani-didatangi",
            "entities": (
                Entity(
                    kind="institution", name="Toko Sulastri Hamdani", span=Span(start=17, end=19)
                ),
            ),
            "claims": (
                Claim(claim_id="1", verdict="salah", score=0.5, shared=("hamdani", "pasar")),
            ),
        }
    )
    made = redacted(made, "Sulastri  hamdani", "name")
    assert (made.hashtags, made.url, made.entities) == (("pasar",), None, ())
    assert made.claims[0].shared == ("pasar",)
    kept = redacted(published("Sulastri"), "Sulastri", "name")
    assert kept.id == "no-1"


@given(TEXTS, st.sampled_from(["Sulastri", "Hamdani", "RT 02", "sulastri hamdani"]), st.data())
def test_the_piece_is_gone_and_every_span_that_is_left_shows_what_it_showed(
    text: str, piece: str, data: st.DataObject
) -> None:
    assume(places_of(piece, text))
    ends = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=6))
    spans = [Span(start=start, end=end) for start, end in pairs if start < end]
    kind: HiddenKind = data.draw(st.sampled_from(HIDDEN_KINDS))
    made = redacted(published(text, spans), piece, kind)
    hidden = places_of(piece, text)

    assert not places_of(piece, made.text)
    assert made.text == without(text, piece, kind)
    assert piece.lower() not in made.model_dump_json().lower()
    for left in [one.span for one in made.links] + [one.span for one in made.entities]:
        assert any(cut(made.text, left) == cut(text, span) for span in spans)
    around = [one for act in made.acts for each in act.evidence for one in each.spans]
    expected = [
        without(cut(text, span), piece, kind)
        for span in spans
        if all(
            one.end <= span.start
            or span.end <= one.start
            or (span.start < one.start and one.end < span.end)
            for one in hidden
        )
    ]
    assert [cut(made.text, one) for one in around] == expected
    new = [one for one in made.masked if one.kind == kind and cut(made.text, one.span)[0] == "["]
    assert {cut(made.text, one.span) for one in new} >= {PLACEHOLDERS[kind]}
    assert len(made.links) == sum(
        all(one.end <= span.start or span.end <= one.start for one in hidden) for span in spans
    )


@given(SIGNS, SIGNS)
@example("[ab] ab", "ab")
@example("[NIK] ab NIK", "NIK")
@example("x [NIK] ab", "[NIK] ab")
def test_no_text_says_a_piece_after_it_was_hidden(text: str, piece: str) -> None:
    hidden = without(text, piece, "other")
    assert not places_of(piece, hidden)
    assert (hidden == text) == (not places_of(piece, text))


def test_only_true_placeholders_are_passed_over() -> None:
    assert without("[Sulastri] dan [NIK]", "sulastri", "name") == "[[NAMA]] dan [NIK]"


def test_hiding_is_linear_in_the_text(
    growth: Callable[[Callable[[str], object], str], float],
) -> None:
    def hide(text: str) -> object:
        spans = [match.span() for match in re.finditer("di", text)]
        found = [Span(start=start, end=end) for start, end in spans]
        return redacted(published(text, found), "Sulastri", "name")

    assert growth(hide, "Sulastri di [NIK] ") < 24


def test_a_text_of_one_letter_over_and_over_is_no_trouble() -> None:
    assert without("aa " * 7_000, "aa aa", "other").count("[DISAMARKAN]") == 3_500
    assert not says("Sulas", "Sulastri")
    assert says("#bu_su-lastri", "Su Lastri")


def test_what_the_ledger_keeps_gives_the_redacted_text_when_it_is_processed_again() -> None:
    content = Content(
        source="kota",
        id="1",
        kind="article",
        title="Rumah S<b>ul</b>astri didatangi",
        text="<p>Sulastri ada di RT 02 https://kabar.example/x</p>",
        url="https://kabar.example/sulastri",
        published_at=entry(1).content.published_at,
    )
    (item,) = normalise(Batch(id="x", items=(Item(content=content),)), PORTS).items
    assert item.normalised is not None
    made = redacted(published(item.normalised.text), "Sulastri", "name")
    kept = content_of(content, made)
    (again,) = normalise(Batch(id="x", items=(Item(content=kept),)), PORTS).items
    assert again.normalised is not None
    assert again.normalised.text == made.text
    assert made.text == "Rumah [NAMA] didatangi\n\n[NAMA] ada di RT 02 [TAUTAN kabar.example]"
    assert not re.search("sulastri", kept.text, re.IGNORECASE)
    assert publication(finished(Item(content=kept))[0]).text == made.text
