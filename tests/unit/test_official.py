"""Official sites are known by host and path, never by what an address merely contains."""

import pytest

from tasks.official import is_official

LISTED = ("palembang.go.id", "contoh.id/berita")


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://palembang.go.id/kabar/1", True),
        ("https://www.palembang.go.id", True),
        ("https://dinkes.palembang.go.id/x", True),
        ("https://contoh.id/berita/2", True),
        ("https://contoh.id/beritapalsu", False),
        ("https://contoh.id/", False),
        ("https://palembang.go.id.jahat.example/x", False),
        ("https://jahat.example/palembang.go.id", False),
        ("https://xpalembang.go.id/", False),
        (None, False),
    ],
)
def test_the_address_decides(url: str | None, official: bool) -> None:
    assert is_official(url, LISTED) is official


def test_an_empty_list_makes_nothing_official() -> None:
    assert not is_official("https://palembang.go.id", ())
