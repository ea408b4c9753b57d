"""Matching texts with published fact-checks: what is confirmed, what is shown, what never is."""

from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.claims import ClaimIndex, ClaimMatch, claim_index, match
from tasks.claims.candidates import BEHIND, CANDIDATES, RARE
from tasks.claims.crowding import crowding, floor
from tasks.claims.index import Shelf
from tasks.claims.model import LEAST_MASS, Said, model
from tasks.claims.stance import GROUPS
from tasks.claims.terms import split
from tasks.factcheck import FactCheck, Library
from tasks.heads import heads
from tasks.words import Outcome
from tests.claims import CLAIM, index_of, matched, vaccine
from tests.factchecks import check
from training.claim_samples import CHOOSING, sample_library, samples

WORDS = (
    *("vaksin", "campak", "lahat", "kejang", "bayi", "jembatan", "roboh"),
    *("gempa", "75", "12", "listrik", "naik", "tarif", "formalin", "formalim", "kejag"),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
SAMPLES = tuple(samples(CHOOSING))
TEN = sample_library().checks[:10]
# Of each two that are equally like any text.
TWICE = (*TEN, *(one.model_copy(update={"id": f"{one.id}-again"}) for one in TEN))


@pytest.fixture(scope="module")
def sixty() -> ClaimIndex:
    return claim_index(sample_library())


def one(found: list[ClaimMatch | None]) -> ClaimMatch:
    (only,) = found
    assert only is not None
    return only


def test_the_claim_itself_is_confirmed_and_says_where_and_why() -> None:
    text = f"Selamat pagi semua. {CLAIM}! Sampai besok."
    found = one(matched(index_of([vaccine(), check(2)]), text))
    assert (found.check.id, found.decision) == ("contoh-1", "confirm")
    start, end = found.sentence
    assert text[start:end] == f"{CLAIM}!"
    assert {"#75", "lahat"} <= {*found.shared}
    weights = [model().rarity[term] for term in found.shared]
    assert all(one >= other for one, other in pairwise(weights))
    assert 0.5 < found.score <= 1
    assert 0.5 < found.asserted <= 1


@pytest.mark.parametrize(
    "said",
    [
        "Hoaks: {}",
        "{}?",
        "Katanya {}",
        "{} itu tidak benar",
        "Jangan percaya pesan bahwa {}",
        "Polisi masih menyelidiki kabar: {}",
        "{}. Padahal cuma 12 bayi yang demam",
    ],
)
def test_what_denies_asks_doubts_or_reports_is_shown_and_not_confirmed(said: str) -> None:
    found = one(matched(index_of([vaccine()]), said.format(CLAIM)))
    assert found.decision == "suggest"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (
            "Tarif listrik rumah tangga di Kabupaten Lahat naik tiga kali lipat mulai bulan depan",
            "Tarif listrik rumah tangga di Kabupaten Lahat turun tiga kali lipat mulai bulan depan",
        ),
        (CLAIM, CLAIM.replace("75", "12")),
    ],
)
def test_an_opposite_and_a_number_of_the_clarification_are_vetoes(claim: str, text: str) -> None:
    index = index_of([vaccine(claim=claim, variants=())])
    assert one(matched(index, claim)).decision == "confirm"
    found = matched(index, text)[0]
    assert found is None or found.decision == "suggest"


@pytest.mark.parametrize("cause", ["opposite", "clarified_numbers", *GROUPS])
def test_each_veto_forbids_alone(cause: str) -> None:
    ((_, (close,)),) = Shelf.of([vaccine()], model().rarity).look([CLAIM])
    said = Said.of(CLAIM, {})
    assert model().confirms(close, said, asserts=99.0)
    if cause in GROUPS:
        said = replace(said, groups=tuple(float(name == cause) for name in GROUPS))
    else:
        close = replace(close, features=close.features._replace(**{cause: 1.0}))
    assert not model().confirms(close, said, asserts=99.0)


def test_a_number_of_the_clarification_alone_is_seen() -> None:
    ((_, (close,)),) = Shelf.of([vaccine()], model().rarity).look([f"{CLAIM}, yang 12 demam"])
    assert close.features.clarified_numbers == 1


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_only_what_is_refuted_is_confirmed(outcome: Outcome) -> None:
    subtype = "fabricated" if outcome == "refuted" else None
    found = one(matched(index_of([vaccine(outcome=outcome, subtype=subtype)]), CLAIM))
    assert (found.decision == "confirm") == (outcome == "refuted")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sample_library().checks), min_size=1, unique=True), st.data())
def test_in_no_library_is_a_claim_confirmed_that_was_not_refuted(
    checks: list[FactCheck], data: st.DataObject
) -> None:
    outcomes = data.draw(
        st.lists(st.sampled_from(get_args(Outcome)), min_size=len(checks), max_size=len(checks))
    )
    changed = [
        one.model_copy(update={"outcome": outcome, "subtype": None})
        for one, outcome in zip(checks, outcomes, strict=True)
    ]
    texts = [text for one in changed for text in (one.claim, *one.variants)]
    for found in matched(index_of(changed), *texts):
        assert found is None or found.decision == "suggest" or found.check.outcome == "refuted"


def test_a_short_claim_is_shown_and_not_confirmed() -> None:
    short = vaccine(claim="Imunisasi campak bikin lumpuh", variants=())
    index = index_of([short])
    assert max(index.shelf.claims[0].masses) < LEAST_MASS
    assert one(matched(index, short.claim)).decision == "suggest"


def test_no_denial_report_or_question_of_the_samples_is_confirmed(sixty: ClaimIndex) -> None:
    texts = [one.text for one in SAMPLES if one.kind in ("denial", "report", "question")]
    assert len(texts) == 360
    for index in (sixty, index_of([c.model_copy(update={"variants": ()}) for c in all_checks()])):
        unknown: list[dict[str, float]] = [{}] * len(texts)
        for acts in (heads().hear(texts), unknown):
            found = match(index, texts, acts)
            assert [text for text, of in zip(texts, found, strict=True) if confirmed(of)] == []


def test_the_wordings_of_the_samples_find_their_claim(sixty: ClaimIndex) -> None:
    own = [one for one in SAMPLES if one.kind == "wording"]
    texts = [one.text for one in own]
    found = match(sixty, texts, heads().hear(texts))
    right = [f for f, one in zip(found, own, strict=True) if f and f.check.id == one.claim]
    assert len(right) > 0.97 * len(own)
    assert sum(map(confirmed, right)) > 0.4 * len(own)


def test_a_text_matches_the_same_alone_and_in_a_batch(sixty: ClaimIndex) -> None:
    texts = [one.text for one in SAMPLES[::7]]
    assert matched(sixty, *texts) == [matched(sixty, text)[0] for text in texts]


@settings(max_examples=10, deadline=None)
@given(st.permutations(TWICE))
def test_the_order_of_a_library_does_not_matter(checks: list[FactCheck]) -> None:
    texts = [one.text for one in SAMPLES[:200:9]]
    straight = Library(version="x", checks=TWICE)
    other = Library(version="x", checks=tuple(checks))
    found, again = (matched(ClaimIndex.of(one), *texts) for one in (straight, other))
    assert found == again


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=12), TEXTS)
def test_candidates_are_those_of_a_search_through_all(claims: list[str], text: str) -> None:
    checks = [check(number, claim=claim) for number, claim in enumerate(claims)]
    shelf = Shelf.of(checks, model().rarity)
    terms = list(dict.fromkeys(split(text)))
    scores = [said_of(shelf, place, terms) for place in range(len(claims))]
    best = max(scores)
    wanted = sorted(
        (place for place, score in enumerate(scores) if floor(1) <= score >= BEHIND * best),
        key=lambda place: -scores[place],
    )[:CANDIDATES]
    (found,) = shelf.candidates.find([terms])
    assert [scores[place] for place in found] == pytest.approx([scores[place] for place in wanted])
    assert len({*found}) == len(found)


def said_of(shelf: Shelf, place: int, terms: list[str]) -> float:
    """What the terms say for a claim: of each the share of a wording that it may be."""
    claim = shelf.claims[place]
    shares = {
        shelf.vocabulary.number[term]: max(claim.shares[column].tolist())
        for column, term in enumerate(claim.terms)
        if shelf.rarity[term] >= RARE
    }
    near = (dict(shelf.vocabulary.near(term)) for term in terms)
    return sum(
        max((shares[n] * alike for n, alike in of.items() if n in shares), default=0.0)
        for of in near
    )


def test_a_larger_library_asks_for_more() -> None:
    assert crowding(1) == crowding(60) == 0
    assert crowding(5000) > crowding(300) > 0
    checks = sample_library().checks
    copies = [one.model_copy(update={"id": f"{one.id}-{n}"}) for n in range(5) for one in checks]
    small, large = index_of(checks), index_of(copies)
    assert large.suggest_from == pytest.approx(small.suggest_from + crowding(300))


def test_an_empty_library_matches_nothing_and_a_text_without_words_neither() -> None:
    assert matched(index_of([]), CLAIM, "") == [None, None]
    assert matched(index_of([vaccine()]), "", " \n ", "...", "12") == [None] * 4
    assert matched(index_of([check(claim="di", clarification="")]), "di", CLAIM) == [None, None]
    assert matched(index_of([vaccine()])) == []


def test_the_indexes_of_the_last_two_libraries_are_remembered() -> None:
    libraries = [Library.of([vaccine(number)]) for number in range(3)]
    first, second = claim_index(libraries[0]), claim_index(libraries[1])
    assert claim_index(libraries[0]) is first
    assert claim_index(libraries[2]).version != first.version
    assert claim_index(libraries[0]) is first
    assert claim_index(libraries[1]) is not second
    assert first.version == f"{model().version}+{libraries[0].version}"


def all_checks() -> tuple[FactCheck, ...]:
    return sample_library().checks


def confirmed(found: ClaimMatch | None) -> bool:
    return found is not None and found.decision == "confirm"
