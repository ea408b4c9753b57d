"""Clarifications for tests, and strategies that make any of them."""

from typing import Any

from hypothesis import strategies as st

from tasks.citations import Citation
from tasks.clarification import Clarification
from tasks.drafting import Say
from tasks.institution import Institution
from tasks.words import ReaderLanguage
from tests.factchecks import check
from workers.desk.rendering import texts

OURS = Institution(name="Pemerintah Kota Contoh", aliases=("Pemkot Contoh", "contoh.go.id"))


def words_in(language: ReaderLanguage) -> Say:
    """The words of the desk, without a desk."""

    def say(name: str, **values: object) -> str:
        return texts()[f"clarify.say_{name}"][language].format(**values)

    return say


SAY = words_in("id")


def citation(publisher: str = "Balai Jalan", **changes: Any) -> Citation:
    """An invented source."""
    fields = {"title": "Hasil periksa jembatan", "url": "https://balai.example/hasil", **changes}
    return Citation.model_validate({"publisher": publisher, **fields})


BALAI = citation()
KAMPUS = citation("Laboratorium Kampus", title="Uji beton", url="https://kampus.example/uji")


def clarification(**changes: Any) -> Clarification:
    """One that lacks nothing."""
    fields: dict[str, Any] = {
        "language": "id",
        "institution": OURS,
        "headline": "Jembatan nomor 1 tetap berdiri",
        "fact": "Jembatan nomor 1 tetap berdiri. Perbaikannya selesai dalam dua pekan.",
        "warning": "Waspada, klaim berikut beredar dan keliru:",
        "claim": "Jembatan nomor 1 di Kota Contoh akan dirobohkan.",
        "why": "Klaim ini rekaan.",
        "fact_again": "Jembatan itu diperbaiki dan aman dilalui.",
        "citations": (BALAI, KAMPUS),
        "factcheck": check(),
    }
    return Clarification.model_validate({**fields, **changes})


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
_ANY_LINE = st.one_of(
    st.just(""),
    ANY_TEXT.map(lambda text: text[:300]),
    st.sampled_from(["Jembatan nomor 1 tetap berdiri", clarification().claim]),
)
_PUBLISHERS = st.sampled_from(
    ["Balai Jalan", "Balai Jalan Nasional", "Kampus", "Harian Kota", "Pemkot Contoh"]
)
_URLS = st.sampled_from(
    [
        "https://balai.example/a",
        "https://www.balai.example/b",
        "https://kampus.example/c",
        "https://dinas.contoh.go.id/d",
        "https://harian.example/e",
    ]
)
CITATIONS = st.builds(
    Citation,
    title=st.sampled_from(["Hasil uji", "Harian Kota: hasil uji", "Siaran resmi"]),
    publisher=_PUBLISHERS,
    url=_URLS,
    quotes=st.lists(_URLS, max_size=2).map(tuple),
)
ANY = st.builds(
    clarification,
    language=st.sampled_from(["id", "en"]),
    headline=_ANY_LINE,
    fact=ANY_TEXT,
    warning=_ANY_LINE,
    claim=_ANY_LINE,
    why=ANY_TEXT,
    fact_again=ANY_TEXT,
    citations=st.lists(CITATIONS, max_size=5).map(tuple),
    declared=st.booleans(),
    page=st.sampled_from([None, "https://contoh.go.id/klarifikasi/" + "a" * 160]),
    factcheck=st.sampled_from([None, check(), check(outcome="unproven", subtype=None)]),
    institution=st.sampled_from([OURS, Institution(name="Lembaga " + "panjang " * 30)]),
)
