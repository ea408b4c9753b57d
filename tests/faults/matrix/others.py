"""Rows 20 and 21: whoever receives, and whoever watches."""

import signal
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from kombu import Connection
from starlette.responses import Response

from tests.faults.rig.fault import fault
from tests.faults.rig.site import Site
from tests.receivers import Receiver, receiving, speaking, subscriber
from workers.deliver.subscribers import Subscribers

_ITEMS = 60
_EVENTS = 20_000


@fault(
    20, "subscribers: 429, 500, silence, hanging up", within=90, without=("retries",), deliver=True
)
def subscribers(site: Site) -> None:
    with ExitStack() as stack:
        sound, busy, failing = (stack.enter_context(receiving()) for _ in range(3))
        busy.answer = _first(8, Response(status_code=429, headers={"retry-after": "1"}))
        failing.answer = _first(8, Response(status_code=500))
        hanging_up = stack.enter_context(speaking(lambda connection: connection.close()))
        silent = stack.enter_context(speaking(lambda connection: connection.recv(1)))
        urls = (sound.url, busy.url, failing.url, hanging_up, silent)
        site.subscribe(
            Subscribers(
                subscribers=tuple(
                    subscriber(url, name)
                    for url, name in zip(
                        urls, ("sehat", "sibuk", "rusak", "putus", "diam"), strict=True
                    )
                )
            )
        )
        refs = set(site.push(_ITEMS))
        site.strike(len(urls) - 1)
        site.until(lambda: refs <= set(sound.refs), "the sound one has all", 40.0)
        for one in (busy, failing):
            site.until(partial(_has, one, refs), "one that failed has all", 60.0)
        site.demand(max(Counter(sound.refs).values()) == 1, "the sound one got each once")
        for one in (sound, busy, failing):
            site.demand(_stable(one), "an event came under two webhook-ids")
        site.mended()
        site.flows()


def _has(receiver: Receiver, refs: set[str]) -> bool:
    return refs <= set(receiver.taken)


def _first(count: int, refusal: Response) -> Callable[[int], Response]:
    return lambda number: refusal if number <= count else Response(status_code=204)


def _stable(receiver: Receiver) -> bool:
    """Whether each ref came under one webhook-id, however often."""
    pairs = {
        (ref, headers["webhook-id"])
        for ref, (headers, _) in zip(receiver.refs, receiver.requests, strict=True)
    }
    return len(pairs) == len(set(receiver.refs))


@fault(
    21, "Flower killed, and flooded with events", within=30, without=("independence",), flower=True
)
def flower(site: Site) -> None:
    site.pusher.stream(15)
    for _ in range(3):
        site.seen(len(site.history.seen) + 20)
        site.parts.send("flower", signal.SIGKILL)
        site.strike()
        site.flows()
    site.parts.held.add("flower")
    site.parts.send("flower", signal.SIGKILL)
    site.flows()
    site.parts.held.discard("flower")
    with Connection(site.broker.url) as connection, connection.Producer() as producer:
        for number in range(_EVENTS):
            event = {"type": "worker-heartbeat", "hostname": f"palsu-{number}", "clock": number}
            producer.publish(event, exchange="celeryev", routing_key="worker.heartbeat")
        site.strike(_EVENTS)
    site.mended()
    site.flows()
