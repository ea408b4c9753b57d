"""What changed between two versions of a text."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.worddiff import Piece, word_diff

TEXTS = st.lists(
    st.sampled_from(["loket", "Loket", "tutup", "besok", "Rp50.000", ",", ".", " ", "\n", "é"]),
    max_size=80,
).map("".join)


def folded(text: str) -> str:
    return "".join(text.lower().split())


@given(TEXTS, TEXTS)
def test_what_is_not_gone_is_the_new_text(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(one.text for one in pieces if one.kind != "gone") == new


@given(TEXTS, TEXTS)
def test_what_is_not_added_is_the_old_text_but_for_capitals_and_breaks(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert folded("".join(one.text for one in pieces if one.kind != "added")) == folded(old)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {one.kind for one in word_diff(text, text.upper())} <= {"same", "skipped"}


def test_the_old_word_stands_before_the_new_one_and_a_number_is_one_word() -> None:
    assert word_diff(
        "Mulai besok bayar Rp50.000 di agen", "Mulai Senin bayar Rp75.000 di agen"
    ) == (
        Piece("same", "Mulai "),
        Piece("gone", "besok"),
        Piece("added", "Senin"),
        Piece("same", " bayar "),
        Piece("gone", "Rp50.000"),
        Piece("added", "Rp75.000"),
        Piece("same", " di agen"),
    )


def test_neighbouring_words_are_one_change() -> None:
    pieces = word_diff("Tolong sebarkan ke grup", "Mohon jangan ke grup")
    assert [one.kind for one in pieces] == ["gone", "added", "same"]


def test_of_a_long_unchanged_stretch_the_midst_is_skipped() -> None:
    kinds = [one.kind for one in word_diff("kata " * 99, "kata " * 99 + "baru")]
    assert kinds == ["same", "skipped", "same", "added"]
