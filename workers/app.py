"""The Celery app: `celery -A workers.app ...`. Each setting with its reason."""

from functools import cache
from typing import Any, Final

import orjson
from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutting_down
from kombu import Queue
from kombu.serialization import register as register_serializer

from tasks.models import Batch
from tasks.pipeline import load_assets
from workers.broker import CONNECT_SECONDS, HEALTH_SECONDS, SILENT_SECONDS
from workers.envelope import Envelopes
from workers.logs import configure_logs
from workers.presence import Presence
from workers.pulse import Pulse
from workers.queue import QUEUES
from workers.run import broker_url
from workers.runner import register_stages
from workers.settings import Settings, load_settings

VISIBILITY_SECONDS: Final = 180


def _encode(value: object) -> str:
    return orjson.dumps(value, default=_fragment).decode()


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, Batch):
        return orjson.Fragment(value.model_dump_json(exclude_none=True))
    raise TypeError(f"{type(value).__name__} has no place in a message")


register_serializer(
    "saring-json", _encode, orjson.loads, "application/vnd.saring+json", content_encoding="utf-8"
)


def create_app(settings: Settings) -> Celery:
    """The app of one deployment. Raises NotRunning when no broker is known."""
    app = Celery("saring", broker=broker_url(settings))
    app.conf.update(
        # A message is acknowledged when its stage is done, so a dead worker gives it back.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        # One message at a time: what a worker holds, nobody else can take.
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_concurrency,
        # Processes: a crash or a hang takes one child, and limits can be enforced.
        worker_pool="prefork",
        task_soft_time_limit=50,
        task_time_limit=60,
        # The ledger is the record; results would be a second one.
        task_ignore_result=True,
        result_backend=None,
        # JSON and nothing else may be decoded; orjson because it is the fastest.
        task_serializer="saring-json",
        accept_content=["saring-json", "json"],  # plain json: Celery's own events and control
        # A misspelt queue is an error, not a new queue that nobody reads.
        task_queues=[Queue(name, routing_key=name) for name in QUEUES],
        task_routes={name: {"queue": name} for name in QUEUES},
        task_create_missing_queues=False,
        task_default_queue=QUEUES[0],
        # Flower needs events of what workers do; what was sent is in the ledger.
        worker_send_task_events=True,
        task_send_sent_event=False,
        # On SIGTERM finish what runs for 20 s, then give it back (needs REMAP_SIGTERM=SIGQUIT).
        worker_soft_shutdown_timeout=20,
        worker_enable_soft_shutdown_on_idle=False,
        # A broker that is not up yet is waited for.
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # Waits for the broker without limit, as the one above, and is seen to live meanwhile.
        worker_consumer="workers.pulse:PatientConsumer",
        # saring configures its own logs; a worker must not write a text to standard output.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_transport_options={
            # After this long an unacknowledged message is given out again. One for the whole
            # broker database, so that database is saring's alone.
            "visibility_timeout": VISIBILITY_SECONDS,
            # Sweep for such messages every 5 s: 11 s after a killed worker instead of 105 s.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 30,
            # A half-open connection is an error soon, not a silent hang.
            "socket_timeout": SILENT_SECONDS,
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": HEALTH_SECONDS,
            # No priorities: one list for each queue instead of four.
            "priority_steps": [0],
            # The body is text already: no base64.
            "body_encoding": "utf-8",
        },
    )
    app.steps["worker"].add(Pulse)
    app.steps["consumer"].add(Envelopes)
    register_stages(app, settings)
    return app


app = create_app(load_settings())


@setup_logging.connect
def _logs(**_: Any) -> None:
    configure_logs(load_settings().log_level)


@worker_init.connect
def _load_weights(**_: Any) -> None:
    load_assets()  # before the fork: all pool children share the pages


@worker_ready.connect
def _present(sender: Any, **_: Any) -> None:
    _announce(sender.hostname)


@cache
def _announce(hostname: str) -> None:
    # Once: Celery says "ready" again after each lost connection.
    presence = Presence(load_settings(), hostname).begin()
    worker_shutting_down.connect(lambda **_: presence.end(), weak=False)
