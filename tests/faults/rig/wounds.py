"""What a wounded part does at its stages: die at a failpoint, break on a poison item, hang."""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from typing import Any, Final

import redis

from tasks.models import Batch
from tasks.ports import Ports
from tests.faults.rig.orders import Arms, Orders
from tests.faults.rig.removed import put

POISON_STAGE: Final = "enrich"
BROKEN_STAGE: Final = "classify"
"""Whose asset is broken while the switch `broken` is on."""
SLOW_STAGE: Final = "enrich"
"""Which hangs while the switch `slow` is on."""
DEAF: Final = "deaf"
"""While this switch is on, one acknowledgement of each worker gets no answer."""


def _segfault() -> None:
    ctypes.string_at(0)


def _for_ever() -> None:
    while True:
        pass


def _recurse() -> None:
    _recurse()


def _out_of_memory() -> None:
    raise MemoryError


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


POISONS: Final[dict[str, Callable[[], None]]] = {
    "racunmati": _killed,
    "racunsegfault": _segfault,
    "racunmemori": _out_of_memory,
    "racunputar": _for_ever,
    "racunrekursi": _recurse,
}
"""What an item does to the process that enriches it, by a word in its text."""


def wound(orders: Orders, part: str) -> None:
    """Wound this process, which is to be that part. To be called before it imports anything."""
    arms = Arms(orders.folder)
    _follow_its_clock(arms)  # first: others keep time.time under a name of their own
    if part == "deliver":
        put("workers.deliver.schedule.STEPS", (1,) * 30)
        put("workers.deliver.outcome.Limits.__init__.__defaults__", (1.0, 1.0, 2.0, 3.0))
    if part in ("dispatch", "celery"):
        _wound_what_runs_stages(orders, arms)


def _wound_what_runs_stages(orders: Orders, arms: Arms) -> None:
    from tasks import pipeline  # noqa: PLC0415 - nothing else may have it yet
    from tasks.stage import Stage  # noqa: PLC0415

    def wrapped(stage: Stage) -> Stage:
        def run(batch: Batch, ports: Ports) -> Batch:
            _before(stage.name, batch, arms)
            done = stage.run(batch, ports)
            arms.pass_by(f"ran-{stage.name}")
            return done

        return Stage(stage.name, run)

    put("tasks.pipeline.PIPELINE", tuple(map(wrapped, pipeline.PIPELINE)))
    _shorten(orders)
    _die_when_sent(arms)
    _acknowledge_in_vain(arms)
    _freeze_with_a_claim(arms)
    _send_what_is_newer(orders.future)


def _before(stage: str, batch: Batch, arms: Arms) -> None:
    if stage == SLOW_STAGE:
        arms.wait_while("slow")
    if stage == BROKEN_STAGE and arms.turned("broken") is not None:
        raise ValueError("the asset is broken")
    if stage == POISON_STAGE:
        for item in batch.items:
            for word, act in POISONS.items():
                if word in item.content.text:
                    act()


def _shorten(orders: Orders) -> None:
    """Shorter times than in production, so that the suite takes minutes and not hours."""
    from celery.signals import celeryd_init  # noqa: PLC0415 - after the stages are wrapped

    def shorten(conf: Any, instance: Any, **_: Any) -> None:
        for task in instance.app.tasks.values():
            task.soft_time_limit = orders.stage_seconds
            task.time_limit = orders.stage_seconds + 3
        conf.broker_transport_options["visibility_timeout"] = orders.visibility_seconds
        # Celery sleeps for all of it where anything runs.
        conf.worker_soft_shutdown_timeout = 3

    celeryd_init.connect(shorten, weak=False)


def _follow_its_clock(arms: Arms) -> None:
    """The clock is as many seconds ahead as the switch `clock` says; what is monotonic is not.

    Not by libfaketime: its 0.9.10 cannot leave the monotonic clock alone, as a real jump does
    (then Python's sleep fails with EINVAL).
    """
    now, now_ns = time.time, time.time_ns

    def ahead() -> int:
        return int(arms.turned("clock") or 0)

    put("time.time", lambda: now() + ahead())
    put("time.time_ns", lambda: now_ns() + ahead() * 1_000_000_000)


def _die_when_sent(arms: Arms) -> None:
    """A failpoint after the next message was sent, and before this one is acknowledged."""
    from celery.signals import task_postrun  # noqa: PLC0415

    def sent(task: Any, **_: Any) -> None:
        arms.pass_by(f"sent-{task.name.removeprefix('saring.')}")

    task_postrun.connect(sent, weak=False)


def _acknowledge_in_vain(arms: Arms) -> None:
    from kombu.transport.redis import QoS  # noqa: PLC0415

    ack = QoS.ack

    def unanswered(qos: Any, tag: str) -> None:
        if arms.turned(DEAF) is not None and arms.take(f"{DEAF}-{os.getpid()}"):
            raise redis.TimeoutError("Timeout reading from socket")
        ack(qos, tag)

    put("kombu.transport.redis.QoS.ack", unanswered)


def _freeze_with_a_claim(arms: Arms) -> None:
    """While the switch `freeze` is on, one dispatcher hangs between its claim and its sending."""
    from workers.dispatcher import Dispatcher  # noqa: PLC0415

    send = Dispatcher.send

    def frozen(dispatcher: Dispatcher, batches: list[Batch]) -> None:
        if arms.turned("freeze") is not None and arms.take("freeze"):
            arms.wait_while("freeze")
        send(dispatcher, batches)

    put("workers.dispatcher.Dispatcher.send", frozen)


def _send_what_is_newer(kind: str) -> None:
    if kind == "task":
        from celery import chain  # noqa: PLC0415

        put(
            "workers.dispatcher.pipeline",
            lambda app: chain(app.signature("saring.masadepan", queue="saring.normalise")),
        )
    if kind == "fields":
        dump = Batch.model_dump_json

        def with_more(batch: Batch, **options: Any) -> str:
            return f'{dump(batch, **options)[:-1]},"baru":{{"lebih":1}}}}'

        put("tasks.models.Batch.model_dump_json", with_more)
