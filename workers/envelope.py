"""What a Celery worker takes from a queue: a message in the form of Celery's own, or nothing.

kombu opens messages in the worker's event loop, where whatever it cannot read ends the worker.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import structlog
from celery import bootsteps
from celery.worker.consumer import Consumer
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workers.queue import QUEUES

log = structlog.get_logger()

_FORM: Final = ConfigDict(frozen=True, strict=True)


class _Route(BaseModel):
    model_config = _FORM
    exchange: str
    routing_key: str


class _Properties(BaseModel):
    model_config = _FORM
    body_encoding: Literal["utf-8"]
    delivery_tag: str
    delivery_info: _Route


def _known(task: str) -> str:
    if task not in QUEUES:
        raise ValueError("no stage has this name")
    return task


class _Headers(BaseModel):
    model_config = _FORM
    task: Annotated[str, AfterValidator(_known)]
    id: str


class _Envelope(BaseModel):
    """What kombu and Celery read before they guard against errors."""

    model_config = _FORM
    body: str
    content_type: Annotated[str, Field(alias="content-type")]
    content_encoding: Annotated[str, Field(alias="content-encoding")]
    headers: _Headers
    properties: _Properties


class Envelopes(bootsteps.StartStopStep):
    """Throws away what is no message, with a line in the log, before kombu opens it.

    No item is lost by that: a batch whose message is gone comes back when its lease ends.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        """Look at each reply to the question for a message."""
        parent.task_consumer.channel.client.set_response_callback("BRPOP", only_message)


def only_message(reply: list[bytes] | None) -> list[bytes] | None:
    """The queue and the message; None for no message, and for what cannot be one."""
    if reply is None:
        return None
    queue, message = reply
    try:
        _Envelope.model_validate(loads(bytes_to_str(message)))
    except Exception as error:  # noqa: BLE001 - on whatever it breaks, it would end the worker
        _refused(bytes_to_str(queue), message, error)
        return None
    return reply


class DiscreetConsumer(Consumer):
    """Celery's, which outlives a message that it cannot run, and does not quote it in the log.

    Where it cannot acknowledge a message, it has lost the broker.
    """

    def create_task_handler(self, *arguments: Any) -> Callable[[Any], None]:
        """What begins the task of a message. Celery's own guards against some errors only."""
        begin = super().create_task_handler(*arguments)

        def guarded(message: Any) -> None:
            _let_errors_out(message)
            try:
                begin(message)
            except (TypeError, ValueError, LookupError, AttributeError) as error:
                self.on_decode_error(message, error)

        return guarded

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Throw it away. In the place of Celery's own."""
        _refused(message.delivery_info["routing_key"], message.body, exc)
        message.ack()

    def on_invalid_task(self, body: object, message: Any, exc: Exception) -> None:  # noqa: ARG002 - Celery's
        """Throw it away. In the place of Celery's own."""
        self.on_decode_error(message, exc)


def _let_errors_out(message: Any) -> None:
    """Let a failed acknowledgement end the connection, as any other error of it does.

    kombu's own logs it and goes on. The message then counts as held for good, and a worker that
    holds one at a time never asks for another, with its loop alive and its heart beating.
    """

    def ack(_logger: object, _errors: object, multiple: bool = False) -> None:
        message.ack(multiple=multiple)

    def reject(_logger: object, _errors: object, requeue: bool = False) -> None:
        message.reject(requeue=requeue)

    message.ack_log_error, message.reject_log_error = ack, reject


def _refused(queue: str, message: bytes | str, error: Exception) -> None:
    # Neither the message nor the traceback, which ends with what it is about: it may be a text.
    log.error("message_refused", queue=queue, bytes=len(message), why=type(error).__name__)
