"""What runs, what waits, and for how long: one snapshot of ledger and broker."""

from dataclasses import asdict

import redis
from pydantic import BaseModel

from tasks.stage import Unavailable
from workers import presence
from workers.ledger import views
from workers.ledger.deliveries import Counts, waiting
from workers.ledger.flow import Stop, stopped
from workers.ledger.schema import ItemState
from workers.mending import memory_of
from workers.wiring import Outside


class PartStatus(BaseModel):
    """A part that is alive."""

    name: str
    host: str
    pid: int
    since: float


class IndexStatus(BaseModel):
    """How far the index of stories is filled again; nothing is dispatched meanwhile."""

    done: int
    total: int
    seconds: float


class Status(BaseModel):
    """A snapshot; the states are of the ledger, the queue is of the broker."""

    stopped: Stop | None
    """Why the pipeline stands, as most items failed; None while it runs."""
    parts: list[PartStatus]
    restarts: dict[str, int]
    queue_depth: int
    oldest_waiting_seconds: float | None
    outbox: int
    deliveries: dict[str, Counts]
    states: dict[ItemState, int]
    index: IndexStatus | None = None
    """None: it is whole."""


def snapshot(outside: Outside) -> Status:
    """Look once. Raises Unavailable when ledger or broker are away."""
    try:
        alive = presence.parts(outside.client)
        again = presence.restarts(outside.client)
        depth = outside.progress.depth()
        mended = memory_of(outside).progress()
    except redis.RedisError as error:
        raise Unavailable(f"the broker does not answer ({type(error).__name__})") from error
    return Status(
        stopped=stopped(outside.ledger),
        parts=[
            PartStatus(name=part.name, host=part.host, pid=part.pid, since=part.since)
            for part in alive
        ],
        restarts=again,
        queue_depth=depth,
        oldest_waiting_seconds=views.oldest_waiting_seconds(outside.ledger),
        outbox=views.outbox_length(outside.ledger),
        deliveries=waiting(outside.ledger),
        states=views.counts(outside.ledger),
        index=None if mended is None else IndexStatus(**asdict(mended)),
    )
