"""Fact-checks in JSON: ClaimReview, and Google's feeds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.factchecks import one, read, said
from workers.factchecks.importing import Format, Read

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://www.cekfakta.example/2026/jembatan?p=7",
    "claimReviewed": "Jembatan akan dirobohkan.",
    "author": {"@type": "Organization", "name": "Cek Fakta Contoh"},
    "datePublished": "2026-03-14T08:00:00+07:00",
    "inLanguage": "id-ID",
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": "Seorang Contohwan"},
        "appearance": "https://x.com/akun_contoh/status/1",
    },
    "reviewRating": {"@type": "Rating", "alternateName": "Salah", "ratingExplanation": "Utuh."},
}
NESTED: dict[str, Any] = {"@type": "Organization"}
for _ in range(900):
    NESTED = {"@type": "Organization", "name": NESTED}


def read_json(tmp_path: Path, document: object, **given: Any) -> Read:
    file = tmp_path / "cek.json"
    file.write_text(json.dumps(document))
    return read(file, **given)


def test_a_claim_review_is_read_without_any_person(tmp_path: Path) -> None:
    made = one(read_json(tmp_path, REVIEW))
    assert made.id.startswith("cekfakta.example/2026/jembatan-p-7~")
    assert (made.claim, made.verdict, made.outcome) == (REVIEW["claimReviewed"], "Salah", "refuted")
    assert (made.date, made.language, made.publisher) == (
        *(date(2026, 3, 14), "ind"),
        "Cek Fakta Contoh",
    )
    assert made.clarification == "Utuh."
    assert "Contohwan" not in made.model_dump_json()
    assert "akun_contoh" not in made.model_dump_json()


def test_a_person_is_no_publisher(tmp_path: Path) -> None:
    person = {"@type": "Person", "name": "Seorang Contohwan"}
    assert one(read_json(tmp_path, {**REVIEW, "author": person})).publisher == "cekfakta.example"


def test_deep_nesting_is_no_name(tmp_path: Path) -> None:
    assert one(read_json(tmp_path, {**REVIEW, "author": NESTED})).publisher == "cekfakta.example"


@pytest.mark.parametrize(
    "document",
    [
        [REVIEW],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, REVIEW]},
        {"@type": ["NewsArticle"], "review": REVIEW},
        [{"@type": "WebSite"}, {"@graph": REVIEW}],
        {**REVIEW, "@type": ["https://schema.org/ClaimReview"]},
    ],
)
def test_reviews_are_found_where_json_ld_may_have_them(tmp_path: Path, document: object) -> None:
    assert one(read_json(tmp_path, document)) == one(read_json(tmp_path, REVIEW))


def test_two_claims_of_one_page_are_two_checks_and_a_name_is_kept(tmp_path: Path) -> None:
    other = {**REVIEW, "claimReviewed": "Jembatan sudah roboh."}
    assert len(read_json(tmp_path, [REVIEW, other]).checks) == 2
    again = {**REVIEW, "reviewRating": {"alternateName": "Keliru"}}
    assert one(read_json(tmp_path, again)).id == one(read_json(tmp_path, REVIEW)).id
    assert one(read_json(tmp_path, {**REVIEW, "@id": "urn:cek:7"})).id == "urn-cek-7"


@pytest.mark.parametrize(
    ("rating", "verdict", "outcome"),
    [
        ({"ratingValue": 1}, "1/5", "refuted"),
        ({"ratingValue": "2", "bestRating": "5", "worstRating": "1"}, "2/5", "refuted"),
        ({"ratingValue": 3, "bestRating": 5}, "3/5", "unproven"),
        ({"ratingValue": 5}, "5/5", "confirmed"),
        ({"ratingValue": 0, "bestRating": 1, "worstRating": 0}, "0/1", "refuted"),
        ({"ratingValue": 5, "alternateName": "Salah"}, "Salah", "refuted"),
    ],
)
def test_a_rating_by_number(
    tmp_path: Path, rating: dict[str, Any], verdict: str, outcome: str
) -> None:
    made = one(read_json(tmp_path, {**REVIEW, "reviewRating": rating}))
    assert (made.verdict, made.outcome) == (verdict, outcome)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"claimReviewed": None}, "entry 1: no claimReviewed"),
        ({"url": ""}, "entry 1: no url"),
        ({"url": "https://[a"}, "entry 1: url: is no web address"),
        ({"datePublished": None}, "entry 1: no datePublished"),
        ({"datePublished": "kemarin"}, "entry 1: date: is no date"),
        ({"reviewRating": {"ratingValue": 9}}, "entry 1: no reviewRating"),
        ({"reviewRating": {"ratingValue": "nan"}}, "entry 1: no reviewRating"),
        ({"reviewRating": {"alternateName": "Ngawur"}}, "entry 1: unknown rating 'Ngawur'"),
        ({"inLanguage": None}, "entry 1: no language"),
        ({"inLanguage": "xx"}, "entry 1: language: is no ISO 639-3"),
    ],
)
def test_what_a_review_lacks_is_said(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    assert says in said(tmp_path / "cek.json", json.dumps({**REVIEW, **changes}))


def test_the_data_commons_feed(tmp_path: Path) -> None:
    elements = [{"@type": "DataFeedItem", "item": [REVIEW]}, {"item": None}, {"item": REVIEW}]
    feed = {"@context": "http://schema.org", "@type": "DataFeed", "dataFeedElement": elements}
    assert one(read_json(tmp_path, feed)) == one(read_json(tmp_path, REVIEW))


def test_an_answer_of_claims_search(tmp_path: Path) -> None:
    review = {
        "publisher": {"name": "Cek Fakta Contoh", "site": "cekfakta.example"},
        "url": "https://cekfakta.example/1",
        "title": "[SALAH] Jembatan",
        "reviewDate": "2026-03-14T00:00:00Z",
        "textualRating": "Menyesatkan",
        "languageCode": "id",
    }
    claims = [{"text": "Jembatan roboh.", "claimant": "Seorang", "claimReview": [review]}]
    made = one(read_json(tmp_path, {"claims": claims, "nextPageToken": "x"}))
    assert (made.claim, made.subtype, made.language) == ("Jembatan roboh.", "misleading", "ind")
    assert "Seorang" not in made.model_dump_json()
    del review["reviewDate"]
    found = read_json(tmp_path, {"claims": [*claims, None]})
    assert [str(one) for one in found.problems] == [
        "cek.json, claim 1: no reviewDate: add it, or take this entry out of the file",
        "cek.json, claim 2: is no object: export the file again",
    ]


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        ('{"a": 1,\n "b": }', "auto", "cek.json, line 2: is no JSON"),
        ("[" * 5_000, "auto", "cek.json, line 1: is no JSON"),
        ('{"@type": "Article"}', "auto", "cek.json: holds no ClaimReview"),
        ("5", "claimreview", "cek.json: holds no ClaimReview"),
        ('{"@type": "ClaimReview"}', "feed", "cek.json: is no feed of fact-checks"),
        (b'{"a":\n "\xff"}', "auto", "cek.json, line 2: is not UTF-8"),
        ("\ufeff[]".encode("utf-16-le"), "auto", "cek.json: is UTF-16"),
        (b"{}\n\0", "auto", "cek.json, line 2: holds a NUL character"),
    ],
)
def test_a_broken_json_file(tmp_path: Path, content: bytes | str, form: Format, says: str) -> None:
    assert said(tmp_path / "cek.json", content, form=form).startswith(says)
