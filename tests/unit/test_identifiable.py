"""Names of private persons are noticed; holders of offices in their titles are none."""

import pytest

from tasks.identifiable import identifiable


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bu Sri Wahyuni dari Kelurahan Sako membuka dapur umum.", ("Sri Wahyuni",)),
        ("Siti, anak SDN 5, juara olimpiade.", ("Siti",)),
        ("pak slamet jualan es", ("slamet",)),
        ("seorang anak bernama Zyx menolong kucing", ("Zyx",)),
        ("hubungi [TELEPON] atau [AKUN]", ("[TELEPON]", "[AKUN]")),
        ("Camat Sako Rina Wulandari membantu Pak Joko.", ("Joko",)),
        ("Bupati Banyuasin Rina Wulandari meresmikan jembatan.", ()),
        ("Puskesmas Sako kini buka 24 jam sejak 3 Maret 2026.", ()),
        ("Terima kasih pak polisi.", ()),
        ("", ()),
    ],
)
def test_what_may_name_a_private_person_is_found(text: str, found: tuple[str, ...]) -> None:
    assert identifiable(text) == found
