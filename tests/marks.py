"""Begun marks of other ages than they would have in a test that takes no time."""

import redis

from workers.queue import BEGUN_SECONDS


def age(client: redis.Redis, batch_id: str, seconds: float) -> None:
    """Let the batch have begun each stage that it began so long ago."""
    for mark in client.scan_iter(f"saring:begun:{batch_id}:*"):
        client.pexpire(mark, int((BEGUN_SECONDS - seconds) * 1000))
