"""Group commit: requests that wait at the same time share one ledger transaction."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import structlog

from workers.intake.turns import Queues
from workers.ledger import Ledger, LedgerAway
from workers.ledger.accept import Receipt
from workers.ledger.pushes import Answer, Part, Push, commit

log = structlog.get_logger()

MAX_ENTRIES: Final = 100
"""Entries of one transaction; more wait for the next. A larger push comes in parts."""

_Outcome = Answer | list[Receipt] | Exception
_Waiting = tuple[Push | Part, "asyncio.Future[_Outcome]"]


@dataclass(slots=True)
class GroupCommit:
    """Commits the pushes of many callers in turn, on one thread, one transaction at a time."""

    ledger: Ledger
    _waiting: Queues[_Waiting] = field(default_factory=Queues)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="commit")
    )
    _running: asyncio.Task[None] | None = None
    _closed: bool = False

    async def commit(self, caller: str, push: Push) -> Answer:
        """The answer to `push`, once it is on disk. Who stops waiting may find it committed.

        Raises KeyReused, LedgerAway, RuntimeError after `close`, and what the push itself breaks
        on; then nothing of it was taken, but for the parts before of one that is larger than
        MAX_ENTRIES: whoever sends it again finds those known.
        """
        before: list[Receipt] = []
        for start in range(0, len(push.entries) - MAX_ENTRIES, MAX_ENTRIES):
            part = Part(push.entries[start : start + MAX_ENTRIES], push.key)
            outcome = await self._in_turn(caller, part)
            if isinstance(outcome, Answer):
                return outcome  # to the same push, before
            before += outcome
        rest = Push(
            push.entries[len(before) :], lambda last: push.answer([*before, *last]), push.key
        )
        answer = await self._in_turn(caller, rest)
        assert isinstance(answer, Answer)  # noqa: S101 - only parts have receipts
        return answer

    async def _in_turn(self, caller: str, push: Push | Part) -> Answer | list[Receipt]:
        if self._closed:
            raise RuntimeError("closed: no more pushes are taken")
        done: asyncio.Future[_Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.put(caller, (push, done))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        outcome = await done
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        """Wait for the transaction that runs, and cancel what waits."""
        self._closed = True
        while self._waiting:
            _, done = self._waiting.take()
            done.cancel()
        self._thread.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._next_group()
                pushes = [push for push, _ in group]
                outcomes = await loop.run_in_executor(self._thread, self._commit, pushes)
                for (_, done), outcome in zip(group, outcomes, strict=True):
                    if not done.cancelled():
                        done.set_result(outcome)
        finally:
            self._running = None

    def _next_group(self) -> list[_Waiting]:
        group = [self._waiting.take()]
        size = len(group[0][0].entries)
        # A push that finds no room is the first of the next group: none is passed by.
        while self._waiting and size + len(self._waiting.peek()[0].entries) <= MAX_ENTRIES:
            group.append(self._waiting.take())
            size += len(group[-1][0].entries)
        return group

    def _commit(self, pushes: Sequence[Push | Part]) -> Sequence[_Outcome]:
        """An outcome for each push; one that breaks the transaction is found by halving."""
        try:
            return commit(self.ledger, pushes)
        except LedgerAway as away:
            return [away] * len(pushes)
        except Exception as error:  # noqa: BLE001 - raised to the one request that caused it
            if len(pushes) == 1:
                return [error]
            log.warning("commit_broken", pushes=len(pushes), why=type(error).__name__)
            half = len(pushes) // 2
            return [*self._commit(pushes[:half]), *self._commit(pushes[half:])]
