"""Group commit: requests that wait at the same time share one ledger transaction."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from workers.ledger import Ledger
from workers.ledger.accept import Entry, Receipt, accept

MAX_ENTRIES = 2_000
"""Entries of one transaction; more wait for the next."""

_Waiting = tuple[Sequence[Entry], "asyncio.Future[list[Receipt]]"]


@dataclass(slots=True)
class GroupCommit:
    """Commits entries for many requests. One transaction runs at a time, on one thread."""

    ledger: Ledger
    _waiting: list[_Waiting] = field(default_factory=list)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="commit")
    )
    _running: asyncio.Task[None] | None = None

    async def commit(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Receipts for `entries`, once they are on disk. Raises LedgerAway."""
        done: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, done))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        return await done

    def close(self) -> None:
        """Wait for the transaction that runs."""
        self._thread.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._next_group()
                together = [entry for entries, _ in group for entry in entries]
                try:
                    receipts = await loop.run_in_executor(
                        self._thread, accept, self.ledger, together
                    )
                except Exception as error:  # noqa: BLE001 - handed to each request that waits
                    for _, done in group:
                        if not done.cancelled():
                            done.set_exception(error)
                    continue
                _hand_out(group, receipts)
        finally:
            self._running = None

    def _next_group(self) -> list[_Waiting]:
        group = [self._waiting.pop(0)]
        size = len(group[0][0])
        while self._waiting and size + len(self._waiting[0][0]) <= MAX_ENTRIES:
            group.append(self._waiting.pop(0))
            size += len(group[-1][0])
        return group


def _hand_out(group: list[_Waiting], receipts: list[Receipt]) -> None:
    start = 0
    for entries, done in group:
        if not done.cancelled():
            done.set_result(receipts[start : start + len(entries)])
        start += len(entries)
