"""Fingerprints on Valkey or Redis (7.0 or later: SET with NX and GET together)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import redis

from tasks.stage import Unavailable

PREFIX: Final = "saring:fp:"
THIRTY_DAYS: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ValkeyFingerprints:
    """See `tasks.ports.Fingerprints`. Shared by all workers; one round trip for each call.

    A fingerprint is forgotten `ttl_seconds` after it was first claimed, however often it was
    claimed since.
    """

    client: redis.Redis
    ttl_seconds: int = THIRTY_DAYS

    def claim(self, claims: Sequence[tuple[str, str]]) -> list[str]:
        """See `tasks.ports.Fingerprints`."""
        # No transaction: each SET is atomic, and a part that went through before an error
        # belongs to the same refs when they claim again.
        pipe = self.client.pipeline(transaction=False)
        for fingerprint, ref in claims:
            pipe.set(PREFIX + fingerprint, ref, nx=True, get=True, ex=self.ttl_seconds)
        try:
            owners = pipe.execute()
        except redis.RedisError as error:
            raise Unavailable("the index of duplicates cannot be reached") from error
        return [
            ref if owner is None else _text(owner)
            for (_, ref), owner in zip(claims, owners, strict=True)
        ]


def _text(owner: bytes | str) -> str:
    return owner.decode() if isinstance(owner, bytes) else owner
