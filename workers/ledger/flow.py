"""Whether the pipeline runs or stands, and why: one fact, so that all parts agree on it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, Select, func, or_, select, update

from workers.ledger.database import Ledger
from workers.ledger.schema import facts, items, publications
from workers.limit import CALM_MS, SPAN, Outcomes, allowed, least, since

REMEDY: Final = (
    "see the workers' logs, mend what fails (an asset, a version) and restart the workers: "
    "it goes on by itself"
)
"""What a person does about a stop."""
_NAME: Final = "flow"


class Stop(BaseModel):
    """Why the pipeline stands: since when, what was found then, and the most common error."""

    model_config = ConfigDict(frozen=True)

    since_ms: int
    failing: int
    passed: int
    error: str

    def says(self) -> str:
        """It as a sentence for people."""
        since = datetime.fromtimestamp(self.since_ms / 1000, UTC)
        return (
            f"since {since:%Y-%m-%d %H:%M:%S} UTC: {self.failing} items failed while "
            f"{self.passed} passed, most of them with: {self.error}"
        )


class Probe(BaseModel):
    """An item that was sent through a pipeline that stands, to see whether it passes."""

    model_config = ConfigDict(frozen=True)

    seq: int
    batch_id: str
    source: str


class Flow(BaseModel):
    """The fact: `stop` is None while the pipeline runs."""

    model_config = ConfigDict(frozen=True)

    stop: Stop | None = None
    resumed_at: int = 0
    rounds: int = 0
    """How many times it stopped and went on of late."""
    probe: Probe | None = None
    """The one on its way, until it is judged."""
    turn: str = ""
    """The source of the last."""
    passes: Mapping[str, int] = Field(default_factory=dict)
    """Probes that passed one after the other: of each source, whatever others' did."""
    row: int = 0
    """And of whatever source."""


def stopped(ledger: Ledger) -> Stop | None:
    """Why the pipeline stands, or None while it runs. Raises LedgerAway."""
    with ledger.read() as connection:
        return Flow.model_validate_json(connection.scalars(_FLOW).one()).stop


def locked(connection: Connection) -> Flow:
    """The fact, which nobody else changes, or goes by, until this transaction ends."""
    return Flow.model_validate_json(connection.scalars(_FLOW.with_for_update()).one())


def put(connection: Connection, flow: Flow) -> None:
    """Write the fact; it must be locked."""
    connection.execute(
        update(facts).where(facts.c.name == _NAME).values(value=flow.model_dump_json())
    )


def beyond(
    connection: Connection,
    flow: Flow,
    now: int,
    failed: Mapping[int, str],
    batch_id: str,
    lease_until: int,
) -> frozenset[int]:
    """Those of the failed items (errors by seq) that are beyond the limit; then it stands from now.

    All are of one batch. What else of it is leased, or of batches that were claimed before, counts
    as passed: most of that is beyond the stage where these failed.
    """
    rounds = flow.rounds if now - flow.resumed_at < CALM_MS else 0
    span, start = SPAN * least(rounds), since(now, flow.resumed_at)
    earlier = _failures(connection, start, now, span)
    if len(earlier) == span:
        start = earlier[-1].failed_at
    new = sorted(failed.keys() - {row.seq for row in earlier})
    failing = len(earlier) + len(new)
    ahead = _ahead(failed, batch_id, lease_until).limit(span - 1)
    passed = _count(connection, _published(start, now).limit(failing)) + _count(connection, ahead)
    more = allowed(Outcomes(len(earlier), passed), rounds)
    if len(new) <= more:
        return frozenset()
    errors = Counter([row.error for row in earlier] + [failed[seq] for seq in new])
    stop = Stop(since_ms=now, failing=failing, passed=passed, error=errors.most_common(1)[0][0])
    put(connection, Flow(stop=stop, resumed_at=flow.resumed_at, rounds=rounds))
    return frozenset(new[more:])


_FLOW = select(facts.c.value).where(facts.c.name == _NAME)


def _failures(
    connection: Connection, start: int, now: int, limit: int
) -> Sequence[Row[int, int, str]]:
    """The newest failures first. An item that passed in the end is not among them.

    What lies ahead was written before the clock was set back: it is no news.
    """
    return connection.execute(
        select(items.c.seq, items.c.failed_at, items.c.error)
        .where(items.c.failed_at.between(start, now))
        .order_by(items.c.failed_at.desc())
        .limit(limit)
    ).all()


def _published(start: int, now: int) -> Select[int]:
    return select(publications.c.seq).where(publications.c.released_at.between(start, now))


def _ahead(failed: Collection[int], batch_id: str, lease_until: int) -> Select[int]:
    return select(items.c.seq).where(
        items.c.state == "leased",
        or_(items.c.batch_id == batch_id, items.c.lease_until < lease_until),
        items.c.seq.not_in(failed),
    )


def _count(connection: Connection, rows: Select[int]) -> int:
    return connection.scalar(select(func.count()).select_from(rows.subquery())) or 0
