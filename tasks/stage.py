"""A stage is a plain function Batch -> Batch; this module runs one and keeps its failures apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tasks.models import Batch, Item
from tasks.ports import Ports


class ItemError(Exception):
    """This item can never be processed. It goes to quarantine, with this message for people.

    The message names the field, what is wrong and the remedy, and never quotes the text.
    """


class Unavailable(Exception):
    """Something outside is away; the item is innocent and is tried again later."""


class Forgotten(Unavailable):
    """What is outside has forgotten what it said before: the work begins again from the start."""


Section = TypeVar("Section")


def made(section: Section | None, by: str) -> Section:
    """The section of an item that the stage `by` made before.

    Raises ItemError when it is missing: the pipeline is out of order.
    """
    if section is None:
        raise ItemError(f"the item never went through {by}: a fault of saring, please report it")
    return section


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the pipeline: its name (also its queue) and its function."""

    name: str
    run: Callable[[Batch, Ports], Batch]


@dataclass(frozen=True, slots=True)
class Held:
    """An item that does not go on, and why."""

    item: Item
    reason: Exception


def run_stage(
    stage: Stage,
    batch: Batch,
    ports: Ports,
    interrupts: tuple[type[BaseException], ...] = (),
) -> tuple[Batch, tuple[Held, ...]]:
    """Run `stage` on the whole batch; if that raises, item by item.

    When the outside is away all are held at once: it is away for each of them. Returns what
    goes on and what is held. Only `interrupts` (the host's time limit, say)
    and non-Exceptions are raised.
    """
    try:
        return stage.run(batch, ports), ()
    except interrupts:
        raise
    except Unavailable as reason:
        return batch.with_items(()), tuple(Held(item, reason) for item in batch.items)
    except Exception as reason:  # noqa: BLE001 - the boundary where any failure of a stage ends
        if len(batch.items) == 1:
            return batch.with_items(()), (Held(batch.items[0], reason),)
    passed: list[Item] = []
    held: list[Held] = []
    for item in batch.items:
        alone, reasons = run_stage(stage, batch.with_items((item,)), ports, interrupts)
        passed.extend(alone.items)
        held.extend(reasons)
    return batch.with_items(tuple(passed)), tuple(held)
