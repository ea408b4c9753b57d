"""The sources: who may push, as whom, how fast, and what proves it."""

import hashlib
import hmac
import re
import secrets
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer, model_validator

from workers.signatures import key_of, new_secret

ITEMS_PER_SECOND: Final = 200.0
"""What a source may send for ever, unless its entry says otherwise."""
BURST: Final = 2_000
"""Items that it may send at once."""
OVERLAP_SECONDS: Final = 24 * 3600.0
"""How long the old secret or token is good after a rotation."""

_END_OF_9999: Final = 253_402_300_799  # so that milliseconds, taken for seconds, are seen
_NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
Name = Annotated[str, Field(pattern=rf"^{_NAME}$")]
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
NameOrPrefix = Annotated[str, Field(pattern=rf"^({_NAME}\*?|\*)$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Credential(_Frozen):
    """A signing secret, or the SHA-256 (hex) of a token; without `ends_at` it does not end."""

    value: SecretStr
    ends_at: Annotated[float, Field(ge=0, le=_END_OF_9999)] | None = None

    @field_serializer("value")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()

    def is_valid(self, now: float) -> bool:
        """Whether it proves anything at `now` (seconds since 1970)."""
        return self.ends_at is None or now < self.ends_at


class Source(_Frozen):
    """One upstream. It proves itself by signatures (`secrets`) or by a bearer token (`tokens`).

    An entry of `may_push_as` is a source that its items may name, or a prefix ending in *.
    """

    name: Name
    may_push_as: tuple[NameOrPrefix, ...] = Field(default_factory=lambda data: (data["name"],))
    may_read: bool = True
    items_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] = ITEMS_PER_SECOND
    burst: Annotated[int, Field(gt=0)] = BURST
    disabled: bool = False
    secrets: tuple[Credential, ...] = ()
    tokens: tuple[Credential, ...] = ()

    @model_validator(mode="after")
    def _check_credentials(self) -> Self:
        if self.secrets and self.tokens:
            raise ValueError("has secrets and tokens: give it one kind, or make two sources")
        for secret in self.secrets:
            key_of(secret.value.get_secret_value())
        for token in self.tokens:
            if not _SHA256.fullmatch(token.value.get_secret_value()):
                raise ValueError("a token is kept as its SHA-256, 64 hex digits in lower case")
        return self

    def allows(self, item_source: str) -> bool:
        """Whether its items may name `item_source`."""
        return any(
            item_source.startswith(one[:-1]) if one.endswith("*") else item_source == one
            for one in self.may_push_as
        )

    def valid_secrets(self, now: float) -> list[str]:
        """The signing secrets in force."""
        return [one.value.get_secret_value() for one in self.secrets if one.is_valid(now)]

    def has_token(self, token: str, now: float) -> bool:
        """Whether `token` is one in force; in constant time, and for any text."""
        sent = _hash_of(token)
        fits = [
            hmac.compare_digest(sent, one.value.get_secret_value()) and one.is_valid(now)
            for one in self.tokens
        ]
        return any(fits)


class Sources(_Frozen):
    """The whole document. Each name stands in it once."""

    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"there are two sources {name}: rename or remove one")
        return self

    def find(self, name: str) -> Source | None:
        """The source of that name."""
        return next((one for one in self.sources if one.name == name), None)


def new_token(name: str) -> str:
    """A new bearer token for the source `name`: the name, a dot, 32 random bytes."""
    return f"{name}.{secrets.token_urlsafe(32)}"


def token_credential(token: str) -> Credential:
    """What is kept of a token: its hash."""
    return Credential(value=SecretStr(_hash_of(token)))


def added(sources: Sources, source: Source) -> Sources:
    """`sources` and one more. Raises ValueError where there is one of its name."""
    if sources.find(source.name) is not None:
        raise ValueError(
            f"there is a source {source.name} already; "
            f"`saring sources rotate {source.name}` gives it a new secret"
        )
    return Sources(sources=(*sources.sources, source))


def rotated(
    sources: Sources, name: str, now: float, overlap_seconds: float = OVERLAP_SECONDS
) -> tuple[Sources, str]:
    """`sources` with a new secret or token for `name`, and that secret or token.

    The old one is good for the overlap; one that was ending already ends now, so that two are
    good at most. Raises ValueError where there is no such source.
    """
    source = _existing(sources, name)
    ends_at = now + overlap_seconds
    if source.tokens:
        new = new_token(name)
        changed = {"tokens": (*_ending(source.tokens, ends_at), token_credential(new))}
    else:
        new = new_secret()
        added_secret = Credential(value=SecretStr(new))
        changed = {"secrets": (*_ending(source.secrets, ends_at), added_secret)}
    return _with(sources, source.model_copy(update=changed)), new


def disabled(sources: Sources, name: str, value: bool) -> Sources:
    """`sources` with `name` disabled or not. Raises ValueError where there is no such source."""
    return _with(sources, _existing(sources, name).model_copy(update={"disabled": value}))


def _existing(sources: Sources, name: str) -> Source:
    source = sources.find(name)
    if source is None:
        raise ValueError(f"there is no source {name}; `saring sources list` shows them")
    return source


def _with(sources: Sources, changed: Source) -> Sources:
    replaced = (changed if one.name == changed.name else one for one in sources.sources)
    return Sources(sources=tuple(replaced))


def _ending(credentials: tuple[Credential, ...], ends_at: float) -> tuple[Credential, ...]:
    """The newest of those without an end, with one."""
    lasting = [one for one in credentials if one.ends_at is None]
    return tuple(one.model_copy(update={"ends_at": ends_at}) for one in lasting[-1:])


def _hash_of(token: str) -> str:
    # No token that was made here holds what cannot be encoded, so "?" for it makes none fit.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
