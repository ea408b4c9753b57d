"""The lists that the operator edits: what saring brings is honest, errors name file and field."""

from pathlib import Path

import pytest

from tasks.official import is_official
from workers.desk.lists import channels, official


def test_the_channels_that_saring_brings_say_that_nobody_checked_them() -> None:
    held = channels(None)
    names = {one.name for one in held.channel}
    assert {"SP4N-LAPOR!", "Ombudsman Republik Indonesia", "KPK Whistleblowing System"} <= names
    assert all(one.checked is None for one in held.channel)
    assert all(set(one.purpose) == {"id", "en"} for one in held.channel)


def test_no_site_is_official_until_the_operator_says_so(tmp_path: Path) -> None:
    assert official(None).sites == ()
    file = tmp_path / "resmi.toml"
    file.write_text('version = "1"\nsites = ["palembang.go.id"]\n')
    assert is_official("https://palembang.go.id/x", official(file).sites)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('version = "1"\nsites = ["https://a.id"]', "resmi.toml: sites.0"),
        ('version = "1"\nakun = []', "resmi.toml: akun"),
        ("version = ", "resmi.toml: cannot be read"),
    ],
)
def test_a_list_that_cannot_be_read_names_the_file_and_the_field(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "resmi.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=said.replace(".", r"\.")):
        official(file)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tidak-ada\.toml"):
        channels(tmp_path / "tidak-ada.toml")
