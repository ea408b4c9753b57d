"""Reporters of misconduct: what they say of themselves is left out, what they report stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reporters import WITHHELD, without_reporter


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "Nama saya Budi Hartono, staf dinas. Kepala UPTD Anton minta uang.",
            f"Nama saya {WITHHELD}, staf dinas. Kepala UPTD Anton minta uang.",
        ),
        (
            "Saya Rina, guru honorer, dimintai uang.",
            f"Saya {WITHHELD}, guru honorer, dimintai uang.",
        ),
        ("perkenalkan saya Joko Susilo", f"perkenalkan saya {WITHHELD}"),
        ("Pungli di loket.\nHormat saya,\nTini", f"Pungli di loket.\nHormat saya,\n{WITHHELD}"),
        ("Saya melihat Pak Camat minta uang.", "Saya melihat Pak Camat minta uang."),
        ("Saya Warga Desa Sako, kesal.", f"Saya {WITHHELD}, kesal."),  # rather too much
    ],
)
def test_authors_are_taken_out_where_they_name_themselves(text: str, left: str) -> None:
    assert without_reporter(text) == left


@given(st.sampled_from(("Budi", "Sri Wahyuni", "R. Joko Susilo")), st.text(max_size=40))
def test_a_name_behind_my_name_is_never_left(name: str, rest: str) -> None:
    assert name not in without_reporter(f"Nama saya {name}. {rest.replace(name, '')}")
