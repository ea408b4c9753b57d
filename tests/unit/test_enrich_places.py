"""Places are found by name, and told from words, persons and other places by what stands around."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.places import find
from tasks.gazetteer import Place, places
from tasks.names import Words


def found(text: str) -> list[tuple[str, str, str]]:
    """What stands in the text, its name, and its code ("" where it stays open)."""
    words = Words.of(text)
    return [
        (
            text[words.starts[one.first] : words.ends[one.last - 1]],
            one.name,
            one.place.within if one.place else "",
        )
        for one in find(words)
    ]


def names(text: str) -> list[str]:
    return [name for _, name, _ in found(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("banjir lagi di palembang", ("palembang", "Kota Palembang", "16.71")),
        ("Warga OKU Timur panen", ("OKU Timur", "Kabupaten Ogan Komering Ulu Timur", "16.08")),
        ("Sumsel aman", ("Sumsel", "Sumatera Selatan", "16")),
        ("macet di Kab. Muba", ("Kab. Muba", "Kabupaten Musi Banyuasin", "16.06")),
        ("ramai di #Pagaralam", ("Pagaralam", "Kota Pagar Alam", "16.72")),
        ("lampu mati, ilir barat 1", ("ilir barat 1", "Kecamatan Ilir Barat I", "16.71.04")),
        ("jalan di Toli-Toli putus", ("Toli-Toli", "Kabupaten Tolitoli", "72.04")),
        ("Kota Lahat bersih", ("Lahat", "Kabupaten Lahat", "16.04")),
        ("sampai di Purwokerto", ("Purwokerto", "Purwokerto", "33.02")),
    ],
)
def test_a_place_is_found_with_its_name_and_code(text: str, expected: tuple[str, str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kota Bandung macet", ["Kota Bandung"]),
        ("Kabupaten Bandung macet", ["Kabupaten Bandung"]),
        ("Wali Kota Bandung menjawab", ["Kota Bandung"]),
        ("Bupati Bandung menjawab", ["Kabupaten Bandung"]),
        ("Bandung macet", ["Bandung"]),
        ("Bogor sampai Cibinong macet", ["Kabupaten Bogor", "Cibinong"]),
        ("Bandung macet, kata warga Kota Bandung", ["Kota Bandung", "Kota Bandung"]),
        ("Gubernur Bengkulu datang ke Kota Bengkulu", ["Bengkulu", "Kota Bengkulu"]),
        ("Hujan di Bengkulu", ["Bengkulu"]),
        ("Banjar dekat Ciamis", ["Kota Banjar", "Kabupaten Ciamis"]),
        (
            "Banjar dekat Tapin di Kalsel",
            ["Kabupaten Banjar", "Kabupaten Tapin", "Kalimantan Selatan"],
        ),
        ("Mesuji ramai", ["Kabupaten Mesuji"]),
        (
            "Mesuji dan Lempuing, OKI",
            ["Kecamatan Mesuji", "Kecamatan Lempuing", "Kabupaten Ogan Komering Ilir"],
        ),
        ("Polres Metro Jakarta Barat", ["Kota Jakarta Barat"]),
        ("Polda Metro Jaya", ["DKI Jakarta"]),
        ("Kota Bima diguncang gempa", ["Kota Bima"]),
        ("dari Kota Agung Lahat terlihat jelas", ["Kecamatan Kota Agung", "Kabupaten Lahat"]),
        ("Pasar Tanah Abang penuh", ["Tanah Abang"]),
        ("Tanah Abang di PALI", ["Kecamatan Tanah Abang", "Kabupaten Penukal Abab Lematang Ilir"]),
    ],
)
def test_a_unit_or_another_place_decides_between_places_of_one_name(
    text: str, expected: list[str]
) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kecamatan Tebing Tinggi longsor", []),  # there are many; one is in the table
        ("Kecamatan Tebing Tinggi, Empat Lawang", ["Kecamatan Tebing Tinggi"]),
        ("Tanjung Raja dan Indralaya", ["Kecamatan Tanjung Raja", "Kecamatan Indralaya"]),
        ("Tanjung Raja", []),
        ("jembatan di Kemuning, Palembang", ["Kecamatan Kemuning"]),
        ("bunga kemuning dari palembang", []),
        ("kami tinggal di Kemuning sekarang", []),
    ],
)
def test_a_district_whose_name_is_common_needs_its_province_named(
    text: str, expected: list[str]
) -> None:
    assert [name for name in names(text) if name.startswith("Kecamatan")] == expected


@pytest.mark.parametrize(
    ("with_cue", "without"),
    [
        ("liburan ke bali", "arep bali omah dhisik"),
        ("warga Kota Batu antre", "duduk di batu besar"),
        ("Bupati Pati menjawab", "pati jagung dan santan"),
        ("mereka tinggal di Serang", "rumah kami di serang orang"),
        ("hujan di malang sejak pagi", "malang sekali nasib kami"),
        ("warga kab oki panen", "oki, jangan lupa makan"),
        ("kab. OI bersih", "oi kawan, apa kabar"),
        ("listrik mati di Lahat", "jenazah masuk liang lahat"),
        ("tiba di Solo kemarin", "dia menyanyi solo kemarin"),
        ("kami dari Karo", "aku karo kancaku"),
        ("Panen Raya OKU Dimulai", "PROYEK DIY ITU KEREN"),
        ("warga Muna panen", "dasar orang muna"),
        ("Solok, Agam dan Padang diguyur hujan", "agam dan solok"),
    ],
)
def test_a_name_that_is_also_a_word_needs_a_cue(with_cue: str, without: str) -> None:
    assert found(with_cue)
    assert not found(without)


@pytest.mark.parametrize(
    "text",
    [
        "Pak Bangka sudah datang",
        "kata Bu Palembang tadi",
        "Bima Arya sedang berpidato, kami senang",
        "makan nasi padang dan sate madura di rumah",
        "mi aceh itu enak",
        "kami belajar bahasa bali",
        "rumahnya di Jl. Surabaya",
        "Desa Sukarami kebanjiran",
        "Sungai Batanghari meluap",
        "lihat [TAUTAN palembang.go.id] ya",
        "Malang Benar Nasib Kami Di Sini",
        "Aduh, Malang, Begitu Kata Mereka Semua",
        "kemarin Rangga Sambas tampil lagi",
        "Kecamatan Sukabumi",  # a regency and a city, and somewhere else a district
        "Kabupaten Palembang",
    ],
)
def test_persons_dishes_streets_villages_and_rivers_are_no_places(text: str) -> None:
    assert found(text) == []


def test_a_name_is_not_read_across_a_sentence() -> None:
    assert names("Kami ke Lampung. Selatan lebih ramai") == ["Lampung"]


def test_a_place_does_not_support_itself() -> None:
    assert names("Tanjung Raja, Tanjung Raja") == []


@given(st.sampled_from([place for place in places() if place.reading == "plain"]))
def test_every_plain_name_is_found_alone_and_in_full(place: Place) -> None:
    assert found(f"ada {place.name} itu")[0][0] == place.name
    assert names(f"ada {place.full_name} itu") == [place.full_name]


@given(st.lists(st.sampled_from(["Palembang", "di", "OKU", "Kota", ".", "Batu", "Pak", "[A]"])))
def test_spans_are_in_order_and_do_not_overlap(pieces: list[str]) -> None:
    words = Words.of(" ".join(pieces))
    ends = 0
    for one in find(words):
        assert ends <= one.first <= one.named < one.last <= len(words.lower)
        ends = one.last
