"""Passwords: which are refused and why, and how they are kept."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.passwords import MAX_LENGTH, MIN_LENGTH, is_outdated, is_right, keep, weakness

OWN = ("sri.wahyuni", "Sri Wahyuni Lestari", "Humas Kota Contoh")


@pytest.mark.parametrize(
    "password",
    [
        "kopi susu tetangga jauh",
        "tiga-becak-di-hujan",
        "xk3v9Qm2pLw8",
        "sri suka kopi pahit",  # holds a name, and more
        "ᮊᮥᮙᮠ ᮘᮥᮓᮚ ᮌᮤᮜᮍ",  # Sundanese script
    ],
)
def test_a_long_password_that_nobody_guesses_is_good(password: str) -> None:
    assert weakness(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("sebelas1234", "short"),
        ("e\u0301" * 6, "short"),  # six letters, in twelve code points
        ("a1" * 200, "long"),
        ("sri.wahyuni2026", "own"),
        ("SriWahyuniLestari", "own"),
        ("wahyuniwahyuni", "own"),
        ("HumasKotaContoh!", "own"),
        ("password1234", "common"),
        ("P@ssword-2026", None),  # what is left of it is no word of the list
        ("Rahasia12345!", "common"),
        ("qwertyuiop12", "common"),
        ("indonesia1945", "common"),
        ("sayangsayang1", "common"),
        ("123456789012", "common"),
        ("lkjihgfedcba", "common"),
        ("aaaaaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, why: str | None) -> None:
    assert weakness(password, OWN) == why


@given(st.text(max_size=MIN_LENGTH - 1), st.lists(st.text(), max_size=3))
def test_none_is_good_that_is_shorter_than_the_minimum(password: str, own: list[str]) -> None:
    assert weakness(password, own) is not None


@given(st.text(min_size=1, max_size=60), st.text(alphabet="0123456789!. -", max_size=20))
def test_none_is_good_that_is_a_name_with_digits_and_signs(name: str, added: str) -> None:
    if any(one.isalpha() for one in name):
        assert weakness(name + added, [name]) is not None


@given(st.text(max_size=MAX_LENGTH + 50), st.lists(st.text(), max_size=3))
def test_every_text_is_judged(password: str, own: list[str]) -> None:
    assert weakness(password, own) in {None, "short", "long", "own", "common"}


def test_what_is_kept_is_argon2id_and_opens_with_the_password_alone() -> None:
    kept = keep("kopi susu tetangga jauh")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != keep("kopi susu tetangga jauh"), "each has a salt of its own"
    assert is_right(kept, "kopi susu tetangga jauh")
    assert not is_right(kept, "kopi susu tetangga jauh ")
    assert not is_outdated(kept)


def test_it_opens_however_the_keyboard_composes_its_letters() -> None:
    assert is_right(keep("café di simpang lima"), "cafe\u0301 di simpang lima")


@settings(max_examples=5, deadline=None)
@given(st.text(max_size=40))
def test_nothing_opens_an_account_without_a_password(password: str) -> None:
    assert not is_right(None, password)


def test_other_parameters_are_noticed() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("apa saja yang lama"))
