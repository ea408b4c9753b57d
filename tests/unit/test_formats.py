"""Cutting bodies: every format gives the same items; whatever comes, it is refused in words."""

import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from workers.intake.body import MAX_BODY
from workers.intake.events import SUBMISSION_TYPE
from workers.intake.formats import Piece, cut
from workers.intake.problems import BadRequest
from workers.intake.reading import MAX_ITEMS, MAX_VALUES

JSON = "application/json"
LINES = "application/x-ndjson"
EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
KINDS = (JSON, LINES, "application/jsonl", EVENT, BATCH)

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "kejadian-1",
    "source": "https://contoh.example/pantau#a",
    "type": SUBMISSION_TYPE,
}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
SUBMISSIONS = st.dictionaries(TEXTS, LEAVES | st.lists(LEAVES, max_size=2), max_size=3)


def event(**changes: Any) -> dict[str, Any]:
    members = {**ATTRIBUTES, "data": {"id": "a"}, **changes}
    return {name: value for name, value in members.items() if value is not ...}


def coded(value: Any) -> str:
    return b64encode(orjson.dumps(value)).decode()


def ce(**changes: Any) -> dict[str, str]:
    attributes = {**ATTRIBUTES, **changes}
    return {f"ce-{name}": text for name, text in attributes.items() if text is not ...}


def refusal(
    body: bytes, kind: str | None = JSON, headers: Headers | dict[str, str] | None = None
) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        cut(body, kind, headers if headers is not None else {})
    return caught.value


@given(st.lists(SUBMISSIONS, min_size=1, max_size=5))
def test_every_format_gives_the_same_items_in_the_same_order(submissions: list[Any]) -> None:
    array = orjson.dumps(submissions)
    lines = b"\n".join(map(orjson.dumps, submissions))
    plain = [event(data=one) for one in submissions]
    base64 = [event(data=..., data_base64=coded(one)) for one in submissions]
    assert cut(array, JSON, {}) == [
        Piece(one, f"/{index}") for index, one in enumerate(submissions)
    ]
    assert cut(lines, LINES, {}) == cut(array, JSON, {})
    for events, member in ((plain, "data"), (base64, "data_base64")):
        assert cut(orjson.dumps(events), BATCH, {}) == [
            Piece(one, f"/{index}/{member}") for index, one in enumerate(submissions)
        ]
        singles = [cut(orjson.dumps(one), EVENT, {}) for one in events]
        assert singles == [[Piece(one, f"/{member}")] for one in submissions]
    for one in submissions:
        assert cut(orjson.dumps(one), JSON, {}) == [Piece(one, "")]
        assert cut(orjson.dumps(one), JSON, ce()) == [Piece(one, "")]


MEMBERS = st.sampled_from([*ATTRIBUTES, "data", "data_base64", "time", "x"])
EVENTS = st.dictionaries(MEMBERS, LEAVES) | st.builds(
    lambda name, value: event(**{name: value}), MEMBERS, LEAVES
)
BODIES = st.binary(max_size=200) | st.builds(
    lambda value, end: orjson.dumps(value)[:end],
    LEAVES | EVENTS | st.lists(EVENTS, max_size=3),
    st.none() | st.integers(0, 200),
)
CONTENT_TYPES = (
    st.none()
    | st.text(max_size=40)
    | st.sampled_from(KINDS)
    | st.builds("{};{}".format, st.sampled_from(KINDS), st.text(max_size=20))
)
CE_HEADERS = st.dictionaries(
    st.sampled_from(["ce-id", "CE-type", "ce-", "ce-a", "x"]), st.text(max_size=9)
) | st.builds(lambda name, text: ce(**{name: text}), st.sampled_from([*ATTRIBUTES]), TEXTS)


@given(BODIES, CONTENT_TYPES, CE_HEADERS)
@example(b'"\\ud800"', JSON, {})
@example(b"[" * 5000, JSON, {})
def test_whatever_comes_is_cut_or_refused_in_words(
    body: bytes, kind: str | None, headers: dict[str, str]
) -> None:
    with suppress(BadRequest):
        pieces = cut(body, kind, headers)
        assert 1 <= len(pieces) <= MAX_ITEMS
        assert all(piece.problem is None or piece.value is None for piece in pieces)


@pytest.mark.parametrize(
    "kind",
    [
        "Application/JSON",
        " application/json ; charset=UTF-8",
        'application/json;Charset="utf-8"',
        "application/json; q=1; charset=utf-8;",
        'application/json; a="x;charset=latin-1"',
        'application/json; a="\\";charset=latin-1"',
    ],
)
def test_media_types_are_read_as_http_writes_them(kind: str) -> None:
    assert cut(b"{}", kind, {}) == [Piece({}, "")]


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "json",
        "text/json",
        "application/json, text/plain",
        "application/cloudevents+avro",
        "application/json; CharSet=Latin-1",
        'application/json; charset="utf-16"',
        "application/json; charset=utf-8; charset=utf-16",
        "application/x-ndjson;charset=us-ascii",
    ],
)
def test_other_media_types_are_refused(kind: str | None) -> None:
    assert refusal(b"{}", kind).kind == "unknown_media_type"


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b"", JSON, "nothing_sent"),
        (b" \r\n", EVENT, "nothing_sent"),
        (b"[]", JSON, "nothing_sent"),
        (b"\n \r\n\t\n", LINES, "nothing_sent"),
        (b"[]", BATCH, "nothing_sent"),
        (b"{", JSON, "not_json"),
        (b"{}{}", JSON, "not_json"),
        (b"{", EVENT, "not_json"),
        (b"{", BATCH, "not_json"),
        (b"\xef\xbb\xbf{}", JSON, "not_json"),
        (b"\xef\xbb\xbf{}", LINES, "not_json"),
        ('{"a":1}'.encode("utf-16"), JSON, "not_json"),
        (b'"\xff"', JSON, "not_json"),
        (b'"\\ud800"', JSON, "not_json"),
        (b'"\xed\xa0\x80"', JSON, "not_json"),
        (b"NaN", JSON, "not_json"),
        (b"[Infinity]", JSON, "not_json"),
        (b"1e400", JSON, "not_json"),
        (b"1" * 400, JSON, "not_json"),
        (b"[" * 1025 + b"]" * 1025, JSON, "not_json"),
        (b"[]", EVENT, "bad_event"),
        (b"{}", BATCH, "bad_event"),
        (orjson.dumps([{}] * (MAX_ITEMS + 1)), JSON, "too_many_items"),
        (b"{}\n" * (MAX_ITEMS + 1), LINES, "too_many_items"),
        (orjson.dumps([event()] * (MAX_ITEMS + 1)), BATCH, "too_many_items"),
    ],
)
def test_a_body_that_cannot_be_cut_is_refused(body: bytes, kind: str, word: str) -> None:
    assert refusal(body, kind).kind == word


def test_a_byte_order_mark_is_called_by_its_name() -> None:
    assert "byte order mark" in refusal(b"\xef\xbb\xbf{}").detail


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"18446744073709551616", 2.0**64),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\u0000"', "\0"),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"null", None),
    ],
)
def test_what_json_allows_is_cut(body: bytes, value: Any) -> None:
    assert cut(body, JSON, {}) == [Piece(value, "")]


def test_1024_levels_are_cut() -> None:
    (piece,) = cut(b"[" * 1024 + b"]" * 1024, LINES, {})
    assert piece.problem is None
    (piece,) = cut(b"[" * 1025 + b"]" * 1025, LINES, {})
    assert piece.problem is not None


def test_as_many_items_as_are_allowed_are_cut() -> None:
    assert len(cut(orjson.dumps([{}] * MAX_ITEMS), JSON, {})) == MAX_ITEMS
    assert len(cut(b"\n{}\n" * MAX_ITEMS, LINES, {})) == MAX_ITEMS
    assert len(cut(orjson.dumps([event()] * MAX_ITEMS), BATCH, {})) == MAX_ITEMS


def test_blank_lines_are_not_counted_and_a_broken_line_is_one_refused_item() -> None:
    pieces = cut(b'\r\n{"a":1}\r\n\n  \t\n{rusak\n "b" \n', LINES, {})
    assert [(piece.value, piece.pointer) for piece in pieces] == [
        ({"a": 1}, "/0"),
        (None, "/1"),
        ("b", "/2"),
    ]
    problems = [piece.problem for piece in pieces]
    assert problems[0] is None
    assert problems[1] is not None
    assert (problems[1].type, problems[1].field) == ("not_json", "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" + b"[]," * (MAX_BODY // 3 - 1) + b"[]]", JSON),
        (b"[" + b'{"":1},' * (MAX_BODY // 7 - 1) + b"1]", JSON),
        (b'{"a":[' + b'"",' * (MAX_BODY // 3 - 3) + b"1]}", JSON),
        (b"1\n" * (MAX_BODY // 2), LINES),
        (b" \n" * (MAX_BODY // 2 - 1) + b"1,", LINES),
        (b"[" + b"[]," * (MAX_BODY // 3 - 1) + b"[]]", LINES),
    ],
    ids=["lists", "objects", "strings", "lines", "blank lines", "one line"],
)
def test_a_crowded_body_costs_little_memory(body: bytes, kind: str) -> None:
    assert len(body) <= MAX_BODY
    tracemalloc.start()
    with suppress(BadRequest):
        cut(body, kind, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MAX_BODY


def test_signs_in_texts_are_not_counted() -> None:
    text = '[{,"\\' * 200_000
    assert cut(orjson.dumps({"text": text}), JSON, {}) == [Piece({"text": text}, "")]


def test_as_many_values_as_are_allowed_are_cut() -> None:
    assert cut(b"[[" + b"1," * (MAX_VALUES - 3) + b"1]]", JSON, {})[0].problem is None
    assert refusal(b"[[" + b"1," * MAX_VALUES + b"1]]").kind == "too_many_items"


@pytest.mark.parametrize("piece", ['"', '\\"', '"\\', '"",', "\\", ":", "\n"])
def test_values_are_counted_in_linear_time(
    growth: Callable[[Callable[[str], object], str], float], piece: str
) -> None:
    full = '"' + "[" * MAX_VALUES + '"'  # so that the strings are looked for at all

    def try_to_cut(text: str) -> None:
        with suppress(BadRequest):
            cut((full + text * 50).encode(), JSON, {})

    assert growth(try_to_cut, piece) < 24


@pytest.mark.parametrize("piece", ['"', '\\"', '"\\', "%", ';a="', ";;", ';a="\\'])
def test_headers_are_read_in_linear_time(
    growth: Callable[[Callable[[str], object], str], float], piece: str
) -> None:
    def read(text: str) -> None:
        with suppress(BadRequest):
            cut(b"{}", f"{JSON};{text}", ce(id=text))

    assert growth(read, piece) < 24


@given(st.text(st.sampled_from('{}[]",:\\ ntf0.e-'), max_size=40))
def test_a_refusal_never_quotes_the_body(noise: str) -> None:
    body = f'{noise}"rahasia_sekali": {noise}'.encode()
    for kind in (JSON, EVENT, BATCH):
        with pytest.raises(BadRequest) as caught:
            cut(body, kind, {})
        assert "rahasia" not in caught.value.detail


NOT_EVENTS = [
    ({"specversion": ...}, "specversion"),
    ({"specversion": "0.3"}, "specversion"),
    ({"specversion": 1.0}, "specversion"),
    ({"id": ...}, "id"),
    ({"id": None}, "id"),
    ({"id": ""}, "id"),
    ({"id": 7}, "id"),
    ({"source": ""}, "source"),
    ({"source": "pantau media"}, "source"),
    ({"source": "/\n"}, "source"),
    ({"source": "/é"}, "source"),
    ({"type": "com.contoh.lain"}, "type"),
    ({"type": ["a"]}, "type"),
    ({"subject": ""}, "subject"),
    ({"time": 5}, "time"),
    ({"dataschema": {}}, "dataschema"),
    ({"datacontenttype": "text/xml"}, "datacontenttype"),
    ({"Huruf": "a"}, "Huruf"),
    ({"a_b": "a"}, "a_b"),
    ({"": "a"}, ""),
    ({"lain": 1.5}, "lain"),
    ({"lain": 2**31}, "lain"),
    ({"lain": ["a"]}, "lain"),
    ({"data": ...}, "data"),
    ({"data": None}, "data"),
    ({"data_base64": "e30="}, "data"),
    ({"data": ..., "data_base64": "e30"}, "data_base64"),
    ({"data": ..., "data_base64": "e3 0="}, "data_base64"),
    ({"data": ..., "data_base64": "é"}, "data_base64"),
    ({"data": ..., "data_base64": 7}, "data_base64"),
    ({"data": ..., "data_base64": ""}, "data_base64"),
    ({"data": ..., "data_base64": "ew=="}, "data_base64"),
    ({"data": ..., "data_base64": coded([[]] * 200)}, "data_base64"),
]


@pytest.mark.parametrize(("changes", "field"), NOT_EVENTS)
def test_what_is_no_event_is_refused_alone_or_as_one_of_a_batch(
    changes: dict[str, Any], field: str
) -> None:
    broken = event(**changes)
    assert refusal(orjson.dumps(broken), EVENT).kind == "bad_event"
    good, bad, last = cut(orjson.dumps([event(), broken, event()]), BATCH, {})
    assert good == Piece({"id": "a"}, "/0/data")
    assert last == Piece({"id": "a"}, "/2/data")
    assert (bad.value, bad.pointer) == (None, "/1")
    assert bad.problem is not None
    assert (bad.problem.type, bad.problem.field) == ("not_an_event", field)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"},
        {"source": "../a?b=%20#c"},
        {"subject": None, "time": None, "dataschema": None, "datacontenttype": None},
        {"subject": "banjir", "time": "2026-11-22T08:00:00Z", "dataschema": "/skema"},
        {"datacontenttype": "Application/vnd.contoh+JSON; charset=utf-8"},
        {"a": "", "0": True, "x" * 40: -(2**31), "b": None},
        {"data_base64": None},
    ],
)
def test_whatever_the_specification_allows_is_an_event(changes: dict[str, Any]) -> None:
    assert cut(orjson.dumps(event(**changes)), EVENT, {}) == [Piece({"id": "a"}, "/data")]


def test_data_that_is_a_string_is_not_parsed_again() -> None:
    assert cut(orjson.dumps(event(data="{}")), EVENT, {}) == [Piece("{}", "/data")]


def test_structured_events_may_have_their_attributes_in_headers_too() -> None:
    headers = {"ce-id": "kejadian-1"}
    assert cut(orjson.dumps(event()), EVENT, headers) == [Piece({"id": "a"}, "/data")]


@pytest.mark.parametrize(
    "headers",
    [
        ce(specversion=...),
        ce(id=...),
        ce(type="lain"),
        ce(source="a b"),
        ce(source="a%20b"),
        ce(id=""),
        ce(id="%C0%A0"),
        ce(id="%ff"),
        ce(id="\xe9"),
        ce(id="\u20ac"),
        ce(datacontenttype=JSON),
        ce(data="a"),
        ce(data_base64="e30="),
        {**ce(), "ce-": "a"},
        {"ce-lain": "a"},
        Headers(raw=[*Headers(ce()).raw, (b"ce-id", b"b")]),
    ],
)
def test_a_binary_event_with_bad_headers_is_refused(headers: Headers | dict[str, str]) -> None:
    assert refusal(b"{}", JSON, headers).kind == "bad_event"


@pytest.mark.parametrize(
    "headers",
    [
        {name.title(): text for name, text in ce().items()},
        Headers(ce()),
        ce(type=quote(SUBMISSION_TYPE.replace(".", "%2E"), safe="%")),
        ce(type=f'"{SUBMISSION_TYPE}"'),
        ce(type=f'"{SUBMISSION_TYPE}'.replace("saring", "sa\\ring") + '"'),
        ce(id="Euro%20%E2%82%AC%20%f0%9f%98%80"),
        ce(id='"dua kata"'),
        ce(lain="", time="2026-11-22T08:00:00Z"),
    ],
)
def test_a_binary_event_is_one_item(headers: Headers | dict[str, str]) -> None:
    assert cut(b'[{"id": "a"}]', JSON, headers) == [Piece([{"id": "a"}], "")]


def test_percent_signs_are_decoded_once() -> None:
    headers = ce(type=quote(quote(SUBMISSION_TYPE).replace(".", "%2E")))
    assert refusal(b"{}", JSON, headers).kind == "bad_event"


def test_lines_are_no_binary_event() -> None:
    assert refusal(b"{}", LINES, ce()).kind == "bad_event"
