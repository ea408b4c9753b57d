"""Whatever fails, every item comes to its end: dispatcher and ledger under a simple clock."""

import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.models import Batch, Item
from tasks.stage import ItemError, Unavailable
from tests.flows import Clock, fail, own_clock, publish, push
from workers.dispatcher import Dispatcher
from workers.ledger import Ledger, open_ledger, views
from workers.ledger.flow import stopped
from workers.ledger.quarantine import quarantined
from workers.limit import FEW, HELD_SECONDS, IN_A_ROW, SPAN
from workers.mending import Mending
from workers.retry import MAX_ATTEMPTS
from workers.settings import Settings
from workers.wiring import Outside

REASONS: Final = (ItemError("text: no weights"), ValueError(), Unavailable("away"))
HURT: Final = REASONS[:2]
"""What may be an item's own fault."""


class Broker:
    """Where messages go at once to the worker, and nothing waits."""

    def depth(self) -> int:
        return 0

    def begun(self, batch_ids: Iterable[str]) -> dict[str, float]:
        """Each began when it was claimed: as long ago as its lease lasted, or longer."""
        return dict.fromkeys(batch_ids, math.inf)

    def announce(self, publications: object) -> None:
        """Nobody listens."""


class NothingLost(Mending):
    """A broker that never forgets."""

    def mend(self) -> int | None:
        return None


@dataclass
class AtOnce(Dispatcher):
    """The real one, but what it sends is here."""

    sent: list[Batch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._mending = NothingLost(self.outside)

    def send(self, batches: list[Batch]) -> None:
        self.sent += batches


@dataclass
class Works:
    """The dispatcher on a real ledger; `fault` says of what each item fails, if it does."""

    ledger: Ledger
    clock: Clock
    fault: Callable[[Item], Exception | None] = lambda _item: None
    lost: int = 0
    """Each so many-th batch is lost with its worker; 0: none."""
    stops: int = 0
    _begun: int = 0

    def __post_init__(self) -> None:
        nothing, broker = cast(Any, None), cast(Any, Broker())
        outside = Outside(Settings(), self.ledger, nothing, broker, broker, nothing)
        self.dispatcher = AtOnce(nothing, outside)

    def second(self) -> None:
        """A second passes: one sweep, and as many claims as a small machine makes."""
        self.clock.pass_seconds(1)
        stood = stopped(self.ledger) is not None
        self.dispatcher._swept = float("-inf")
        for _ in range(4):
            self.dispatcher.step()
            self._work()
        self.stops += stopped(self.ledger) is not None and not stood

    def until_done(self, within: int, done: Callable[[], bool] | None = None) -> int:
        """Seconds until every item has come to its end."""
        for passed in range(within):
            if (done or self.all_ended)():
                return passed
            self.second()
        raise AssertionError(f"not within {within} s: {views.counts(self.ledger)}")

    def all_ended(self) -> bool:
        states = views.counts(self.ledger)
        return states["ready"] == states["leased"] == 0

    def _work(self) -> None:
        while self.dispatcher.sent:
            batch = self.dispatcher.sent.pop(0)
            self._begun += 1
            if self.lost and self._begun % self.lost == 0:
                continue
            reasons = [(item, self.fault(item)) for item in batch.items]
            for reason in {reason for _, reason in reasons if reason is not None}:
                fail(self.ledger, batch, reason, [item for item, one in reasons if one is reason])
            publish(self.ledger, batch, [item for item, reason in reasons if reason is None])


@pytest.fixture(scope="module")
def works(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """A context manager that gives a new, empty one."""

    @contextmanager
    def make() -> Iterator[Works]:
        path = tmp_path_factory.mktemp("works") / "ledger.sqlite3"
        shutil.copy(migrated_sqlite, path)
        ledger = open_ledger(f"sqlite:///{path}")
        with pytest.MonkeyPatch.context() as patch:
            yield Works(ledger, own_clock(patch))
        ledger.engine.dispose()

    return make


@settings(max_examples=8, deadline=None)
@given(
    before=st.integers(0, 300),
    waiting=st.lists(st.integers(1, 150), min_size=1, max_size=4),
    reason=st.sampled_from(REASONS),
    broken=st.integers(1, 60),
    lost=st.sampled_from([0, 0, 7]),
)
def test_once_a_broken_asset_is_mended_all_items_are_published_but_a_few(
    works: Callable[[], Any],
    before: int,
    waiting: list[int],
    reason: Exception,
    broken: int,
    lost: int,
) -> None:
    with works() as one:
        push(one.ledger, before, "lama")
        one.until_done(60)
        one.fault, one.lost = lambda _item: reason, lost
        for number, items in enumerate(waiting):
            push(one.ledger, items, f"sumber-{number}")
        for _ in range(broken):
            one.second()
        ended = len(quarantined(one.ledger))
        assert ended < SPAN * FEW + 64
        # Workers die no more either: who failed four times in it could not afford a fifth.
        one.fault, one.lost = lambda _item: None, 0
        one.until_done(900)
        assert len(quarantined(one.ledger)) == ended, "none more"
        assert views.counts(one.ledger)["published"] == before + sum(waiting) - ended


@pytest.mark.parametrize("reason", HURT)
def test_a_mended_pipeline_goes_on_within_seconds(
    works: Callable[[], Any], reason: Exception
) -> None:
    with works() as one:
        one.fault = lambda _item: reason
        push(one.ledger, 500)
        for _ in range(200):
            one.second()
        assert stopped(one.ledger) is not None
        ended = len(quarantined(one.ledger))
        assert ended <= FEW - 1
        one.fault = lambda _item: None
        resumed = one.until_done(60, lambda: stopped(one.ledger) is None)
        assert resumed <= HELD_SECONDS + IN_A_ROW + 2
        one.until_done(60)
        assert views.counts(one.ledger)["published"] == 500 - ended
        assert one.stops == 1


@settings(max_examples=8, deadline=None)
@given(
    poison=st.integers(0, 150),
    beside=st.integers(0, 30),
    reason=st.sampled_from(HURT),
    every=st.integers(1, 5),
)
def test_poison_of_one_source_ends_in_a_few_rounds_and_the_healthy_get_through(
    works: Callable[[], Any], poison: int, beside: int, reason: Exception, every: int
) -> None:
    with works() as one:
        one.fault = lambda item: reason if item.content.source == "racun" else None
        push(one.ledger, poison, "racun")
        push(one.ledger, beside, "sehat")
        seconds = pushed = 0
        while not one.all_ended():
            assert seconds < 1500, views.counts(one.ledger)
            if seconds % every == 0:
                push(one.ledger, 1, "sehat", first=1000 + seconds)
                pushed += 1
            one.second()
            seconds += 1
            waiting = views.backlog(one.ledger).waiting
            assert waiting.get("sehat", 0) <= beside + 10, "the healthy get through meanwhile"
        assert one.stops <= math.log2(MAX_ATTEMPTS * poison / FEW + 1) + 1
        held = quarantined(one.ledger)
        assert {item.ref.partition("/")[0] for item in held} <= {"racun"}
        assert len(held) == poison
        assert views.counts(one.ledger)["published"] == beside + pushed
