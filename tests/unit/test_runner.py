"""One stage on one batch, as a worker runs it, with the outside replaced."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from tasks.models import Batch, Content, Item
from tasks.ports import Ports
from tasks.stage import ItemError, Stage, Unavailable, run_stage
from workers import runner
from workers.ledger.leases import Settled
from workers.retry import Lost
from workers.wiring import Outside


def batch(number: int) -> Batch:
    items = tuple(
        Item(
            seq=seq,
            content=Content(
                source="a",
                id=str(seq),
                kind="post",
                text="kata",
                published_at=datetime(2026, 11, 22, tzinfo=UTC),
            ),
        )
        for seq in range(1, number + 1)
    )
    return Batch(id="0f3a2c" + "0" * 26, items=items)


def fails_on(seq: int, reason: Exception) -> Stage:
    def run(one: Batch, _ports: Ports) -> Batch:
        if any(item.seq == seq for item in one.items):
            raise reason
        return one

    return Stage("normalise", run)


@dataclass
class Progress:
    new: bool = True
    begun: list[str] = field(default_factory=list)

    def begin(self, _batch: Batch, stage: str) -> bool:
        self.begun.append(stage)
        return self.new


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Exception]]:
    seen: list[tuple[int, Exception]] = []

    def give_back(_ledger: object, _batch: str, failed: list[tuple[int, Exception]]) -> Any:
        seen.extend(failed)
        return Settled()

    monkeypatch.setattr(runner, "give_back", give_back)
    return seen


def outside(progress: Progress) -> Outside:
    nothing = cast(Any, None)
    return Outside(nothing, nothing, nothing, cast(Any, progress), nothing, nothing)


@pytest.mark.parametrize("reason", [ItemError("x"), ValueError(), MemoryError(), RecursionError()])
def test_one_bad_item_stops_only_itself(reason: Exception) -> None:
    passed, held = run_stage(fails_on(2, reason), batch(3), cast(Ports, None))
    assert [item.seq for item in passed.items] == [1, 3]
    assert [(one.item.seq, one.reason) for one in held] == [(2, reason)]


def test_when_the_outside_is_away_all_are_held_at_once() -> None:
    calls: list[int] = []

    def run(one: Batch, _ports: Ports) -> Batch:
        calls.append(len(one.items))
        raise Unavailable("away")

    passed, held = run_stage(Stage("group", run), batch(3), cast(Ports, None))
    assert calls == [3]
    assert passed.items == ()
    assert [one.item.seq for one in held] == [1, 2, 3]


def test_held_items_are_settled_and_the_rest_goes_on(
    settled: list[tuple[int, Exception]],
) -> None:
    reason = ItemError("text: empty")
    passed = runner.carry(fails_on(2, reason), batch(3), outside(Progress()))
    assert [item.seq for item in passed.items] == [1, 3]
    assert settled == [(2, reason)]


def test_a_batch_that_began_before_goes_back_whole(
    settled: list[tuple[int, Exception]],
) -> None:
    def never(_batch: Batch, _ports: Ports) -> Batch:
        raise AssertionError("the stage must not run a second time")

    passed = runner.carry(Stage("group", never), batch(3), outside(Progress(new=False)))
    assert passed.items == ()
    assert [seq for seq, _ in settled] == [1, 2, 3]
    assert all(isinstance(reason, Lost) for _, reason in settled)


def test_a_stage_that_takes_too_long_gives_every_item_back(
    settled: list[tuple[int, Exception]],
) -> None:
    passed = runner.carry(fails_on(2, SoftTimeLimitExceeded()), batch(3), outside(Progress()))
    assert passed.items == ()
    assert [seq for seq, _ in settled] == [1, 2, 3]


def test_a_batch_is_summarised_and_never_shown() -> None:
    assert repr(batch(3)) == str(batch(3)) == "3 items, batch 0f3a2c"
    assert "kata" not in repr(batch(3).items[0])
