"""Protections that a test can take away from every part, to show that the suite would notice.

Each is undone from outside, by putting something worse in its place: saring itself has no such
switch. docs/faults.md lists them.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final
from unittest.mock import patch

import httpx
import redis
from kombu import Connection
from sqlalchemy import select

from tasks.stage import Unavailable

PROTECTIONS: Final[dict[str, Callable[[], None]]] = {}


def protection(remove: Callable[[], None]) -> Callable[[], None]:
    """Register the function that takes the protection of its name away."""
    PROTECTIONS[remove.__name__] = remove
    return remove


def remove(names: Iterable[str]) -> None:
    """Take these away in this process, before it begins. Raises KeyError for what is none."""
    for name in names:
        PROTECTIONS[name]()


def put(target: str, worse: object) -> None:
    """Let `target` (module.attribute) be something worse for the rest of this process's life."""
    patch(target, worse).start()


@protection
def leases() -> None:
    """What a worker began and never ended is taken back when its lease ends."""
    put("workers.dispatcher.overdue", lambda *_: {})


@protection
def late_acknowledgement() -> None:
    """A message is acknowledged when its stage is done, and given out again if it is not."""
    from celery.signals import celeryd_init  # noqa: PLC0415 - only a part that is to lack it

    def early(instance: Any, **_: Any) -> None:
        for task in instance.app.tasks.values():
            task.acks_late = False

    celeryd_init.connect(early, weak=False)


@protection
def once() -> None:
    """What is published already is not announced a second time."""
    from workers.ledger.release import record  # noqa: PLC0415

    def all_of_them(ledger: Any, released: Sequence[tuple[Any, Any]]) -> dict[int, Any]:
        record(ledger, released)
        return {item.seq: publication for item, publication in released}

    put("workers.adapters.ledger_publisher.record", all_of_them)
    always = "redis.call('XADD', KEYS[1], '*', 'desk', ARGV[3], 'event', ARGV[4])"
    put("workers.adapters.valkey_announcer._ANNOUNCE", always)


@protection
def acknowledgements() -> None:
    """A worker that cannot acknowledge a message takes the connection for lost."""
    put("workers.envelope._let_errors_out", lambda _message: None)


@protection
def append_only_file() -> None:
    """The broker writes down what it holds (taken away by the site, which starts the broker)."""


@protection
def rebuild() -> None:
    """What an empty broker has forgotten is rebuilt from the ledger before anything goes on."""
    put("workers.rebuild.Rebuild.restore", lambda *_: iter(()))


@protection
def return_of_leases() -> None:
    """When the broker has lost everything, the leases of what it held are undone at once."""
    put("workers.mending.release_all", lambda _ledger: 0)


@protection
def failure_limit() -> None:
    """The pipeline stops when most items fail."""
    put("workers.limit.FEW", 10**9)


@protection
def timeouts() -> None:
    """A broker that does not answer is an error after some seconds."""
    patient = partial(redis.Redis.from_url)
    put("workers.broker.connect", patient)
    put("workers.wiring.connect", patient)
    put("workers.presence.connect", patient)
    put("celery.app.base.Celery.connection_for_write", _patient_connection)
    put("celery.app.base.Celery.connection_for_read", _patient_connection)


def _patient_connection(app: Any, *_: Any, **__: Any) -> Any:
    options = {**app.conf.broker_transport_options}
    for name in ("socket_timeout", "socket_connect_timeout", "health_check_interval"):
        options.pop(name)
    return Connection(app.conf.broker_url, transport_options=options)


@protection
def pressure() -> None:
    """The intake refuses while the broker is full."""
    put("workers.intake.handlers.refuse", lambda *_: None)


@protection
def commit_first() -> None:
    """The intake answers 202 for what is on disk, and for nothing else."""
    from workers.ledger import LedgerAway  # noqa: PLC0415
    from workers.ledger.accept import Receipt  # noqa: PLC0415
    from workers.ledger.pushes import Push, commit  # noqa: PLC0415

    def hopeful(ledger: Any, pushes: Sequence[Any]) -> list[Any]:
        try:
            return list(commit(ledger, pushes))
        except LedgerAway:
            return [
                push.answer(
                    [Receipt(one.content.ref, "accepted", one.digest) for one in push.entries]
                )
                for push in pushes
                if isinstance(push, Push)
            ]

    put("workers.intake.commit.commit", hopeful)


@protection
def turns() -> None:
    """Sources take turns, so that none waits behind the flood of another."""
    from workers.ledger.schema import items  # noqa: PLC0415

    def oldest_first(connection: Any, now: int, limit: int) -> Any:
        due = select(items.c.seq, items.c.attempts).where(
            items.c.state == "ready", items.c.due_at <= now
        )
        return connection.execute(due.order_by(items.c.due_at, items.c.seq).limit(limit)).all()

    put("workers.ledger.leases._due_in_turn", oldest_first)


@protection
def retries() -> None:
    """A delivery that failed is tried again."""
    from workers.deliver.deliverer import Deliverer  # noqa: PLC0415 - only the part that has one

    put("workers.cli.deliver.Deliverer", partial(Deliverer, schedule=lambda *_: None))


@protection
def outbox() -> None:
    """What a worker could not announce, the dispatcher announces."""
    put("workers.dispatcher.unannounced", lambda *_: {})


@protection
def independence() -> None:
    """No stage waits for whoever watches: here each one asks first whether Flower answers."""
    from tasks import pipeline  # noqa: PLC0415
    from tasks.stage import Stage  # noqa: PLC0415

    def asking(stage: Stage) -> Stage:
        def run(batch: Any, ports: Any) -> Any:
            url = f"http://127.0.0.1:{os.environ['SARING_FLOWER_PORT']}/healthcheck"
            try:
                httpx.get(url, timeout=1.0)
            except httpx.HTTPError as error:
                raise Unavailable("nobody watches") from error
            return stage.run(batch, ports)

        return Stage(stage.name, run)

    put("tasks.pipeline.PIPELINE", tuple(map(asking, pipeline.PIPELINE)))


@protection
def ledger_timeouts() -> None:
    """A PostgreSQL that does not answer is an error after some seconds."""
    put("workers.ledger.database._POSTGRESQL", {"keepalives": 0})


@protection
def clock_guard() -> None:
    """Times that only a clock that jumped can have set count as due, and leases of another clock
    are timed anew."""
    put("workers.dispatcher.straighten", lambda *_: 0)
    put("workers.patience.Patience.needs", lambda *_: set())
    put("workers.ledger.leases.FAR_MS", 10**12)


@protection
def begun_marks() -> None:
    """A batch in which a worker died is not begun again with all its mates."""
    put("workers.queue.Progress.begin", lambda *_: True)
