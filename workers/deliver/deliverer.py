"""The part that sends webhooks: one line for each subscriber, none in another's way."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog

from workers.deliver.line import HOLD_SECONDS, Line, PatientLedger, Schedule
from workers.deliver.outcome import Limits
from workers.deliver.schedule import next_attempt
from workers.deliver.subscribers import Subscribers
from workers.ledger import Ledger
from workers.ledger.deliveries import set_subscriptions, straighten
from workers.ledger.release import ledger_id
from workers.secretfile import SecretFile

log = structlog.get_logger()

GRACE_SECONDS: Final = 3.0
"""How long what is in flight may go on when the deliverer stops."""
_RELOAD_SECONDS = 1.0
_NO_FILE: Final = "no file"


@dataclass(slots=True)
class Deliverer:
    """Runs until `stop`. Two may run at once: a claim is exclusive."""

    ledger: Ledger
    file: SecretFile[Subscribers]
    schedule: Schedule = next_attempt
    limits: Limits = field(default_factory=Limits)
    _lines: dict[str, Line] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _known: Subscribers | None = None
    _trouble: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver, and follow the subscribers file; at `stop` let what is in flight land.

        What has not landed after GRACE_SECONDS is dropped, and sent again when its claim ends.
        """
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow(group))
            await stop.wait()
            following.cancel()
            for line in self._lines.values():
                line.stopped = True
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
            for task in self._tasks:
                task.cancel()

    async def _follow(self, group: asyncio.TaskGroup) -> None:
        ledger = PatientLedger(self.ledger)
        identity = await ledger.ask(ledger_id)
        while True:
            found = self._read()
            if found is not None and found != self._known:
                await ledger.ask(set_subscriptions, found.subscriptions())
                self._redraw(found, ledger, identity, group)
                self._known = found
            await ledger.ask(straighten, HOLD_SECONDS)
            await asyncio.sleep(_RELOAD_SECONDS)

    def _read(self) -> Subscribers | None:
        """The subscribers; None while there is no sound file: then those known stay.

        A missing file is no empty one: a volume that is not mounted must not drop what waits.
        """
        why = None
        try:
            found = self.file.read()
            if self.file.given is None and not self.file.path.exists():
                why = _NO_FILE
        except (ValueError, OSError) as error:
            why = str(error)
        unused = why == _NO_FILE and self._known is None  # nobody has asked for webhooks yet
        if why is not None and why != self._trouble and not unused:
            log.error("subscribers_unreadable", why=why)
        self._trouble = why
        return found if why is None else None

    def _redraw(
        self, found: Subscribers, ledger: PatientLedger, identity: str, group: asyncio.TaskGroup
    ) -> None:
        """A new line for each subscriber that is new or changed; no line for one disabled."""
        wanted = {one.name: one for one in found.subscribers if not one.disabled}
        for name, line in list(self._lines.items()):
            if wanted.get(name) != line.subscriber:
                line.stopped = True
                del self._lines[name]
        for name, subscriber in wanted.items():
            if name not in self._lines:
                line = Line(ledger, identity, subscriber, self.schedule, self.limits)
                self._lines[name] = line
                task = group.create_task(line.run())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
