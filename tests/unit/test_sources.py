"""The sources: what each may do, what proves it, and how its secrets are replaced."""

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from workers.signatures import key_of, new_secret
from workers.sources import (
    Credential,
    Source,
    Sources,
    added,
    disabled,
    new_token,
    rotated,
    token_credential,
)

NOW = 1_790_000_000.0
DAY = 24 * 3600.0


def secret(value: str | None = None, ends_at: float | None = None) -> Credential:
    return Credential(value=SecretStr(value or new_secret()), ends_at=ends_at)


def signed(name: str = "a") -> Source:
    return Source(name=name, secrets=(secret(),))


def with_token(name: str = "a") -> tuple[Source, str]:
    token = new_token(name)
    return Source(name=name, tokens=(token_credential(token),)), token


# The document.


def test_a_document_is_read_as_it_was_written() -> None:
    document = Sources(sources=(signed("a"), with_token("b")[0]))
    assert Sources.model_validate_json(document.model_dump_json()) == document


def test_what_an_operator_writes_by_hand_has_sound_defaults() -> None:
    [source] = Sources.model_validate({"sources": [{"name": "pantau-media"}]}).sources
    assert source.may_push_as == ("pantau-media",)
    assert (source.may_read, source.disabled) == (True, False)
    assert (source.items_per_second, source.burst) == (200.0, 2_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "A"},
        {"name": "-a"},
        {"name": "a\n"},
        {"name": "a/b"},
        {"name": "x" * 65},
        {"name": "(operator)"},
        {"may_push_as": ["a*b"]},
        {"may_push_as": ["**"]},
        {"may_push_as": [""]},
        {"items_per_second": 0},
        {"items_per_second": float("inf")},
        {"items_per_second": float("nan")},
        {"burst": 0},
        {"item_per_second": 5},
        {"secrets": [{"value": "whsec_rahasia"}]},
        {"tokens": [{"value": "a.rahasia"}]},
        {"tokens": [{"value": "f" * 64, "ends_at": NOW * 1000}]},
        {"tokens": [{"value": "f" * 64, "ends_at": float("nan")}]},
        {"tokens": [{"value": "f" * 64}], "secrets": [{"value": new_secret()}]},
    ],
)
def test_a_mistake_is_refused_and_no_secret_quoted(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Source.model_validate({"name": "a", **wrong})
    assert "rahasia" not in str(caught.value)


def test_a_name_stands_for_one_source() -> None:
    with pytest.raises(ValidationError, match="two sources b"):
        Sources(sources=(signed("a"), signed("b"), signed("b")))


def test_secrets_are_not_shown_by_accident() -> None:
    source = signed()
    assert source.secrets[0].value.get_secret_value() not in repr(Sources(sources=(source,)))


# What a source may do.


@pytest.mark.parametrize(
    ("may", "item_source", "answer"),
    [
        (("a",), "a", True),
        (("a",), "ab", False),
        (("a",), "", False),
        (("a.",), "ab", False),
        (("media-*",), "media-jabar", True),
        (("media-*",), "media-", True),
        (("media-*",), "media", False),
        (("x", "media-*"), "media-jabar", True),
        (("*",), "whatever", True),
        ((), "a", False),
    ],
)
def test_a_source_pushes_as_itself_or_as_it_may(
    may: tuple[str, ...], item_source: str, answer: bool
) -> None:
    assert Source(name="a", may_push_as=may).allows(item_source) is answer


def test_a_secret_is_valid_until_its_end() -> None:
    source = Source(name="a", secrets=(secret(ends_at=NOW), secret()))
    old, new = (one.value.get_secret_value() for one in source.secrets)
    assert source.valid_secrets(NOW - 0.1) == [old, new]
    assert source.valid_secrets(NOW) == [new]


def test_a_token_is_known_by_its_hash_until_its_end() -> None:
    source, token = with_token()
    [kept] = source.tokens
    assert kept.value.get_secret_value() == hashlib.sha256(token.encode()).hexdigest()
    assert source.has_token(token, NOW)
    ending = source.model_copy(update={"tokens": (kept.model_copy(update={"ends_at": NOW}),)})
    assert ending.has_token(token, NOW - 0.1)
    assert not ending.has_token(token, NOW)


@settings(deadline=None)  # a shared core may stall
@given(st.text() | st.text(st.characters(categories=["Cs"])))
def test_no_other_text_is_a_token(text: str) -> None:
    assert not with_token()[0].has_token(text, NOW)


def test_a_token_names_its_source() -> None:
    tokens = {new_token("a.b") for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"a\.b\.[A-Za-z0-9_-]{43}", token) for token in tokens)


# What `saring sources` does.


def test_a_source_is_added_once() -> None:
    sources = added(added(Sources(), signed("a")), signed("b"))
    assert [one.name for one in sources.sources] == ["a", "b"]
    with pytest.raises(ValueError, match="a source a already; `saring sources rotate a`"):
        added(sources, signed("a"))


def test_a_new_secret_and_the_old_one_are_good_for_the_overlap() -> None:
    sources = Sources(sources=(signed("x"), signed("a")))
    [old] = sources.sources[1].valid_secrets(NOW)
    after, new = rotated(sources, "a", NOW, DAY)
    source = after.find("a")
    assert source is not None
    assert len(key_of(new)) == 32
    assert source.valid_secrets(NOW + DAY - 1) == [old, new]
    assert source.valid_secrets(NOW + DAY) == [new]
    assert after.sources[0] == sources.sources[0]


def test_a_token_is_replaced_by_a_token() -> None:
    source, old = with_token()
    after, new = rotated(Sources(sources=(source,)), "a", NOW, DAY)
    changed = after.sources[0]
    assert new.startswith("a.")
    assert changed.secrets == ()
    assert [changed.has_token(one, NOW) for one in (old, new)] == [True, True]
    assert [changed.has_token(one, NOW + DAY) for one in (old, new)] == [False, True]


def test_without_an_overlap_the_old_one_ends_at_once() -> None:
    after, new = rotated(Sources(sources=(signed(),)), "a", NOW, 0)
    assert after.sources[0].valid_secrets(NOW) == [new]


def test_a_source_that_had_nothing_gets_a_secret() -> None:
    after, new = rotated(Sources(sources=(Source(name="a"),)), "a", NOW, DAY)
    assert after.sources[0].valid_secrets(NOW) == [new]


@settings(deadline=None)  # a shared core may stall
@given(
    st.lists(st.none() | st.floats(0, 2 * NOW), max_size=4),
    st.lists(st.floats(0, 2 * DAY), min_size=1, max_size=5),
    st.booleans(),
)
def test_after_a_rotation_two_are_good_at_most_and_the_new_one_is_among_them(
    ends: list[float | None], waits: list[float], tokens: bool
) -> None:
    had = tuple(secret("f" * 64 if tokens else None, ends_at) for ends_at in ends)
    source = Source(name="a", **{"tokens" if tokens else "secrets": had})
    sources, now = Sources(sources=(source,)), NOW
    for wait in waits:
        now += wait
        lasting = _lasting(sources.sources[0])
        sources, new = rotated(sources, "a", now, DAY)
        after = sources.sources[0]
        held = (*after.secrets, *after.tokens)
        assert len(held) == 1 + bool(lasting)
        assert held[-1].ends_at is None
        assert [one.ends_at for one in held[:-1]] == [now + DAY] * bool(lasting)
        assert new in after.valid_secrets(now) or after.has_token(new, now)
        Sources.model_validate_json(sources.model_dump_json())


def _lasting(source: Source) -> list[Credential]:
    return [one for one in (*source.secrets, *source.tokens) if one.ends_at is None]


def test_a_source_is_disabled_and_enabled_again() -> None:
    sources = Sources(sources=(signed("a"), signed("b")))
    off = disabled(sources, "b", True)
    assert [one.disabled for one in off.sources] == [False, True]
    assert disabled(off, "b", False) == sources


def test_an_unknown_source_is_said_so() -> None:
    words = "there is no source b; `saring sources list` shows them"
    for edit in (lambda s: rotated(s, "b", NOW, DAY), lambda s: disabled(s, "b", True)):
        with pytest.raises(ValueError, match=words):
            edit(Sources(sources=(signed("a"),)))
