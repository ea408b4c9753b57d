"""Bodies within bounds: how they arrive, what they expand to, and how much room they take."""

import asyncio
import gzip
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request

from workers.intake import body as body_module
from workers.intake.body import (
    MAX_BODY,
    MAX_MEMBERS,
    MAX_RATIO,
    Room,
    expand,
    read_body,
)
from workers.intake.problems import BadRequest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SMALL = 64 * 1024


def noise(size: int) -> bytes:
    """Bytes that nothing compresses."""
    return Random(7).randbytes(size)  # noqa: S311 - the same in each run


def zstd_frame(data: bytes) -> bytes:
    return zstd.compress(data)


CODERS = {"gzip": gzip.compress, "zstd": zstd_frame}
both = pytest.mark.parametrize("name", CODERS)
GONE: dict[str, Any] = {"type": "http.disconnect"}


def request(messages: Iterable[dict[str, Any]], **headers: str) -> Request:
    """A request whose client sends these messages, and then nothing more."""
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    raw = [
        (name.replace("_", "-").encode(), text.encode("latin-1")) for name, text in headers.items()
    ]
    return Request({"type": "http", "headers": raw}, receive)


def parts(*chunks: bytes, ends: bool = True) -> list[dict[str, Any]]:
    last = len(chunks) - 1
    return [
        {"type": "http.request", "body": chunk, "more_body": not ends or index != last}
        for index, chunk in enumerate(chunks)
    ]


def read(sent: Request, room: Room | None = None) -> bytes:
    with (room if room is not None else Room()).hold("a") as held:
        return asyncio.run(read_body(sent, held))


def refused(function: Callable[[], object]) -> str:
    with pytest.raises(BadRequest) as caught:
        function()
    assert caught.value.detail
    return caught.value.kind


def expanded(body: bytes, encoding: str | None) -> bytes:
    with Room().hold("a") as held:
        return expand(body, encoding, held)


@given(st.lists(st.binary(max_size=50), min_size=1))
def test_a_body_is_read_as_it_was_sent(chunks: list[bytes]) -> None:
    assert read(request(parts(*chunks))) == b"".join(chunks)


def test_a_body_of_the_greatest_length_is_read() -> None:
    chunk = noise(MAX_BODY // 8)
    assert read(request(parts(*[chunk] * 8), content_length=str(MAX_BODY))) == chunk * 8


def test_a_body_is_refused_as_soon_as_it_is_too_long() -> None:
    chunk = bytes(MAX_BODY // 8)
    endless = request(parts(*[chunk] * 8, b"x", ends=False))
    assert refused(lambda: read(endless)) == "body_too_large"


@pytest.mark.parametrize("declared", [str(MAX_BODY + 1), "9" * 30, "9" * 9999])
def test_a_body_that_says_it_is_too_long_is_not_read(declared: str) -> None:
    assert refused(lambda: read(request([], content_length=declared))) == "body_too_large"


@pytest.mark.parametrize("declared", ["", "-1", "1 2", "²", "1_000", "x"])
def test_a_length_that_is_no_number_is_refused(declared: str) -> None:
    assert refused(lambda: read(request([], content_length=declared))) == "bad_header"


def test_leading_zeros_do_not_make_a_length_long() -> None:
    assert read(request(parts(b"x"), content_length="0" * 30 + "1")) == b"x"


def test_a_body_that_does_not_end_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "BODY_SECONDS", 0.05)
    assert refused(lambda: read(request(parts(b"x", ends=False)))) == "too_slow"


def test_a_client_that_goes_away_is_not_refused_but_gone() -> None:
    with pytest.raises(ClientDisconnect):
        read(request([*parts(b"x", ends=False), GONE]))


def test_room_is_taken_for_what_has_come_and_given_back_at_the_end() -> None:
    room = Room(100, 100)
    used = []

    def messages() -> Iterator[dict[str, Any]]:
        for message in parts(b"x" * 40, b"y" * 20):
            used.append(room.used)
            yield message

    with room.hold("a") as held:
        asyncio.run(read_body(request(messages(), content_length="60"), held))
        used.append(room.used)
    assert [*used, room.used] == [0, 40, 60, 0]


def test_a_body_without_room_is_refused_at_once_and_takes_none() -> None:
    room = Room(100, 100)
    with room.hold("a") as first:
        first.take(60)
        with pytest.raises(BadRequest) as caught:
            read(request(parts(b"x" * 30, b"x" * 11)), room)
        assert (caught.value.kind, caught.value.retry) == ("busy", 1)
        assert room.used == 60
        assert read(request(parts(b"x" * 40)), room) == b"x" * 40
    assert room.used == 0


def test_one_caller_fills_no_more_than_its_share() -> None:
    room = Room(100, share=60)
    with room.hold("loud") as one, room.hold("loud") as another, room.hold("quiet") as other:
        one.take(40)
        with pytest.raises(BadRequest) as caught:
            another.take(21)
        assert caught.value.kind == "busy"
        other.take(40)
    with room.hold("loud") as one:
        one.take(60)
    assert room.used == 0


def test_what_a_body_expands_to_takes_room_too() -> None:
    sent = gzip.compress(noise(500))
    room = Room(1000, 1000)
    with room.hold("a") as held:
        held.take(len(sent))
        assert refused(lambda: expand(sent, "gzip", held)) == "busy"
    room = Room(1100, 1100)
    with room.hold("a") as held:
        held.take(len(sent))
        expand(sent, "gzip", held)
        assert room.used == len(sent) + 500
    assert room.used == 0


@given(st.lists(st.binary(max_size=500), min_size=1, max_size=5), st.sampled_from([*CODERS]))
def test_every_part_is_expanded(texts: list[bytes], name: str) -> None:
    sent = b"".join(CODERS[name](text) for text in texts)
    assert expanded(sent, name) == b"".join(texts)


@pytest.mark.parametrize("encoding", [None, "identity", " Identity "])
def test_a_body_without_encoding_stays(encoding: str | None) -> None:
    assert expanded(b"\x1f\x8b", encoding) == b"\x1f\x8b"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZip "])
def test_gzip_has_several_names(encoding: str) -> None:
    assert expanded(gzip.compress(b"abc"), encoding) == b"abc"


@pytest.mark.parametrize("encoding", ["", "br", "deflate", "gzip, gzip", "gzip,identity", "zip"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert refused(lambda: expanded(gzip.compress(b"abc"), encoding)) == "unknown_encoding"


@both
def test_parts_of_a_body_are_refused_wherever_it_is_cut(name: str) -> None:
    whole = CODERS[name](b"kata " * 50 + noise(50)) * 2
    half = len(whole) // 2
    for end in range(len(whole)):
        if end != half:  # there the first part ends, and is whole
            assert refused(partial(expanded, whole[:end], name)) == "not_json"


@both
@pytest.mark.parametrize("tail", [b"\0", b"x", b"\x1f\x8b", b"{}" * 40_000])
def test_what_follows_the_last_part_is_refused(name: str, tail: bytes) -> None:
    assert refused(lambda: expanded(CODERS[name](b"abc") + tail, name)) == "not_json"


@both
def test_a_changed_byte_is_noticed(name: str) -> None:
    if name == "zstd":
        checked: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
        whole = bytearray(zstd.compress(noise(100), options=checked))
    else:
        whole = bytearray(gzip.compress(noise(100)))
    whole[50] ^= 1
    assert refused(lambda: expanded(bytes(whole), name)) == "not_json"


@given(st.binary(max_size=300), st.text(max_size=8) | st.sampled_from(["gzip", "zstd"]))
def test_whatever_comes_is_expanded_or_refused_in_words(body: bytes, encoding: str) -> None:
    with suppress(BadRequest):
        expanded(body, encoding)


@given(
    st.sampled_from([*CODERS]),
    st.binary(max_size=400),
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), max_size=4),
)
def test_damaged_bodies_are_expanded_or_refused_in_words(
    name: str, text: bytes, damage: list[tuple[int, int]]
) -> None:
    whole = bytearray(CODERS[name](text))
    for place, change in damage:
        whole[place % len(whole)] ^= change
    with suppress(BadRequest):
        expanded(bytes(whole), name)


@both
def test_the_greatest_length_and_ratio_are_allowed_and_nothing_more(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = CODERS[name]
    whole = noise(MAX_BODY)
    assert expanded(code(whole), name) == whole
    assert refused(lambda: expanded(code(whole + b"x"), name)) == "expands_too_much"
    flat = code(bytes(SMALL))
    assert len(flat) * MAX_RATIO < SMALL
    assert expanded(flat, name) == bytes(SMALL)
    assert refused(lambda: expanded(code(bytes(SMALL + 1)), name)) == "expands_too_much"
    some = code(noise(1000) + bytes(900_000))
    monkeypatch.setattr(body_module, "MAX_RATIO", 901_000 / len(some))
    assert len(expanded(some, name)) == 901_000
    monkeypatch.setattr(body_module, "MAX_RATIO", 900_999 / len(some))
    assert refused(lambda: expanded(some, name)) == "expands_too_much"


@both
@pytest.mark.parametrize("start", [b"", noise(MAX_BODY // 64)], ids=["flat", "first dense"])
def test_a_bomb_takes_little_memory(name: str, start: bytes) -> None:
    bomb = CODERS[name](start) + CODERS[name](bytes(8 * MAX_BODY))
    tracemalloc.start()
    assert refused(lambda: expanded(bomb, name)) == "expands_too_much"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * MAX_BODY


@pytest.mark.parametrize(("log", "taken"), [(23, True), (24, False)])
def test_a_wide_zstd_window_is_refused(log: int, taken: bool) -> None:
    wide: dict[int, int] = {zstd.CompressionParameter.window_log: log}
    compressor = zstd.ZstdCompressor(options=wide)  # it does not know how little will come
    sent = compressor.compress(noise(100)) + compressor.flush()
    if taken:
        assert expanded(sent, "zstd") == noise(100)
    else:
        assert refused(lambda: expanded(sent, "zstd")) == "not_json"


SKIPPED = b"\x50\x2a\x4d\x18\x00\x00\x00\x00"
EMPTY = {"gzip": gzip.compress(b""), "zstd": zstd_frame(b"")}


@pytest.mark.parametrize(
    ("part", "name"),
    [(EMPTY["gzip"], "gzip"), (EMPTY["zstd"], "zstd"), (SKIPPED, "zstd")],
    ids=["gzip", "zstd", "skippable"],
)
def test_empty_parts_cost_little_time(part: bytes, name: str) -> None:
    assert expanded(part * MAX_MEMBERS, name) == b""
    start = time.thread_time()
    assert refused(lambda: expanded(part * (MAX_BODY // len(part)), name)) == "expands_too_much"
    assert time.thread_time() - start < 1.0


def test_an_endless_gzip_name_is_not_looked_at_byte_by_byte() -> None:
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (MAX_BODY - 10)
    start = time.thread_time()
    assert refused(lambda: expanded(named, "gzip")) == "not_json"
    assert time.thread_time() - start < 1.0


def test_output_that_is_left_when_the_input_is_used_up_is_not_lost() -> None:
    # Each size around the piece that is asked for at once.
    for size in (SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 2 * SMALL + 1):
        text = (noise(2000) * 100)[:size]
        for name, code in CODERS.items():
            assert expanded(code(text), name) == text
        assert expanded(zlib.compress(text, wbits=31), "gzip") == text
