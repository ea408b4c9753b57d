"""The tables of the gazetteer hold together, and hold all that they say they hold."""

from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from tasks.enrich.cues import cues
from tasks.enrich.offices import offices
from tasks.gazetteer import FOLDER, Place, distinct_name, index, places, read
from tasks.names import Words, split

BY_CODE: Final = {place.code: place for place in places() if place.code}


def counts(text: str) -> dict[str, int]:
    return {code: int(count) for code, count in (pair.split(":") for pair in text.split())}


REGENCIES_OF: Final = counts(
    "11:23 12:33 13:19 14:12 15:11 16:17 17:10 18:15 19:7 21:7 31:6 32:27 33:35 34:5 35:38 36:8"
    " 51:9 52:10 53:22 61:14 62:14 63:13 64:10 65:5 71:15 72:13 73:24 74:17 75:6 76:6 81:11 82:10"
    " 91:9 92:7 93:4 94:8 95:8 96:6"
)
"""Regencies and cities of each province, by the official count."""
DISTRICTS_OF: Final = counts(
    "16.01:13 16.02:18 16.03:22 16.04:24 16.05:14 16.06:15 16.07:21 16.08:20 16.09:19 16.10:16"
    " 16.11:10 16.12:5 16.13:7 16.71:18 16.72:5 16.73:8 16.74:6"
)
LEVELS_ABOVE: Final = {
    "province": {""},
    "regency": {"province"},
    "city": {"province"},
    "town": {"regency", "city"},
    "district": {"regency", "city"},
}


def of(*levels: str) -> list[Place]:
    return [place for place in places() if place.level in levels]


def meant(name: str) -> set[str]:
    """The full names of the places that `name` may mean."""
    found = index().at(Words.of(name), 0)
    return {one.place.full_name for one in found[1]} if found else set()


def test_all_provinces_regencies_and_cities_are_there() -> None:
    assert [len(of(level)) for level in ("province", "regency", "city")] == [38, 416, 98]
    assert Counter(place.parent for place in of("regency", "city")) == REGENCIES_OF


def test_all_districts_of_south_sumatra_are_there() -> None:
    assert Counter(place.parent for place in of("district")) == DISTRICTS_OF
    assert sum(DISTRICTS_OF.values()) == 241


def test_every_parent_exists_and_is_of_the_level_above() -> None:
    for place in places():
        parent = BY_CODE[place.parent].level if place.parent else ""
        assert parent in LEVELS_ABOVE[place.level], place


def test_a_code_continues_that_of_its_parent() -> None:
    for place in places():
        if place.level == "province":
            assert len(place.code) == 2
        elif place.level == "town":
            assert place.code == ""
        else:
            assert place.code[:-3] == place.parent
            assert place.code[-3] == "."
            assert (int(place.code[-2:]) >= 71) == (place.level == "city") or len(place.code) > 5


def test_no_place_stands_there_twice() -> None:
    assert len({(place.level, place.name, place.parent) for place in places()}) == len(places())
    assert len(BY_CODE) == len([place for place in places() if place.code])


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("16", "Sumatera Selatan"),
        ("16.02", "Kabupaten Ogan Komering Ilir"),
        ("16.06", "Kabupaten Musi Banyuasin"),
        ("16.71", "Kota Palembang"),
        ("16.72", "Kota Pagar Alam"),
        ("16.74", "Kota Prabumulih"),
        ("16.71.14", "Kecamatan Plaju"),
        ("32.73", "Kota Bandung"),
        ("32.04", "Kabupaten Bandung"),
        ("35.78", "Kota Surabaya"),
        ("96.71", "Kota Sorong"),
    ],
)
def test_known_codes(code: str, full_name: str) -> None:
    assert BY_CODE[code].full_name == full_name


@pytest.mark.parametrize(
    ("short", "full_name"),
    [
        ("Sumsel", "Sumatera Selatan"),
        ("Jabar", "Jawa Barat"),
        ("Jatim", "Jawa Timur"),
        ("DIY", "DI Yogyakarta"),
        ("OKI", "Kabupaten Ogan Komering Ilir"),
        ("OKU", "Kabupaten Ogan Komering Ulu"),
        ("OKU Timur", "Kabupaten Ogan Komering Ulu Timur"),
        ("Muba", "Kabupaten Musi Banyuasin"),
        ("PALI", "Kabupaten Penukal Abab Lematang Ilir"),
        ("Mura", "Kabupaten Musi Rawas"),
        ("Pagaralam", "Kota Pagar Alam"),
        ("Lubuklinggau", "Kota Lubuk Linggau"),
        ("Plembang", "Kota Palembang"),
        ("sumaterabarat", "Sumatera Barat"),
        ("Ilir Barat 1", "Kecamatan Ilir Barat I"),
        ("ilir timur dua", "Kecamatan Ilir Timur II"),
    ],
)
def test_short_forms(short: str, full_name: str) -> None:
    assert meant(short) == {full_name}


def test_jogja_may_be_the_province_or_the_city() -> None:
    assert meant("Jogja") == {"DI Yogyakarta", "Kota Yogyakarta"}


def test_a_name_that_two_places_have_is_told_apart_by_its_unit() -> None:
    assert distinct_name(BY_CODE["32.73"]) == "Kota Bandung"
    assert distinct_name(BY_CODE["17.71"]) == "Kota Bengkulu"
    assert distinct_name(BY_CODE["16.71"]) == "Palembang"


def test_names_are_words_that_texts_can_hold() -> None:
    for place in places():
        for name in (place.name, *(alias for alias, _ in place.aliases)):
            assert split(name), place
            assert name == " ".join(name.split())
            assert name.isascii()


def rows(table: str) -> list[list[str]]:
    lines = (FOLDER / table).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("table", ["places.tsv", "cues.tsv", "offices.tsv", "fields.tsv"])
def test_every_row_has_the_columns_of_the_header(table: str) -> None:
    header, *others = rows(table)
    assert {len(row) for row in others} == {len(header)}
    assert len({tuple(row) for row in others}) == len(others)


def test_a_cue_says_one_thing() -> None:
    sets = [set(row[2].split()) for row in rows("cues.tsv")[1:]]
    assert not any(one & other for one, other in combinations(sets, 2))
    assert sum(map(len, sets)) == len(cues())


def test_an_office_has_no_name_of_another() -> None:
    phrases = [phrase.strip() for row in rows("offices.tsv")[1:] for phrase in row[5].split(",")]
    assert len(phrases) == len(set(phrases)) == len(offices())


@pytest.mark.parametrize(
    "row", ["16\tempire\tX\t\t\tplain", "16\tprovince\tX\t\t\todd", "16\tprovince\tX\t\ty:odd\tcue"]
)
def test_a_table_of_another_form_is_refused(tmp_path: Path, row: str) -> None:
    table = tmp_path / "places.tsv"
    table.write_text(f"code\tlevel\tname\tparent\taliases\treading\n{row}\n")

    with pytest.raises(ValueError, match="unknown"):
        read(table)
