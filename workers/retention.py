"""One run of retention: what is older than its period is erased, in the broker and in the ledger.

The broker comes first: it is found by the items' refs, which the ledger knows until it erases them.
So a run that is interrupted goes on where it was, and one that is repeated does nothing.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tasks.stage import Unavailable
from workers.adapters.valkey_erasing import ValkeyErasing
from workers.ledger import Ledger
from workers.ledger import retention as erasing
from workers.ledger.audit import Wanted, entries
from workers.ledger.database import now_ms
from workers.ledger.evidence import ERASED
from workers.ledger.numbers import ranges
from workers.ledger.shredding import left_over, shred

DAY_MS: Final = 86_400_000
_AT_ONCE: Final = 20_000
"""Items whose refs are held in memory: for each so many the index is read once."""
_PAUSE_SECONDS: Final = 0.05
"""Between two transactions, so that the pipeline has its turn."""
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run erased. `proof`: what it looked for afterwards, and did not find."""

    before_ms: int
    items: int
    index: int | None
    """Texts taken out of the broker's index; None: no broker is known here."""
    events: int | None
    """Events taken out of its stream."""
    proof: "Proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left; nothing but `held` should be. None: this database cannot tell."""

    due: int
    """Items older than their period that are still there and not held."""
    held: int
    rows: int
    """Rows of items that the log calls erased."""
    texts: int | None
    """Items with a text in the files of SQLite, and no row."""
    flushed: bool
    """Whether the write-ahead log was emptied: a reader may have kept it."""

    @property
    def clean(self) -> bool:
        """Whether nothing is left that should be gone."""
        return self.flushed and not (self.due or self.rows or self.texts)


def before(days: int, now: int | None = None) -> int:
    """The time before which items are erased, in ms."""
    return (now_ms() if now is None else now) - days * DAY_MS


def run(
    ledger: Ledger,
    broker: ValkeyErasing | None,
    before_ms: int,
    *,
    progress: Callable[[int], None] | None = None,
    stopped: threading.Event | None = None,
    rewrite: bool = False,
) -> Outcome:
    """Erase what was accepted before then, and prove it. May be stopped between two batches.

    Raises Unavailable when ledger or broker are away: what was done until then stays done.
    """
    stopped = stopped if stopped is not None else threading.Event()
    erased = 0
    index = events = None if broker is None else 0
    while due := erasing.due_items(ledger, before_ms, _AT_ONCE):
        if broker is not None:
            index = (index or 0) + broker.forget([one.ref for one in due])
        done = _erase(ledger, before_ms, [one.seq for one in due], stopped, progress)
        erased += done
        if stopped.is_set() or not done:  # none: they are held by now, or another run was faster
            break
    if broker is not None:
        events = broker.trim(before_ms)
        if index or events:
            broker.rewrite()
    if erased:
        erasing.tidy(ledger)
    proof = prove(ledger, before_ms, rewrite=rewrite)
    said = {"before_ms": before_ms, "count": erased, "left": proof.due, "held": proof.held}
    erasing.finished(ledger, {**said, "rows": proof.rows, "texts": proof.texts})
    return Outcome(before_ms, erased, index, events, proof)


def prove(ledger: Ledger, before_ms: int, *, rewrite: bool = False) -> Proof:
    """Look for what should be gone: in the tables, and on SQLite in every byte of its files.

    Empties the write-ahead log before. Raises LedgerAway.
    """
    flushed = _shred(ledger, rewrite)
    spans = [
        span
        for entry in entries(ledger, Wanted(kind=ERASED))
        for span in ranges(entry.detail["items"])
    ]
    plan = erasing.plan(ledger, before_ms)
    return Proof(
        due=sum(plan.items.values()),
        held=len(plan.held),
        rows=erasing.remains(ledger, _joined(spans)),
        texts=left_over(ledger),
        flushed=flushed,
    )


def _erase(
    ledger: Ledger,
    before_ms: int,
    seqs: list[int],
    stopped: threading.Event,
    progress: Callable[[int], None] | None,
) -> int:
    erased = 0
    for start in range(0, len(seqs), erasing.AT_ONCE):
        erased += erasing.erase(ledger, before_ms, seqs[start : start + erasing.AT_ONCE])
        if progress is not None:
            progress(erased)
        if stopped.wait(_PAUSE_SECONDS):
            break
    return erased


def _shred(ledger: Ledger, rewrite: bool) -> bool:
    """Try for a second: readers hold the write-ahead log for some milliseconds each."""
    for _ in range(_TRIES):
        try:
            if shred(ledger, rewrite=rewrite):
                return True
            rewrite = False  # that is done
        except Unavailable:
            if rewrite:
                raise
        time.sleep(_PAUSE_SECONDS)  # between two looks
    return False


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same ranges, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
