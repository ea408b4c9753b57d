"""What sends to one subscriber, at its own pace."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Concatenate, Final, ParamSpec, TypeVar

import structlog

from workers.deliver.messages import publication_message
from workers.deliver.outcome import Delivered, Failed, Limits, Outcome
from workers.deliver.sender import Sender
from workers.deliver.subscribers import Subscriber
from workers.ledger import Ledger, LedgerAway
from workers.ledger.database import now_ms
from workers.ledger.deliveries import Delivery, delivered, due, failed

log = structlog.get_logger()

AT_ONCE: Final = 8
"""Attempts in flight to one subscriber."""
HOLD_SECONDS: Final = 60.0
"""How long a claim lasts: what a killed deliverer had in flight is sent again after it."""
LONGEST_REST: Final = 60.0
_IDLE_SECONDS = 0.5
_AWAY_SECONDS = 1.0
_random = SystemRandom().random

Schedule = Callable[[int, int, int, float | None, float], int | None]
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(slots=True)
class PatientLedger:
    """The ledger, asked from a thread, again and again while it is away; that is said once."""

    ledger: Ledger
    _away: bool = False

    async def ask(
        self, call: Callable[Concatenate[Ledger, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What `call` returns, once the ledger answers."""
        while True:
            try:
                answer = await asyncio.to_thread(call, self.ledger, *args, **kwargs)
            except LedgerAway:
                if not self._away:
                    log.warning("deliver_waits", why="LedgerAway")
                self._away = True
                await asyncio.sleep(_AWAY_SECONDS)
            else:
                if self._away:
                    log.warning("deliver_resumed")
                self._away = False
                return answer


@dataclass(slots=True)
class Line:
    """Sends what is due to one subscriber. While that fails it tries one at a time, with rests."""

    ledger: PatientLedger
    ledger_id: str
    subscriber: Subscriber
    schedule: Schedule
    limits: Limits
    stopped: bool = False
    """Once set, nothing more is claimed, and `run` ends when what is in flight has ended."""
    _flying: dict[asyncio.Task[Outcome], Delivery] = field(default_factory=dict)
    _failures: int = 0
    _rest_until: float = float("-inf")

    async def run(self) -> None:
        """Send until stopped. Cancelled, it drops what is in flight: that is sent again later."""
        async with Sender(self.subscriber, self.limits) as sender, asyncio.TaskGroup() as flights:
            while self._flying or not self.stopped:
                for delivery in await self._claim():
                    message = publication_message(self.ledger_id, delivery)
                    self._flying[flights.create_task(sender.send(message))] = delivery
                if not self._flying:
                    await asyncio.sleep(_IDLE_SECONDS)
                    continue
                # Not until all have landed: a slow one must not keep new ones waiting.
                landed, _ = await asyncio.wait(
                    self._flying, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                await self._record([(self._flying.pop(task), task.result()) for task in landed])

    async def _claim(self) -> list[Delivery]:
        room = (AT_ONCE if self._failures == 0 else 1) - len(self._flying)
        if self.stopped or room <= 0 or time.monotonic() < self._rest_until:
            return []
        return await self.ledger.ask(due, self.subscriber.name, room, HOLD_SECONDS)

    async def _record(self, landed: list[tuple[Delivery, Outcome]]) -> None:
        done = [(one.seq, one.subscriber) for one, out in landed if isinstance(out, Delivered)]
        if done:
            await self.ledger.ask(delivered, done)
            self._succeeded()
        failures = [(one, out) for one, out in landed if isinstance(out, Failed)]
        for delivery, failure in failures:
            await self._again_or_park(delivery, failure)
        if failures and not done:
            self._rest(failures[0][1])

    async def _again_or_park(self, delivery: Delivery, failure: Failed) -> None:
        again_at = (
            None
            if failure.gone
            else self.schedule(
                delivery.attempts + 1,
                delivery.created_at,
                now_ms(),
                failure.retry_after,
                _random(),
            )
        )
        await self.ledger.ask(failed, delivery.seq, delivery.subscriber, failure.error, again_at)
        if again_at is None:
            log.warning("delivery_parked", subscriber=delivery.subscriber, why=failure.error)

    def _rest(self, failure: Failed) -> None:
        if self._failures == 0:
            log.warning("subscriber_fails", subscriber=self.subscriber.name, why=failure.error)
        self._rest_until = time.monotonic() + min(LONGEST_REST, 2.0 ** min(self._failures, 16))
        self._failures += 1

    def _succeeded(self) -> None:
        if self._failures > 0:
            log.warning("subscriber_recovered", subscriber=self.subscriber.name)
        self._failures, self._rest_until = 0, float("-inf")
