"""Standard Webhooks v1 signatures: what the intake checks and what the client and deliver make.

A signature is base64(HMAC-SHA256(secret, id.timestamp.body)); see standardwebhooks.com.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Final

TOLERANCE_SECONDS: Final = 300
"""How far the signer's clock may be from ours, either way."""
MAX_SIGNATURES: Final = 10
_PREFIX: Final = "whsec_"
_ID: Final = re.compile(r"[!-~]{1,256}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


class BadSignature(Exception):
    """No signature fits, or what came is none; the message says what to mend."""


class Expired(Exception):
    """The timestamp is too old, or too far in the future."""


def new_secret() -> str:
    """A new secret for signing: `whsec_` and 32 random bytes."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises ValueError that says what is wrong and never quotes it."""
    if not secret.startswith(_PREFIX):
        raise ValueError(f"a signing secret begins with {_PREFIX}")
    try:
        key = _decoded(secret.removeprefix(_PREFIX))
    except ValueError:
        raise ValueError(f"a signing secret is base64 after {_PREFIX}") from None
    if not 24 <= len(key) <= 64:
        raise ValueError(f"a signing secret holds 24 to 64 bytes, not {len(key)}")
    return key


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each secret.

    Raises ValueError for a malformed secret.
    """
    signed = _signed(message_id, str(timestamp), body)
    made = [base64.b64encode(_digest(secret, signed)).decode() for secret in secrets]
    return " ".join(f"v1,{one}" for one in made)


def verify(
    secrets: Sequence[str],
    message_id: str,
    timestamp: str,
    signature: str,
    body: bytes,
    now: float,
) -> None:
    """Return if one v1 signature fits one secret, in constant time over all of them.

    Raises BadSignature or Expired, whatever the strings hold; ValueError for a malformed secret.
    """
    check_head(message_id, timestamp, now)
    sent = _v1_signatures(signature)
    signed = _signed(message_id, timestamp, body)
    made = [_digest(secret, signed) for secret in secrets]
    fits = [hmac.compare_digest(ours, theirs) for ours in made for theirs in sent]
    # Of a list, not of a generator: every pair is compared, whichever fits.
    if not any(fits):
        raise BadSignature("no v1 signature in webhook-signature fits id, timestamp and body")


def check_head(message_id: str, timestamp: str, now: float) -> None:
    """What can be checked before the body is there. Raises BadSignature, Expired."""
    if not _ID.fullmatch(message_id):
        raise BadSignature("webhook-id must be 1 to 256 printable ASCII characters without spaces")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature("webhook-timestamp must be whole seconds since 1970, in digits")
    age = now - int(timestamp)
    if abs(age) > TOLERANCE_SECONDS:
        where = "old" if age > 0 else "ahead of our clock"
        raise Expired(f"webhook-timestamp is {abs(age):.0f} s {where}")


def _v1_signatures(header: str) -> list[bytes]:
    parts = header.split(" ", MAX_SIGNATURES)
    if len(parts) > MAX_SIGNATURES:
        raise BadSignature(f"webhook-signature may hold {MAX_SIGNATURES} signatures at most")
    try:
        return [_decoded(part[3:]) for part in parts if part.startswith("v1,")]
    except ValueError:
        raise BadSignature("a signature in webhook-signature is not base64") from None


def _signed(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(key_of(secret), signed, "sha256")


def _decoded(text: str) -> bytes:
    """Standard base64, its padding optional. Raises ValueError (binascii.Error is one)."""
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
