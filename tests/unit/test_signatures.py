"""Signatures of Standard Webhooks, beside the reference library, and against garbage."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from workers.signatures import (
    MAX_SIGNATURES,
    TOLERANCE_SECONDS,
    BadSignature,
    Expired,
    check_head,
    key_of,
    new_secret,
    sign,
    verify,
)

NOW = 1_790_000_000
BODY = '{"id": "1", "text": "lampu jalan padam, sudah ½ bulan"}'


def secret_of(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(size))).decode()


SECRET, OTHER = secret_of(32), secret_of(33)


# The reference library.


@pytest.mark.parametrize("size", [24, 25, 32, 64])
def test_we_verify_what_the_reference_library_signs(size: int) -> None:
    secret = secret_of(size)
    # Its timestamp() of a naive time is that of UTC.
    at = datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None)
    signature = Webhook(secret).sign("msg_1", at, BODY)
    verify([secret], "msg_1", str(NOW), signature, BODY.encode(), NOW)


@pytest.mark.parametrize("size", [24, 25, 32, 64])
@pytest.mark.parametrize("message_id", ["msg_1", "01J.a.b", "~!"])
def test_the_reference_library_verifies_what_we_sign(size: int, message_id: str) -> None:
    secret = secret_of(size)
    at = int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign([OTHER, secret], message_id, at, BODY.encode()),
    }
    assert Webhook(secret).verify(BODY, headers)["id"] == "1"


def test_padding_of_a_secret_is_optional() -> None:
    for size in (24, 25, 26):
        padded = secret_of(size)
        assert key_of(padded.rstrip("=")) == key_of(padded) == bytes(range(size))


# What fits, and what does not.


@pytest.mark.parametrize("signers", [[SECRET], [OTHER], [SECRET, OTHER], [OTHER, SECRET]])
@pytest.mark.parametrize("known", [[SECRET, OTHER], [OTHER, SECRET]])
def test_while_secrets_rotate_either_will_do(signers: list[str], known: list[str]) -> None:
    verify(known, "m", str(NOW), sign(signers, "m", NOW, b"x"), b"x", NOW)


def test_one_of_several_signatures_is_enough() -> None:
    several = sign([new_secret(), SECRET, new_secret()], "m", NOW, b"x")
    verify([SECRET], "m", str(NOW), several, b"x", NOW)


@pytest.mark.parametrize(
    ("message_id", "timestamp", "body"),
    [("m2", NOW, b"x"), ("m", NOW + 1, b"x"), ("m", NOW, b"y"), ("m", NOW, b""), ("M", NOW, b"x")],
)
def test_anything_altered_does_not_fit(message_id: str, timestamp: int, body: bytes) -> None:
    signature = sign([SECRET], "m", NOW, b"x")
    with pytest.raises(BadSignature, match="fits"):
        verify([SECRET], message_id, str(timestamp), signature, body, NOW)


@pytest.mark.parametrize("known", [[], [OTHER], [OTHER, new_secret()]])
def test_without_the_secret_nothing_fits(known: list[str]) -> None:
    with pytest.raises(BadSignature, match="fits"):
        verify(known, "m", str(NOW), sign([SECRET], "m", NOW, b"x"), b"x", NOW)


@pytest.mark.parametrize("off", [TOLERANCE_SECONDS, -TOLERANCE_SECONDS, 0])
def test_a_clock_may_be_five_minutes_off(off: int) -> None:
    verify([SECRET], "m", str(NOW), sign([SECRET], "m", NOW, b"x"), b"x", NOW + off)


@pytest.mark.parametrize(
    ("off", "words"),
    [(TOLERANCE_SECONDS + 1, "301 s old"), (-TOLERANCE_SECONDS - 1, "301 s ahead of our clock")],
)
def test_no_more_than_that(off: int, words: str) -> None:
    signature = sign([SECRET], "m", NOW, b"x")
    with pytest.raises(Expired, match=words):
        verify([SECRET], "m", str(NOW), signature, b"x", NOW + off)
    with pytest.raises(Expired, match=words):
        check_head("m", str(NOW), NOW + off)


def test_other_versions_are_passed_over() -> None:
    ours = sign([SECRET], "m", NOW, b"x")
    verify([SECRET], "m", str(NOW), f"v1a,é v2,!! v1 x {ours}", b"x", NOW)
    with pytest.raises(BadSignature, match="fits"):
        verify([SECRET], "m", str(NOW), ours.replace("v1,", "v2,"), b"x", NOW)


def test_ten_signatures_are_the_most() -> None:
    ours = sign([SECRET], "m", NOW, b"x")
    ten = " ".join([*["v1,AAAA"] * (MAX_SIGNATURES - 1), ours])
    verify([SECRET], "m", str(NOW), ten, b"x", NOW)
    with pytest.raises(BadSignature, match="10 signatures at most"):
        verify([SECRET], "m", str(NOW), f"v1,AAAA {ten}", b"x", NOW)


@pytest.mark.parametrize("message_id", ["", "a b", "a\n", "a\x00", "é", "\ud800", "x" * 257])
def test_a_garbage_id_is_a_bad_signature(message_id: str) -> None:
    with pytest.raises(BadSignature, match="webhook-id"):
        check_head(message_id, str(NOW), NOW)


@pytest.mark.parametrize(
    "timestamp", ["", "-1", "+1", "1.5", "1e9", " 1", "1\n", "١٢٣", "NaN", "inf", "1_0", "1" * 13]
)
def test_a_garbage_timestamp_is_a_bad_signature(timestamp: str) -> None:
    with pytest.raises(BadSignature, match="webhook-timestamp"):
        check_head("m", timestamp, NOW)


@pytest.mark.parametrize("garbage", ["v1,A", "v1,é", "v1,\ud800", "v1,A-_A", "v1,AA\nAA", "v1,==="])
def test_what_is_not_base64_is_said_so(garbage: str) -> None:
    with pytest.raises(BadSignature, match="not base64"):
        verify([SECRET], "m", str(NOW), garbage, b"x", NOW)


ANY = st.text() | st.text(st.characters(max_codepoint=255)) | st.just(str(NOW)) | st.just("m")
SIGNATURES = ANY | st.lists(st.sampled_from(["v1,", "v2", "a", "==", " ", "é", "/+"])).map("".join)


@settings(deadline=None)  # a shared core may stall
@given(ANY, ANY, SIGNATURES, st.binary(), st.floats(0, 1e11))
def test_garbage_never_fits_and_never_breaks_it(
    message_id: str, timestamp: str, signature: str, body: bytes, now: float
) -> None:
    with pytest.raises((BadSignature, Expired)):
        verify([SECRET, OTHER], message_id, timestamp, signature, body, now)


@settings(deadline=None)  # a shared core may stall
@given(st.binary(), st.from_regex(r"[!-~]{1,256}", fullmatch=True), st.integers(0, 10**12 - 1))
def test_what_is_signed_is_verified(body: bytes, message_id: str, at: int) -> None:
    verify([SECRET], message_id, str(at), sign([SECRET], message_id, at, body), body, at)


# Secrets.


def test_new_secrets_differ_and_hold_32_bytes() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(key_of(new_secret())) == 32


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "begins with whsec_"),
        ("rahasia-besar", "begins with whsec_"),
        ("whsec_rahasia-besar!", "base64 after"),
        ("whsec_rahasiabesaré", "base64 after"),
        ("whsec_" + secret_of(32)[6:] + "\n", "base64 after"),
        ("whsec_", "24 to 64 bytes, not 0"),
        (secret_of(23), "24 to 64 bytes, not 23"),
        (secret_of(65), "24 to 64 bytes, not 65"),
    ],
)
def test_a_bad_secret_is_explained_and_never_quoted(secret: str, words: str) -> None:
    for use in (lambda: key_of(secret), lambda: sign([secret], "m", NOW, b"x")):
        with pytest.raises(ValueError, match=words) as caught:
            use()
        assert "rahasia" not in str(caught.value)
        assert len(secret) < 7 or secret[6:] not in str(caught.value)
