"""The door: what is refused and how it is said; what is taken and what is no longer in it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.door import Refused, admit, admit_value
from workers.entry import Entry
from workers.problems import WORDS, Problem

KEY = bytes(32)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def submission(**changes: Any) -> dict[str, Any]:
    good = {
        "source": "pantau-media",
        "id": "pm-1",
        "kind": "post",
        "text": "Jalan di depan pasar sudah diperbaiki.",
        "published_at": "2026-11-22T08:00:00+07:00",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def attempt(value: Any) -> Entry | tuple[Problem, ...]:
    try:
        return admit_value(value, KEY, NOW)
    except Refused as refused:
        return refused.problems


def refusal(value: Any) -> Problem:
    with pytest.raises(Refused) as caught:
        admit_value(value, KEY, NOW)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"text": ...}, "text", "is missing"),
        ({"text": ""}, "text", "is empty"),
        ({"text": "x" * 20_001}, "text", "is longer than 20000 characters"),
        ({"text": "a\x00b"}, "text", "holds a NUL character"),
        ({"text": 7}, "text", "is not a string"),
        ({"followers": 3}, "followers", "is not a field of a submission"),
        ({"kind": "tweet"}, "kind", "is not one of the known values"),
        ({"source": "Pantau Media"}, "source", "has characters that a source name cannot have"),
        ({"id": "pm 1"}, "id", "has characters that an id cannot have"),
        ({"id": 12}, "id", "is not a string"),
        ({"url": "ftp://contoh.example"}, "url", "is no web address"),
        ({"published_at": "2026-11-22T08:00:00"}, "published_at", "has no time zone"),
        ({"published_at": "kemarin"}, "published_at", "is no date and time"),
        ({"published_at": "2027-11-22T08:00:00Z"}, "published_at", "lies in the future"),
        ({"published_at": "9999-12-31T23:59:59-14:00"}, "published_at", "lies in the future"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at", "lies before 1995-01-01"),
        ({"published_at": 1763769600}, "published_at", "is no date and time"),
        ({"published_at": "1763769600"}, "published_at", "is no date and time"),
        ({"published_at": "1.5e3"}, "published_at", "is no date and time"),
        ({"published_at": True}, "published_at", "is no date and time"),
        ({"author": "@pak_budi", "id": "x-pak_budi-1"}, "id", "holds the author's handle"),
    ],
)
def test_a_bad_field_is_named_with_its_problem_and_a_remedy(
    changes: dict[str, Any], field: str, problem: str
) -> None:
    found = refusal(submission(**changes))
    assert (found.field, found.problem) == (field, problem)
    assert found.remedy


def test_every_problem_has_words_for_every_reader() -> None:
    for languages in WORDS.values():
        assert set(languages) == {"id", "en"}
        assert all(said and remedy for said, remedy in languages.values())


def test_a_long_field_name_is_not_sent_back_whole() -> None:
    assert len(refusal(submission(**{"x" * 5000: 1})).field) == 64


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        admit_value(submission(text=..., kind="x", followers=1), KEY, NOW)
    assert {one.field for one in caught.value.problems} == {"text", "kind", "followers"}


@pytest.mark.parametrize("value", [None, 3, "teks", [], [{}], True])
def test_what_is_no_object_is_refused(value: Any) -> None:
    assert "object" in refusal(value).problem


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"text": "\\ud800"}', b"nan"])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as caught:
        admit(raw, KEY, NOW)
    assert caught.value.problems[0].type == "not_json"


def entry(**changes: Any) -> Entry:
    return admit(json.dumps(submission(**changes)), KEY, NOW)


def test_no_handle_is_left_behind_the_door() -> None:
    taken = entry(
        author="@WargaLalan77",
        text="kata @wargalalan77 dan @tetangga_sebelah, lihat x.com/wargalalan77/status/9",
        url="https://x.com/WargaLalan77/status/9",
        platform="x",
    )
    stored = taken.content.model_dump_json().casefold()
    assert "wargalalan77" not in stored
    assert "tetangga_sebelah" not in stored
    assert taken.account is not None
    assert len(taken.account) == 16


@pytest.mark.parametrize(
    "hidden",
    [
        "halo @warga<b>_lalan</b>77",
        "halo &#64;warga_lalan77",
        "halo &amp;#64;warga_lalan77",
        "halo @warga\u200b_lalan77",
        '<a href="https://x.com/warga_lalan77" title="warga_lalan77">dia</a> ini',
        "<p>warga_<i>lalan77</i></p>",
        "<script>warga_lalan77</script>",
        "<!-- warga_lalan77 -->",
    ],
)
def test_markup_and_entities_hide_no_handle(hidden: str) -> None:
    taken = entry(text=hidden, title=hidden, author="@warga_lalan77")
    assert "lalan77" not in taken.content.model_dump_json()


def test_a_text_without_markup_is_kept_as_it_was_written() -> None:
    text = "Air  mati\n\n3 hari, 1 > 0 … katanya “besok”"
    assert entry(text=text).content.text == text


def test_an_account_is_counted_once_however_it_is_written() -> None:
    same = [entry(author=name, platform="x").account for name in ("@Warga_L", "warga_l")]
    assert same[0] == same[1]
    assert entry(author="warga_l", platform="tiktok").account != same[0]
    assert entry(author="orang_lain", platform="x").account != same[0]
    assert entry().account is None


def test_a_new_key_makes_old_hashes_unlinkable() -> None:
    value = submission(author="warga_l")
    other_key = bytes(31) + b"\x01"
    assert admit_value(value, KEY, NOW).account != admit_value(value, other_key, NOW).account


def test_clocks_may_differ_by_a_day() -> None:
    soon = (NOW + timedelta(hours=23)).isoformat()
    assert entry(published_at=soon).content.published_at == NOW + timedelta(hours=23)


@given(st.text(min_size=1, max_size=300))
def test_any_text_is_taken_or_refused_with_a_problem(text: str) -> None:
    outcome = attempt(submission(text=text, author="warga_lalan"))
    if isinstance(outcome, Entry):
        assert outcome.content.text
        assert "warga_lalan" not in outcome.content.text.casefold()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_no_value_in_any_field_breaks_the_door(value: Any) -> None:
    for field in ("source", "id", "kind", "text", "title", "url", "published_at", "author"):
        attempt(submission(**{field: value}))
