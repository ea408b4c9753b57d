"""A queue of 10,000 items among 50,000 publications opens at once, in every order."""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import pytest

from tests.crowds import crowd
from tests.desks import people
from workers.ledger import Ledger
from workers.ledger.facets import facets
from workers.ledger.queues import ORDERS, Filters, length, waiting

AIM_MS: Final = 300
"""Issue 6: server time of a page."""
BOUND_MS: Final = float(os.environ.get("QUEUE_BOUND_MS", "900"))
"""Three times that: the machines of tests are shared. What was measured is printed (-s)."""
_FILTERS: Final = (
    None,
    Filters(place="16", language="ind"),
    Filters(topic="ekonomi", state="auto", act="complaint"),
    Filters(narrative="n-3"),
)


@pytest.mark.timeout(600)
def test_a_long_queue_opens_at_once(ledger: Ledger) -> None:
    crowd(ledger, 50_000, 10_000)
    took: dict[str, float] = {}
    for order in ORDERS:
        for filters in _FILTERS:
            took[f"{order} {filters}"] = _quickest(
                partial(waiting, ledger, "answer", filters, order)
            )
    took["facets"] = _quickest(partial(facets, ledger, "answer", Filters()))
    took["length"] = _quickest(partial(length, ledger, "answer", Filters(place="16")))
    with people(ledger, "desk") as (person,):
        for order in ORDERS:
            path = f"/queue/answer?order={order}"
            took[path] = _quickest(partial(person.page, path))
        path = "/queue/answer?place=16&language=ind&offset=1000"
        took[path] = _quickest(partial(person.page, path))
        took["/counts"] = _quickest(partial(person.page, "/counts"))
    print(ledger.engine.dialect.name)  # noqa: T201 - the figures of docs/desk/queue.md
    for name, milliseconds in took.items():
        print(f"{milliseconds:7.0f} ms  {name}")  # noqa: T201 - see above
    assert {name: ms for name, ms in took.items() if ms > BOUND_MS} == {}


def _quickest(call: Callable[[], object]) -> float:
    """Milliseconds of the quickest of a few tries: others use this machine too."""
    times = []
    for _ in range(4):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times) * 1000
