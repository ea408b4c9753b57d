"""Who calls, and what proves it: a bearer token, or a signature over the body."""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr
from starlette.datastructures import Headers

from workers.intake.problems import BadRequest
from workers.secretfile import SecretFile
from workers.signatures import BadSignature, Expired, check_head, new_secret, verify
from workers.sources import Source, Sources, new_token, token_credential

OPERATOR: Final = "(operator)"
"""The name of the operator as a caller; no source can have it."""

_ONCE: Final = (
    "authorization",
    "idempotency-key",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)
_KEY: Final = re.compile(r'"([ -~]{1,255})"|((?!")[ -~]{1,255})')
# Stand for a source that does not exist: the same work, and the same answer.
_NOBODYS_SECRET: Final = new_secret()
_NOBODY: Final = Source(
    name="nobody",
    may_push_as=(),
    may_read=False,
    tokens=(token_credential(new_token("nobody")),),
)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signed request's head, until its body is there."""

    secrets: tuple[str, ...] = field(repr=False)
    message_id: str = field(repr=False)
    timestamp: str
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. Nothing is proved of a signed request before `check` has returned."""

    name: str
    source: Source | None
    """None: the operator, who may do everything."""
    key: str | None = field(repr=False)
    """What makes sending again safe: webhook-id, or Idempotency-Key."""
    _signed: _Signed | None = field(default=None, repr=False)

    def may_push_as(self, item_source: str) -> bool:
        """Whether an item of the caller may name `item_source`."""
        return self.source is None or self.source.allows(item_source)

    def may_read(self, item_source: str) -> bool:
        """Whether the caller may see what became of items of `item_source`."""
        return self.source is None or (self.source.may_read and self.source.allows(item_source))

    def check(self, body: bytes, now: float) -> None:
        """Check the signature over the body as it was sent; nothing to do for a bearer token.

        Raises BadRequest: bad_signature, expired_signature, not_allowed (a disabled source).
        """
        if self._signed is None:
            return
        head = self._signed
        with _as_problems():
            verify(head.secrets, head.message_id, head.timestamp, head.signature, body, now)
        _check_enabled(self.source)


@dataclass(frozen=True, slots=True)
class Authority:
    """Knows the callers: the operator by the token, the sources by their document.

    Where neither is configured, nobody may enter.
    """

    sources: SecretFile[Sources]
    operator_token: SecretStr | None

    def authorise(self, headers: Headers, query_source: str | None, now: float) -> Caller:
        """The caller, from what is there before the body. `now` is seconds since 1970.

        A request with webhook-signature is a signed one, whatever else it holds. Raises
        BadRequest: bad_header, unauthorised, not_allowed (a disabled source), bad_signature,
        expired_signature; and what SecretFile.read raises.
        """
        for name in _ONCE:
            if len(headers.getlist(name)) > 1:
                raise BadRequest("bad_header", f"{name} is there twice; send it once")
        if "webhook-signature" in headers:
            return self._signed(headers, query_source, now)
        return self._with_token(headers, now)

    def _signed(self, headers: Headers, query_source: str | None, now: float) -> Caller:
        if query_source is None:
            raise BadRequest("unauthorised", "a signed request names its source in ?source=")
        message_id = headers.get("webhook-id", "")
        timestamp = headers.get("webhook-timestamp", "")
        with _as_problems():
            check_head(message_id, timestamp, now)
        source = self._find(query_source)
        secrets = tuple(source.valid_secrets(now)) or (_NOBODYS_SECRET,)
        signed = _Signed(secrets, message_id, timestamp, headers["webhook-signature"])
        return Caller(source.name, source, message_id, signed)

    def _with_token(self, headers: Headers, now: float) -> Caller:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise BadRequest("unauthorised", "there is no Authorization: Bearer <token>")
        token = rest.strip(" ")
        # First of all, so that a broken document of sources never shuts the operator out.
        if self._is_operators(token):
            return Caller(OPERATOR, None, _key(headers))
        source = self._find(token.rpartition(".")[0])
        if not source.has_token(token, now):
            raise BadRequest("unauthorised", "the token is not known here, or its time is over")
        _check_enabled(source)
        return Caller(source.name, source, _key(headers))

    def _is_operators(self, token: str) -> bool:
        known = "" if self.operator_token is None else self.operator_token.get_secret_value()
        # Headers come decoded as Latin-1: encoded so, they are the bytes that were sent.
        same = hmac.compare_digest(token.encode("latin-1"), known.encode())
        return same and known != ""  # an empty token opens nothing

    def _find(self, name: str) -> Source:
        source = self.sources.read().find(name)
        return _NOBODY if source is None else source


@contextmanager
def _as_problems() -> Iterator[None]:
    try:
        yield
    except BadSignature as bad:
        raise BadRequest("bad_signature", str(bad)) from None
    except Expired as expired:
        raise BadRequest("expired_signature", str(expired)) from None


def _check_enabled(source: Source | None) -> None:
    """To be called when the caller has proved to be that source."""
    if source is not None and source.disabled:
        raise BadRequest("not_allowed", f"the source {source.name} is disabled")


def _key(headers: Headers) -> str | None:
    """Idempotency-Key, without the quotes that its draft standard puts around it."""
    sent = headers.get("idempotency-key")
    if sent is None:
        return None
    match = _KEY.fullmatch(sent)
    if match is None:
        raise BadRequest(
            "bad_header", "idempotency-key must be 1 to 255 printable ASCII characters"
        )
    return match[1] or match[2]
