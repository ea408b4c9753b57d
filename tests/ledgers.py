"""For the tests of the ledger: two that act at once, and what is sent to the database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from workers.ledger import Ledger


def together(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What both return, started at the same time."""
    start = threading.Barrier(2)

    def run(one: Callable[[], Any]) -> Any:
        start.wait()
        return one()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, [first, second]))


@contextmanager
def statements(ledger: Ledger) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def listen(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", listen)
    yield sent
    event.remove(ledger.engine, "before_cursor_execute", listen)
