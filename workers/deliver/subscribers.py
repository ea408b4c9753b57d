"""Who receives webhooks: the document that the subscribers file holds."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    field_serializer,
    model_validator,
)

from tasks.words import Desk
from workers.signatures import key_of

MAX_SECRETS: Final = 5
"""Secrets that one request may be signed with; receivers look at ten signatures at most."""
_URL: Final = TypeAdapter(HttpUrl)


def _plain(url: str) -> str:
    """The URL as it is sent: host in ASCII, path and query escaped."""
    parsed = _URL.validate_python(url)
    if parsed.username is not None or parsed.password is not None:
        raise ValueError("must not hold a user or password: requests are signed instead")
    if parsed.fragment is not None:
        raise ValueError("must not hold a fragment (#...): it is never sent")
    return str(parsed)


def _signing(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def but(self, **changes: Any) -> Self:
        """The same with `changes`. Raises pydantic.ValidationError."""
        return type(self)(**{**dict(self), **changes})


class Secret(_Frozen):
    """A secret that requests are signed with, until `ends_at` (seconds since 1970)."""

    value: Annotated[SecretStr, AfterValidator(_signing)]
    ends_at: float | None = None

    @field_serializer("value", when_used="json")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


class Subscriber(_Frozen):
    """A receiver of the publications of some desks."""

    # No dot: the name is in webhook-id, and what is signed is id.timestamp.body.
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    # Not in the repr: its query may hold a token of the receiver.
    url: Annotated[str, AfterValidator(_plain), Field(repr=False)]
    desks: Annotated[tuple[Desk, ...], Field(min_length=1)]
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1, max_length=MAX_SECRETS)]
    allow_private: bool = False
    disabled: bool = False

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.url.startswith("http:") and not self.allow_private:
            raise ValueError(
                "the url must be https; http is for your own network alone, with --allow-private"
            )
        if all(secret.ends_at is not None for secret in self.secrets):
            raise ValueError("one of the secrets must have no ends_at")
        return self

    @property
    def shown_url(self) -> str:
        """The URL for people: without its query, which may hold a token."""
        address, mark, _ = self.url.partition("?")
        return f"{address}?…" if mark else address

    def signing(self, now: float) -> list[str]:
        """The secrets in force; more than one while a rotation lasts."""
        return [
            secret.value.get_secret_value()
            for secret in self.secrets
            if secret.ends_at is None or secret.ends_at > now
        ]

    def rotated(self, secret: str, now: float, overlap: float) -> Self:
        """With a new secret; those in force end `overlap` seconds from now at the latest.

        Raises ValueError when too many rotations overlap.
        """
        end = now + overlap
        old = [
            one.but(ends_at=end if one.ends_at is None else min(one.ends_at, end))
            for one in self.secrets
            if one.ends_at is None or one.ends_at > now
        ]
        kept = [one for one in old if one.ends_at is not None and one.ends_at > now]
        if len(kept) >= MAX_SECRETS:
            raise ValueError(
                f"{self.name} has {MAX_SECRETS} secrets in force already: wait until one has "
                "ended, or end them all now with --overlap 0s"
            )
        return self.but(secrets=(Secret(value=SecretStr(secret)), *kept))


class Subscribers(_Frozen):
    """All subscribers; names are unique."""

    subscribers: tuple[Subscriber, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Self:
        names = [one.name for one in self.subscribers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the subscriber {name} is there twice")
        return self

    def find(self, name: str) -> Subscriber:
        """The subscriber of that name. Raises ValueError."""
        for one in self.subscribers:
            if one.name == name:
                return one
        raise ValueError(f"no subscriber {name}: `saring subscribers list` shows all there are")

    def added(self, new: Subscriber) -> Self:
        """With one more. Raises ValueError when its name is taken."""
        if any(one.name == new.name for one in self.subscribers):
            raise ValueError(f"the subscriber {new.name} exists: remove it first, or take a name")
        return self.but(subscribers=(*self.subscribers, new))

    def changed(self, new: Subscriber) -> Self:
        """With the subscriber of the same name replaced. Raises ValueError if there is none."""
        self.find(new.name)
        return self.but(
            subscribers=tuple(new if one.name == new.name else one for one in self.subscribers)
        )

    def removed(self, name: str) -> Self:
        """Without the subscriber of that name. Raises ValueError if there is none."""
        gone = self.find(name)
        return self.but(subscribers=tuple(one for one in self.subscribers if one is not gone))

    def subscriptions(self) -> Mapping[str, tuple[Desk, ...]]:
        """The desks of each subscriber; what is for a disabled one waits until it is enabled."""
        return {one.name: one.desks for one in self.subscribers}
