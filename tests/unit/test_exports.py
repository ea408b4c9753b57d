"""What leaves the desk: texts for social media, and ClaimReview."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.claimreview import claim_review, embedded
from tasks.clarification import Clarification
from tasks.excerpts import fitted, pieces, weight
from tasks.factcheck import SUBTYPES
from tasks.social import MAX_POST, Imprint, social_texts
from tests.clarifications import ANY, ANY_TEXT, SAY, clarification, words_in
from tests.factchecks import check, one, read

DRAFT = Imprint("23 Nov 2026", draft=True)
OUT = Imprint("23 Nov 2026", draft=False)
DAY = date(2026, 11, 23)
PAGE = "https://meja.contoh.go.id/clarify/0a1b2c"
IMPRINTS = st.sampled_from([DRAFT, OUT])
INTEREST = "Pernyataan resmi pihak yang berkepentingan"


@given(ANY, IMPRINTS)
def test_no_post_is_too_long_and_each_is_marked(made: Clarification, imprint: Imprint) -> None:
    say = words_in(made.language)
    told = social_texts(made, imprint, say)
    for post in (told.short, *told.thread):
        assert weight(post) <= MAX_POST
    for text in (told.short, *told.thread, told.long):
        assert (say("mark_draft") in text) >= imprint.draft
        assert (say("mark_interest") in text) >= made.self_interest
    assert imprint.day in told.short
    assert imprint.day in told.long


def test_the_short_text_holds_fact_sources_institution_day_and_link_but_not_the_claim() -> None:
    made = clarification()
    short = social_texts(made, OUT, SAY).short
    assert short.startswith(made.headline)
    for part in ("balai.example, kampus.example", made.institution.name, OUT.day, made.link):
        assert part in short
    assert made.claim not in short
    assert "DRAF" not in short


def test_the_thread_and_the_long_text_tell_the_claim_once_after_its_warning() -> None:
    made = clarification()
    told = social_texts(made, OUT, SAY)
    for text in (" ".join(told.thread), told.long):
        assert text.count(made.claim) == 1
        assert text.index(made.fact[:30]) < text.index(made.warning) < text.index(made.claim)
        assert text.index(made.claim) < text.index(made.why) < text.index(made.fact_again)


def test_a_rumour_says_first_that_it_is_not_verified() -> None:
    told = social_texts(clarification(factcheck=None), OUT, SAY)
    for text in (told.short, told.thread[0].removeprefix("(1/7) "), told.long):
        assert "Belum terverifikasi:" in text.splitlines()[0]


def test_an_interested_party_says_so_in_every_post() -> None:
    told = social_texts(clarification(declared=True), OUT, SAY)
    assert all(INTEREST in text for text in (told.short, *told.thread, told.long))


@given(ANY_TEXT, st.integers(5, 100))
def test_pieces_hold_every_word_and_fit(text: str, limit: int) -> None:
    found = list(pieces(text, limit))
    assert all(weight(piece) <= limit for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert weight(fitted(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "counted"), [("abc", 3), ("é", 1), ("😀", 2), ("字", 2), ("“a”", 3)]
)
def test_characters_count_as_x_counts_them(text: str, counted: int) -> None:
    assert weight(text) == counted


@pytest.mark.parametrize("subtype", [*SUBTYPES, None])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_claim_review_comes_back_by_our_own_import(
    tmp_path: Path, subtype: str | None, language: str
) -> None:
    made = clarification(language=language, factcheck=check(subtype=subtype))
    file = tmp_path / "ekspor.jsonld"
    document = claim_review(made, PAGE, DAY, OUT, words_in(made.language))
    file.write_text(json.dumps(document), encoding="utf-8")
    back = one(read(file))
    assert (back.claim, back.date, back.url) == (made.claim, DAY, PAGE)
    assert (back.outcome, back.subtype) == ("refuted", subtype)
    assert back.publisher == made.institution.name
    assert back.language == {"id": "ind", "en": "eng"}[language]
    assert [source.url for source in back.sources] == [cited.url for cited in made.citations]
    assert back.clarification.startswith(made.headline)


def test_the_claim_review_of_a_rumour_has_no_number_and_comes_back_unproven(tmp_path: Path) -> None:
    document = claim_review(clarification(factcheck=None), PAGE, DAY, OUT, SAY)
    assert "ratingValue" not in document["reviewRating"]
    file = tmp_path / "ekspor.jsonld"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert one(read(file)).outcome == "unproven"


def test_the_claim_review_has_what_schema_org_and_its_readers_ask_for() -> None:
    document = claim_review(clarification(), PAGE, DAY, OUT, SAY)
    assert document["@context"] == "https://schema.org"
    assert document["@type"] == "ClaimReview"
    assert document["author"] == {"@type": "Organization", "name": "Pemerintah Kota Contoh"}
    assert document["itemReviewed"] == {"@type": "Claim", "text": document["claimReviewed"]}
    rating = document["reviewRating"]
    assert (rating["ratingValue"], rating["bestRating"], rating["worstRating"]) == (1, 5, 1)
    assert rating["alternateName"] == "Konten palsu"
    assert document["creativeWorkStatus"] == "Published"


def test_a_draft_and_an_interested_party_are_so_in_the_claim_review_and_in_its_import(
    tmp_path: Path,
) -> None:
    document = claim_review(clarification(declared=True), PAGE, DAY, DRAFT, SAY)
    assert document["creativeWorkStatus"] == "Draft"
    file = tmp_path / "ekspor.jsonld"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert one(read(file)).clarification.startswith(f"DRAF. {INTEREST}.")


@given(ANY, IMPRINTS)
def test_no_text_ends_the_script_element(made: Clarification, imprint: Imprint) -> None:
    evil = made.revised(claim=f"</script><!-- {made.claim}"[:2000])
    document = claim_review(evil, PAGE, DAY, imprint, words_in(made.language))
    element = embedded(document)
    body = element.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(body) & set("<>&\u2028\u2029")
    assert json.loads(body) == document
