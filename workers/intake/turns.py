"""Work for many callers in turn, so that a flood does not hold up a quiet source."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Queues(Generic[T]):
    """What waits, by name: taken from one name after another, in order within each.

    While a name waits, each other name is served at most once. For one thread.
    """

    _queues: OrderedDict[str, deque[T]] = field(default_factory=OrderedDict)
    _served: str | None = None

    def put(self, name: str, thing: T) -> None:
        """Let `thing` wait behind the others of its name."""
        self._queues.setdefault(name, deque()).append(thing)

    def peek(self) -> T:
        """What is next. Something must wait."""
        return self._queues[self._next()][0]

    def take(self) -> T:
        """Remove and return what is next. Something must wait."""
        name = self._next()
        thing = self._queues[name].popleft()
        if not self._queues[name]:
            del self._queues[name]
        self._served = name
        return thing

    def __bool__(self) -> bool:
        return bool(self._queues)

    def _next(self) -> str:
        # Only now does the name served last go behind the others: behind those, too, that came
        # while it was served.
        if self._served is not None and self._served in self._queues:
            self._queues.move_to_end(self._served)
        return next(iter(self._queues))


_Turn = tuple[Callable[[], Any], "asyncio.Future[Any]"]


@dataclass(slots=True)
class Turns:
    """One thread that runs small jobs of many callers in turn. For one event loop.

    The next job begins from the event loop, not from the thread: so the loop, too, has its turn
    after each job, and nothing here needs a lock.
    """

    _waiting: Queues[_Turn] = field(default_factory=Queues)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="turns")
    )
    _busy: bool = False
    _closed: bool = False

    async def run(self, caller: str, job: Callable[[], T]) -> T:
        """What `job` returns, or raises. If nobody waits for it any more, it does not begin.

        Each other caller that waits has one job run before it at most, besides the one that runs,
        and the caller's own earlier ones. Nothing of the job outlives its end: it may hold a body
        of megabytes. Raises RuntimeError after `close`.
        """
        if self._closed:
            raise RuntimeError("closed: no more jobs are taken")
        turn: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put(caller, (job, turn))
        self._begin()
        try:
            return await turn
        finally:
            # Else what the job raised holds, by its traceback, this frame, which holds the turn,
            # which holds what the job raised: until the collector of cycles comes by.
            del turn

    def close(self) -> None:
        """Wait for the job that runs, and cancel those that wait."""
        self._closed = True
        while self._waiting:
            _, turn = self._waiting.take()
            turn.cancel()
        self._thread.shutdown()

    def _begin(self) -> None:
        while self._waiting and not self._busy:
            job, turn = self._waiting.take()
            if not turn.cancelled():
                self._start(job, turn)

    def _start(self, job: Callable[[], Any], turn: "asyncio.Future[Any]") -> None:
        loop = turn.get_loop()
        self._thread.submit(job).add_done_callback(
            lambda finished: loop.call_soon_threadsafe(self._end, turn, finished)
        )
        self._busy = True

    def _end(self, turn: "asyncio.Future[Any]", finished: Future[Any]) -> None:
        self._busy = False
        if not turn.cancelled():
            # Not `finished` itself, which knows the turn: a cycle again.
            error = finished.exception()
            if error is None:
                turn.set_result(finished.result())
            elif isinstance(error, StopIteration):  # which no future takes
                turn.set_exception(RuntimeError("the job raised StopIteration"))
            else:
                turn.set_exception(error)
        self._begin()
