"""A stage as a Celery task: decode the batch, run the stage, settle what it held, pass it on."""

from functools import cache
from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from celery import Celery
from celery.exceptions import Ignore

from tasks.models import Batch
from tasks.pipeline import PIPELINE
from tasks.stage import Forgotten, Held, Stage, run_stage
from workers.ledger.leases import give_back
from workers.queue import queue_name
from workers.retry import Lost, describe
from workers.settings import Settings
from workers.wiring import Outside, wire

log = structlog.get_logger()


def register_stages(app: Celery, settings: Settings) -> None:
    """Give `app` one task for each stage of PIPELINE, `saring.<stage>`.

    The outside is wired at the first batch: in the pool child, never before the fork.
    """
    outside = cache(lambda: wire(settings))
    for stage in PIPELINE:
        app.task(name=queue_name(stage.name))(_task(stage, outside))


def carry(stage: Stage, batch: Batch, outside: Outside) -> Batch:
    """Run one stage on a batch and return what goes on.

    Items that do not go on are settled in the ledger first: quarantined, or due again. Raises
    Unavailable when broker or ledger are away; then their lease brings them back.
    """
    try:
        new = outside.progress.begin(batch, stage.name)
    except Forgotten as reason:
        return _hold_all(stage, batch, reason, outside)  # its texts must be told again
    if not new:
        # A worker died in this very batch. Celery would give it out for ever, and its mates
        # with it: back to the ledger, from where each travels alone.
        return _hold_all(stage, batch, Lost(f"the worker died in stage {stage.name}"), outside)
    try:
        passed, held = run_stage(stage, batch, outside.ports, interrupts=(SoftTimeLimitExceeded,))
    except SoftTimeLimitExceeded:
        return _hold_all(stage, batch, Lost(f"stage {stage.name} ran past its time"), outside)
    _settle(stage, batch, held, outside)
    return passed


def _task(stage: Stage, outside: Any) -> Any:
    def run(payload: dict[str, Any]) -> Batch:
        passed = carry(stage, Batch.model_validate(payload), outside())
        if not passed.items:
            raise Ignore  # nothing left to hand to the next stage
        return passed

    return run


def _hold_all(stage: Stage, batch: Batch, reason: Exception, outside: Outside) -> Batch:
    _settle(stage, batch, tuple(Held(item, reason) for item in batch.items), outside)
    return batch.with_items(())


def _settle(stage: Stage, batch: Batch, held: tuple[Held, ...], outside: Outside) -> None:
    if not held:
        return
    settled = give_back(outside.ledger, batch.id, [(one.item.seq, one.reason) for one in held])
    log.warning(
        "items_held",
        stage=stage.name,
        batch=batch.id,
        again=settled.again,
        quarantined=settled.quarantined,
        why=sorted({describe(one.reason) for one in held}),
    )
