"""What is sent: a CloudEvents envelope, and the webhook-id it goes by."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workers.adapters.valkey_announcer import cloud_event
from workers.ledger.deliveries import Delivery

PING_TYPE: Final = "id.saring.ping.v1"


@dataclass(frozen=True, slots=True)
class Message:
    """A body and its webhook-id; a repeated attempt carries the same two."""

    id: str
    body: bytes


def publication_message(ledger_id: str, delivery: Delivery) -> Message:
    """The message of one publication for one subscriber; the same at each call."""
    event = cloud_event(ledger_id, delivery.publication)
    event["time"] = _iso(datetime.fromtimestamp(delivery.created_at / 1000, UTC))
    return Message(f"{ledger_id[:8]}-{delivery.seq}-{delivery.subscriber}", orjson.dumps(event))


def ping_message(subscriber: str) -> Message:
    """A message that tells nothing, to try a receiver."""
    number = uuid.uuid4().hex
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": number,
        "source": "/saring",
        "type": PING_TYPE,
        "time": _iso(datetime.now(UTC)),
        "datacontenttype": "application/json",
        "data": {"subscriber": subscriber},
    }
    return Message(f"ping-{number}", orjson.dumps(event))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
