"""Which citations are two sources, and which are one that speaks twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.citations import Tie, citations_of, independent, is_own, tie
from tasks.factcheck import Source
from tasks.institution import Institution, says
from tests.clarifications import BALAI, CITATIONS, KAMPUS, OURS, citation
from tests.factchecks import check

THIRD = ("https://kantor-berita.example/1",)


def test_other_sites_and_other_publishers_are_independent() -> None:
    assert tie(BALAI, KAMPUS) is None
    assert independent((BALAI, KAMPUS), OURS) == (BALAI, KAMPUS)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"url": "https://berita.balai.example/x"}, "same_domain"),
        ({"publisher": "BALAI JALAN"}, "same_publisher"),
        ({"publisher": "Balai Jalan Nasional"}, "same_publisher"),
        ({"quotes": ("https://www.balai.example/hasil",)}, "one_quotes_other"),
        ({"title": "Jembatan aman menurut Balai Jalan"}, "one_quotes_other"),
        ({"quotes": THIRD}, "same_origin"),
    ],
)
def test_two_that_hang_together_are_one_source(other: dict[str, object], why: Tie) -> None:
    first = BALAI.model_copy(update={"quotes": THIRD}) if why == "same_origin" else BALAI
    second = KAMPUS.model_validate({**dict(KAMPUS), **other})
    assert tie(first, second) == why
    assert independent((first, second), OURS) is None


@pytest.mark.parametrize(
    "own",
    [
        {"publisher": "Humas Pemkot Contoh"},
        {"url": "https://dinkes.contoh.go.id/1"},
        {"quotes": ("https://contoh.go.id/siaran",)},
    ],
)
def test_the_word_of_the_institution_is_no_source(own: dict[str, object]) -> None:
    ours = KAMPUS.model_validate({**dict(KAMPUS), **own})
    assert is_own(ours, OURS)
    assert independent((BALAI, ours), OURS) is None


def test_a_fact_check_is_one_source_with_what_it_rests_on() -> None:
    sources = (
        Source(title="Balai Jalan: hasil periksa", url="https://balai.example/1"),
        Source(title="Uji beton", url="https://kampus.example/2"),
    )
    balai, kampus, own = citations_of(check(sources=sources), "Pemeriksaan fakta")
    assert (balai.publisher, kampus.publisher) == ("Balai Jalan", "kampus.example")
    assert tie(balai, own) == tie(own, kampus) == "one_quotes_other"
    assert tie(balai, kampus) is None


def test_a_fact_check_without_sources_is_one_source() -> None:
    assert independent(citations_of(check(), "Pemeriksaan fakta"), OURS) is None


@given(CITATIONS, CITATIONS)
def test_the_order_does_not_matter(one: object, other: object) -> None:
    assert isinstance(one, type(BALAI))
    assert isinstance(other, type(BALAI))
    assert (tie(one, other) is None) == (tie(other, one) is None)


@given(st.lists(CITATIONS, max_size=6).map(tuple))
def test_what_is_independent_is_of_two_sites_and_not_the_institutions(found: tuple) -> None:  # type: ignore[type-arg] # a strategy's
    pair = independent(found, OURS)
    if pair is not None:
        assert pair[0].domain != pair[1].domain
        assert not any("contoh.go.id" in one.url for one in pair)
        assert not {one.domain for one in pair} & (pair[0].quoted | pair[1].quoted)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("PEMKOT CONTOH menyembunyikan data", True),
        ("Kebijakan Pemkot Contohnya aneh", True),
        ("Lihat contoh.go.id/bansos", True),
        ("Pemkot lain", False),
        ("Pemkot Contohan", False),
        ("Kota Contoh", False),
    ],
)
def test_an_institution_is_named_by_whole_words(text: str, named: bool) -> None:
    assert OURS.named_in(text) is named


def test_a_name_without_a_word_names_nothing() -> None:
    assert not says("apa saja", "***")
    assert not Institution(name="!!!").named_in("!!!")


def test_a_domain_among_the_aliases_owns_its_hosts() -> None:
    assert OURS.owns("dinkes.contoh.go.id")
    assert not OURS.owns("lain.go.id")
    assert not is_own(citation(), OURS)
