"""Tokens: what is looked at of a word."""

from tasks.tokens import tokenise


def test_a_word_without_end_is_not_remembered_whole() -> None:
    (token,) = tokenise("a" * 20_000)
    assert (token.start, token.end) == (0, 20_000)
    assert max(map(len, token.forms)) <= 64
