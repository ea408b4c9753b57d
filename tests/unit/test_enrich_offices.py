"""Offices and institutions are found with field and place, and never with the name of a holder."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.entities import entities
from tasks.gazetteer import FOLDER
from tasks.names import split

TABLES: Final = ("places.tsv", "cues.tsv", "offices.tsv", "fields.tsv")
KNOWN: Final = frozenset(
    word for table in TABLES for word in split((FOLDER / table).read_text(encoding="utf-8"))
) | {"satu", "dua", "tiga", "1", "2", "3"}


def found(text: str, kind: str) -> list[tuple[str, str]]:
    return [
        (text[one.span.start : one.span.end], one.name)
        for one in entities(text)
        if one.kind == kind
    ]


@pytest.mark.parametrize(
    ("text", "role", "name"),
    [
        ("Bupati Banyuasin meresmikan", "Bupati Banyuasin", "bupati banyuasin"),
        ("walikota plembang datang", "walikota plembang", "wali kota palembang"),
        ("Wagub Sumsel hadir", "Wagub Sumsel", "wakil gubernur sumatera selatan"),
        ("bupati kab. OKI hadir", "bupati kab. OKI", "bupati ogan komering ilir"),
        ("kata Kapolres Muara Enim", "Kapolres Muara Enim", "kapolres muara enim"),
        ("Camat Plaju turun", "Camat Plaju", "camat plaju"),
        ("Pak Lurah marah", "Lurah", "lurah"),
        ("Ada Bupati, Palembang ramai", "Bupati", "bupati"),
        ("Mendagri minta", "Mendagri", "menteri dalam negeri"),
        (
            "Menteri Kelautan dan Perikanan hadir",
            "Menteri Kelautan dan Perikanan",
            "menteri kelautan dan perikanan",
        ),
        (
            "Kepala Dinas Pendidikan Kota Palembang hadir",
            "Kepala Dinas Pendidikan Kota Palembang",
            "kepala dinas pendidikan palembang",
        ),
        ("Ketua DPRD Lahat hadir", "Ketua DPRD Lahat", "ketua dprd lahat"),
        ("kata Ketua DPRD Kota Bandung", "Ketua DPRD Kota Bandung", "ketua dprd kota bandung"),
        ("Rektor Unsri melantik", "Rektor Unsri", "rektor universitas sriwijaya"),
    ],
)
def test_a_role_is_named_by_its_office(text: str, role: str, name: str) -> None:
    assert found(text, "role") == [(role, name)]


@pytest.mark.parametrize(
    ("text", "institution", "name"),
    [
        ("Dinas Pendidikan Sumsel buka", "Dinas Pendidikan Sumsel", None),
        ("disdik palembang buka", "disdik palembang", "Dinas Pendidikan Palembang"),
        ("antre di RSUD Kayuagung", "RSUD Kayuagung", "RSUD Kayu Agung"),
        ("Puskesmas Plaju penuh", "Puskesmas Plaju", "Puskesmas Plaju"),
        ("Pemkot Bandung diam", "Pemkot Bandung", "Pemerintah Kota Bandung"),
        ("polda sumsel menahan", "polda sumsel", "Polda Sumatera Selatan"),
        ("dipanggil KPK kemarin", "KPK", "KPK"),
        ("air PDAM mati", "PDAM", "PDAM"),
        ("sidang di MK hari ini", "MK", "Mahkamah Konstitusi"),
        ("siswa SMA Negeri 3 Palembang", "SMA Negeri 3 Palembang", "SMA Negeri 3 Palembang"),
        ("kuliah di unsri lama", "unsri", "Universitas Sriwijaya"),
        ("Pengadilan Negeri Malang memutus", "Pengadilan Negeri Malang", None),
        ("kantor Kementerian BUMN", "Kementerian BUMN", "Kementerian BUMN"),
    ],
)
def test_an_institution_is_found(text: str, institution: str, name: str | None) -> None:
    ((span, said),) = found(text, "institution")
    assert span == institution
    assert name is None or said == name


@pytest.mark.parametrize(
    "text",
    [
        "ketua kelas kami",
        "rumah dinas kosong",
        "mk belum tau",
        "MK MASIH LAMA",
        "kepala saya sakit",
        "anggota baru",
    ],
)
def test_a_word_that_needs_more_is_nothing_alone(text: str) -> None:
    assert entities(text) == ()


def test_an_institution_and_a_place_lie_in_a_role() -> None:
    kinds = [(one.kind, one.name) for one in entities("Ketua DPRD Lahat")]
    assert kinds == [
        ("role", "ketua dprd lahat"),
        ("institution", "DPRD Lahat"),
        ("place", "Kabupaten Lahat"),
    ]


@pytest.mark.parametrize("office", ["Bupati", "Wali Kota", "Camat", "Ketua DPRD", "Kapolres"])
@pytest.mark.parametrize("person", ["Bima Saputra", "Agam Wijaya", "Surya Lingga", "Tomo Hadi"])
def test_a_holder_named_like_a_place_stays_out(office: str, person: str) -> None:
    spans = [span for span, _ in found(f"kemarin {office} {person} hadir di sini", "role")]
    assert spans == [office]


PIECES: Final = st.sampled_from(
    (  # noqa: SIM905 - reads better
        "Bupati|Ketua|DPRD|Kepala Dinas|Pendidikan|Kota|Palembang|OKI|Menteri|SMA Negeri|3|RSUD"
        "|Bima|,|.|di"
    ).split("|")
)
PERSON: Final = st.text("aeiokrmn", min_size=3, max_size=9).map(str.title)


@given(st.lists(PIECES | PERSON, max_size=12).map(" ".join))
def test_a_role_or_institution_holds_only_words_of_the_tables(text: str) -> None:
    for one in entities(text):
        if one.kind in ("role", "institution", "place"):
            assert KNOWN.issuperset(split(text[one.span.start : one.span.end])), one.name
