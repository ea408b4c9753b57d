"""Dates, amounts and laws are found as people write them, each with one normalised name."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.entities import entities

MONTHS: Final = (  # noqa: SIM905 - reads better
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
).split()
MIDNIGHT_IN_PALEMBANG: Final = datetime(2026, 1, 31, 17, 30, tzinfo=UTC)


def names(text: str, kind: str, published_at: datetime | None = None) -> list[str]:
    return [one.name for one in entities(text, published_at) if one.kind == kind]


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_day_has_one_name_however_it_is_written(day: date) -> None:
    written = (
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day} {MONTHS[day.month - 1][:3].lower()} {day.year}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.day}.{day.month}.{day.year}",
        day.isoformat(),
        f"Senin ({day.day}/{day.month}/{day.year})",
    )
    for text in written:
        assert names(f"pada {text}, pukul 10.00", "date") == [day.isoformat()], text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 maret", ["--03-12"]),
        ("12-14 Maret 2026", ["2026-03-12/2026-03-14"]),
        ("Maret 2026", ["2026-03"]),
        ("sejak tahun 2019", ["2019"]),
        ("Senin (12/3)", ["--03-12"]),
        ("12/3/26", ["2026-03-12"]),
        ("29 Februari", ["--02-29"]),
        ("hari Minggu", ["minggu"]),
        ("hari jum'at", ["jumat"]),
        ("3 mar", []),
        ("31/2/2026", []),
        ("buka 24/7, nilai 1/2", []),
        ("versi 1.2.3 pukul 12.30", []),
        ("minggu ini besok", ["minggu ini", "besok"]),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert names(text, "date") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("besok pagi", "2026-02-02"),
        ("hari ini", "2026-02-01"),
        ("tadi malam", "2026-01-31"),
        ("bulan lalu", "2026-01"),
        ("2 bulan lalu", "2025-12"),
        ("3 hari yang lalu", "2026-01-29"),
        ("minggu depan", "2026-W06"),
        ("tahun depan", "2027"),
        ("senin", "senin"),
    ],
)
def test_a_relative_day_is_resolved_only_by_the_time_of_the_post(text: str, expected: str) -> None:
    assert names(text, "date", MIDNIGHT_IN_PALEMBANG) == [expected]
    assert names(text, "date")[0].startswith(text.split(maxsplit=1)[0])


def test_a_count_in_words_keeps_a_span_open() -> None:
    assert names("dua tahun lalu", "date", MIDNIGHT_IN_PALEMBANG) == ["tahun lalu"]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_clock_that_is_far_off_resolves_nothing(year: int) -> None:
    assert names("besok", "date", datetime(year, 12, 31, 23, tzinfo=UTC)) == ["besok"]


@given(st.integers(0, 10**14))
def test_an_amount_in_full_is_what_was_written(rupiah: int) -> None:
    grouped = f"{rupiah:,}".replace(",", ".")
    assert names(f"seharga Rp {grouped} saja", "amount") == [f"IDR {rupiah}"]
    assert names(f"seharga Rp{grouped},00.", "amount") == [f"IDR {rupiah}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rp 2,5 miliar", "IDR 2500000000"),
        ("Rp2.5 M", "IDR 2500000000"),
        ("rp50rb", "IDR 50000"),
        ("200 ribu", "200000"),
        ("1,5jt", "1500000"),
        ("2.500 juta", "2500000"),
        ("Rp 5-10 juta", "IDR 5000000-10000000"),
        ("Rp 468 jutaan", "IDR 468000000"),
        ("50 ribu rupiah", "IDR 50000"),
        ("US$ 5 juta", "USD 5000000"),
        ("$50", "USD 50"),
        ("15%", "15%"),
        ("10,24 persen", "10.24%"),
        ("3 ton", "3 ton"),
        ("2.500 hektare", "2500 ha"),
        ("0,125 kg", "0.125 kg"),
        ("300 orang", "300 orang"),
    ],
)
def test_amounts(text: str, expected: str) -> None:
    (one,) = entities(f"kira-kira {text}, katanya")
    assert (one.kind, one.name, one.span.end - one.span.start) == ("amount", expected, len(text))


@pytest.mark.parametrize("text", ["5 m", "0812", "12:30 ton", "rpm 20", "rp", "3 kali", "2 tahun"])
def test_a_bare_number_is_no_amount(text: str) -> None:
    assert names(text, "amount") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UU No. 11 Tahun 2008 Pasal 27 ayat (3)", "UU 11/2008 pasal 27 ayat 3"),
        ("Pasal 27 ayat (3) UU No. 11 Tahun 2008", "UU 11/2008 pasal 27 ayat 3"),
        ("Undang-Undang Nomor 11 Tahun 2008", "UU 11/2008"),
        ("uu 11/2008", "UU 11/2008"),
        ("pasal 28 UU ITE", "UU ITE pasal 28"),
        ("UU Perlindungan Anak", "UU Perlindungan Anak"),
        ("Perda No 4/2020", "Perda 4/2020"),
        ("Peraturan Daerah Kota Palembang Nomor 4 Tahun 2020", "Perda 4/2020"),
        ("Permendagri No. 20 Tahun 2018", "Permendagri 20/2018"),
        ("PP Nomor 5 Tahun 2021", "PP 5/2021"),
        ("Pasal 378 KUHP", "KUHP pasal 378"),
        ("UUD 1945", "UUD 1945"),
        ("pasal 5 huruf a", "pasal 5 huruf a"),
    ],
)
def test_laws(text: str, expected: str) -> None:
    (one,) = (one for one in entities(f"menurut {text}, itu") if one.kind == "law")
    assert (one.name, one.span.end - one.span.start) == (expected, len(text))


@pytest.mark.parametrize("text", ["pasal karet", "pp saya ganti", "se kota", "uu baru", "perda"])
def test_a_law_without_number_or_title_is_none(text: str) -> None:
    assert names(text, "law") == []
